package org.novagpubinder.binding;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.novagpubinder.binding.Flavor.ToldBy;
import org.novagpubinder.config.BinderConfig;
import org.novagpubinder.config.BinderConfig.BindingConfig;
import org.novagpubinder.config.BinderConfig.BrokerConfig;
import org.novagpubinder.config.BinderConfig.FlavorRule;
import org.novagpubinder.config.BinderConfig.Restart;
import org.novagpubinder.config.ConfigModule;
import org.novagpubinder.config.NovaNotifications;
import org.novagpubinder.domain.BindingRecord;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.domain.RecordXml;
import org.novagpubinder.host.HostModule;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.testing.ScriptedLibvirt;
import org.novagpubinder.testing.SysfsTree;

/** The whole engine on a host of two nodes, each with two CPUs and a GPU, whose libvirt can be told to fail. */
final class BinderRig {
    static final UUID GUEST = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");
    static final String RENDER0 = "/dev/dri/renderD128";
    static final String RENDER1 = "/dev/dri/renderD129";
    private static final long UPTIME_TICKS = 1_000_000;

    final ScriptedLibvirt libvirt = new ScriptedLibvirt(IdSet.range(0, 3));
    final SysfsTree tree;
    private final Injector injector;
    private int pid = 1000;
    private String arguments = "";
    private long startTicks = UPTIME_TICKS - 100;
    private Map<Integer, Long> residentKiB = Map.of(0, 200_000L);

    BinderRig(Path root, Restart restart, FlavorRule... flavorPolicies) {
        tree = SysfsTree.in(root)
                .node(0, "0-1", 8, 7)
                .node(1, "2-3", 8, 7)
                .distances(0, "10 21")
                .distances(1, "21 10")
                .pci("0000:21:00.0", d -> d.pciClass("038000").node(0).render(128))
                .pci("0000:41:00.0", d -> d.pciClass("038000").node(1).render(129))
                .pci(
                        "0000:42:00.0",
                        d -> d.pciClass("030200").driver("vfio-pci").node(1))
                .file("dev/dri/renderD128", "")
                .file("dev/dri/renderD129", "")
                .file("proc/uptime", UPTIME_TICKS / 100 + ".00 0.00");
        injector = Guice.createInjector(
                new ConfigModule(config(restart, List.of(flavorPolicies))),
                new HostModule(root, List.of()),
                new BindingModule(),
                binder -> binder.bind(Libvirt.class).toInstance(libvirt));
        libvirt.afterCreate(this::newProcess);
    }

    static BinderConfig config(Restart restart, List<FlavorRule> flavorPolicies) {
        return new BinderConfig(
                "cmp-a",
                "qemu:///system",
                null,
                4,
                new BrokerConfig(
                        List.of(),
                        "/",
                        null,
                        Duration.ofSeconds(60),
                        "nova",
                        List.of(),
                        null,
                        "q",
                        Duration.ofDays(1),
                        1,
                        1),
                new BindingConfig(
                        "preferred",
                        flavorPolicies,
                        "none",
                        List.of(),
                        restart,
                        Duration.ofSeconds(10),
                        1 << 20,
                        1 << 19,
                        Duration.ofMinutes(5),
                        List.of()),
                new NovaNotifications(List.of("messagingv2"), "both"),
                List.of());
    }

    /** The guest's process of now, and of every start to come, is this old, s. */
    BinderRig age(double seconds) {
        startTicks = UPTIME_TICKS - (long) (seconds * 100);
        return this;
    }

    /** Where the memory of the guest's process is from its next start on, KiB by node. */
    BinderRig memory(Map<Integer, Long> kib) {
        residentKiB = kib;
        return this;
    }

    /** What QEMU is started with besides, from the guest's next start on. */
    BinderRig arguments(String... more) {
        arguments = String.join("\0", more) + "\0";
        return this;
    }

    private void newProcess() {
        pid++;
        startTicks++;
        String dir = "proc/" + pid + "/";
        if (pid > 1001) {
            for (String file : List.of("cmdline", "stat", "status", "numa_maps")) {
                tree.without("proc/" + (pid - 1) + "/" + file);
            }
        }
        StringBuilder maps = new StringBuilder("7f00 default anon=1");
        residentKiB.forEach((node, kib) -> maps.append(" N" + node + "=" + kib / 4));
        tree.file(dir + "cmdline", "qemu-system-x86_64\0-uuid\0" + GUEST + "\0" + arguments)
                .file(dir + "stat", pid + " (qemu) S" + " 0".repeat(18) + " " + startTicks + " 0")
                .file(dir + "status", "VmRSS: 200000 kB")
                .file(dir + "numa_maps", maps + " kernelpagesize_kB=4");
    }

    /** Somebody else stops the guest, and its process is gone. */
    void stops() {
        libvirt.stops(GUEST);
        tree.without("proc/" + pid + "/stat");
    }

    <T> T get(Class<T> type) {
        return injector.getInstance(type);
    }

    BindResult bind(Trigger trigger) throws Exception {
        return get(Binder.class).bind(GUEST, trigger, Flavor.UNKNOWN).orElseThrow();
    }

    BindResult bind(Trigger trigger, Map<String, String> extraSpecs) throws Exception {
        return bind(trigger, new Flavor("gpu.small", extraSpecs, ToldBy.NOTIFICATION));
    }

    BindResult bind(Trigger trigger, Flavor told) throws Exception {
        return get(Binder.class).bind(GUEST, trigger, told).orElseThrow();
    }

    BindingRecord record() throws Exception {
        return RecordXml.read(libvirt.record(GUEST)).found().orElseThrow();
    }

    /** Codes of the reasons, in their order. */
    static List<String> codes(BindResult r) {
        return r.reasons().stream().map(x -> x.code().word()).toList();
    }

    static String guest(String tune, String devices) {
        return """
                <domain type='qemu'>
                  <name>instance-00000001</name>
                  <uuid>%s</uuid>
                  <memory unit='KiB'>262144</memory>
                  <vcpu>2</vcpu>
                  <iothreads>1</iothreads>
                  %s
                  <os><type>hvm</type></os>
                  <devices>
                    <emulator>/usr/bin/qemu-system-x86_64</emulator>
                    %s
                  </devices>
                </domain>
                """.formatted(GUEST, tune, devices);
    }

    /** The guest as Nova defines it for a flavor, its extra specs included as newer Novas do. */
    static String ofFlavor(String guest, String flavor, Map<String, String> extraSpecs) {
        StringBuilder specs = new StringBuilder();
        extraSpecs.forEach(
                (key, value) -> specs.append("<nova:extraSpec name='%s'>%s</nova:extraSpec>".formatted(key, value)));
        String metadata =
                """
                <metadata>
                    <nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1">
                      <nova:flavor name="%s"><nova:vcpus>2</nova:vcpus>%s</nova:flavor>
                    </nova:instance>
                  </metadata>
                """.formatted(flavor, specs.isEmpty() ? "" : "<nova:extraSpecs>" + specs + "</nova:extraSpecs>");
        return guest.replace("<memory unit", metadata + "  <memory unit");
    }

    static String renderNode(String path) {
        return "<graphics type='egl-headless'><gl rendernode='" + path + "'/></graphics>";
    }

    static String vfio() {
        return "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x42' slot='0x00' "
                + "function='0x0'/></source></hostdev>";
    }

    static String placedOn(int node) {
        String cpus = node == 0 ? "0-1" : "2-3";
        return """
                <cputune><vcpupin vcpu='0' cpuset='%1$s'/><vcpupin vcpu='1' cpuset='%1$s'/><emulatorpin cpuset='%1$s'/></cputune>
                <numatune><memory mode='strict' nodeset='%2$s'/></numatune>""".formatted(cpus, node);
    }
}
