package org.novagpubinder.binding.life;

import static org.awaitility.Awaitility.await;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.multibindings.OptionalBinder;
import com.google.inject.util.Modules;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.daemon.BindingModule;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.faults.WallClock;
import org.novagpubinder.binding.nova.NovaQueue;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.policy.Flavor.ToldBy;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.binding.work.Pause;
import org.novagpubinder.config.ConfigModule;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.host.HostModule;
import org.novagpubinder.host.proc.HostBoot;
import org.novagpubinder.host.proc.HostCallException;
import org.novagpubinder.host.proc.PageMigration;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.testing.CallPoints;
import org.novagpubinder.testing.ScriptedLibvirt;
import org.novagpubinder.testing.SysfsTree;

/** The whole engine on a host of two nodes, each with two CPUs and a GPU, whose libvirt can be told to fail. */
public final class BinderRig {
    public static final UUID GUEST = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");
    public static final String RENDER0 = "/dev/dri/renderD128";
    public static final String RENDER1 = "/dev/dri/renderD129";
    public static final String BOOT = "5e1c4c5e-58a5-4c3a-9d0e-2b3f0a1c7d21";
    public static final long UPTIME_TICKS = 1_000_000;

    public final ScriptedLibvirt libvirt = new ScriptedLibvirt(IdSet.range(0, 3));

    /** What the daemon asks of it, each question by its name. */
    public final CallPoints asked = new CallPoints(libvirt);

    public final SysfsTree tree;
    private final Injector injector;
    /** The monotonic clock: hardly anything goes by unless a test lets it, but two looks never see the same. */
    public final AtomicReference<Instant> steady = new AtomicReference<>(Instant.now());

    /** The wall clock. */
    public final WallClock wall = new WallClock();

    private Duration passed = Duration.ZERO;
    private final Path root;
    private final BinderConfig config;

    /** What the daemon knows of Nova's messages that it has not read. */
    volatile NovaQueue queue = Optional::empty;

    private volatile Runnable inEachPause = () -> {};
    private final List<UUID> others = new ArrayList<>();
    private int pid = 1000;
    private String arguments = "";
    private long vcpuTicks = -1;
    private long startTicks = UPTIME_TICKS - 100;
    private Map<Integer, Long> residentKiB = Map.of(0, 200_000L);
    private long stayingKiB;
    private long pinnedKiB;
    private @Nullable String refusal;

    /** The processes whose memory was to be migrated, in their order. */
    final List<Integer> migrations = new ArrayList<>();

    /** @param early whether guests are bound before Nova starts them */
    public BinderRig(Path root, Restart restart, boolean early) {
        this(root, restart, "early_define = " + early);
    }

    /**
     * A host with two nodes, whose daemon has such a configuration.
     *
     * @param lines of the binder's section besides
     */
    public BinderRig(Path root, Restart restart, String... lines) {
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
                .emulator()
                .file("var/lib/nova/instances/x/root", "")
                .file("dev/dri/renderD128", "")
                .file("dev/dri/renderD129", "")
                .file("proc/sys/kernel/random/boot_id", BOOT)
                .file("run/nova-gpu-binder/early-starts", BOOT + "\tcpus\t0-3\n")
                .file("proc/uptime", UPTIME_TICKS / 100 + ".00 0.00");
        this.root = root;
        this.config = config(restart, lines);
        injector = anotherDaemon();
        // it has heard Nova for a while
        injector.getInstance(EventRouter.class).begins();
        steady.updateAndGet(t -> t.plusSeconds(60));
        libvirt.afterCreate(this::newProcess);
        libvirt.afterNodeset(this::follows);
    }

    /** The guest is bound, and its record says from now on that its restart is under way. */
    public void marksItsRestart() throws Exception {
        long start = get(QemuProcesses.class).find(GUEST).orElseThrow().startTicks();
        String marked = "state=\"restarting\" start=\"" + start + "\" boot=\"" + BOOT + "\" marked=\""
                + get(HostBoot.class).ticks().orElseThrow() + "\"";
        libvirt.setRecord(GUEST, libvirt.record(GUEST).replaceFirst("state=\"set\"", marked));
    }

    /** Time goes by, by all clocks. */
    public void passes(Duration time) {
        passed = passed.plus(time);
        steady.updateAndGet(t -> t.plus(time));
        wall.set(time);
        long ticks = ticks();
        tree.file("proc/uptime", String.format(Locale.ROOT, "%d.%02d 0.00", ticks / 100, ticks % 100));
    }

    /** Since the host's boot. */
    private long ticks() {
        return UPTIME_TICKS + passed.toMillis() / 10;
    }

    /** How often the guest was started, by whomever. */
    int starts() {
        return pid - 1000;
    }

    /** Ends what the daemon does by itself, when its queues are empty. */
    public void close() {
        get(RestartWatch.class).close();
        DomainQueues queues = get(DomainQueues.class);
        // a daemon that ends drops what waits
        await().atMost(Duration.ofSeconds(60)).until(() -> queues.busy() == 0);
        queues.close();
    }

    /** The engine of a daemon that knows nothing of what the first one has done. */
    public Injector anotherDaemon() {
        return Guice.createInjector(
                new ConfigModule(config),
                Modules.override(new HostModule(root, List.of()))
                        .with(binder -> binder.bind(PageMigration.class).toInstance((process, from, to) -> {
                            migrations.add(process);
                            if (refusal != null) {
                                throw new HostCallException(refusal);
                            }
                            return process == pid ? follows(to) : othersFollow(process, to);
                        })),
                Modules.override(new BindingModule()).with(binder -> {
                    binder.bind(Clock.class).toInstance(wall);
                    binder.bind(InstantSource.class).toInstance(() -> steady.updateAndGet(t -> t.plusNanos(1_000)));
                    binder.bind(Pause.class).toInstance(millis -> {
                        inEachPause.run();
                        return true;
                    });
                    OptionalBinder.newOptionalBinder(binder, NovaQueue.class)
                            .setBinding()
                            .toInstance(() -> queue.unread());
                }),
                binder -> binder.bind(Libvirt.class).toInstance(asked.libvirt()));
    }

    /**
     * A configuration.
     *
     * @param lines of the binder's section besides
     */
    public static BinderConfig config(Restart restart, String... lines) {
        String word = restart == Restart.NEVER ? "never" : "boot-window";
        return TestConfig.of(
                Stream.concat(Stream.of("restart = " + word), Stream.of(lines)).toArray(String[]::new));
    }

    /** The guest's process of now, and of every start to come, is this old, s. */
    public BinderRig age(double seconds) {
        startTicks = ticks() - (long) (seconds * 100);
        return this;
    }

    /** Where the memory of the guest's process is from its next start on, KiB by node. */
    public BinderRig memory(Map<Integer, Long> kib) {
        residentKiB = kib;
        return this;
    }

    /** So much of its memory never follows a move, KiB; nobody can tell beforehand. */
    public BinderRig staying(long kib) {
        stayingKiB = kib;
        return this;
    }

    /** The kernel refuses to move memory, for that reason. */
    BinderRig refusing(String why) {
        refusal = why;
        return this;
    }

    /** So much of its memory is pinned, and the kernel says so, KiB; from the guest's next start on. */
    BinderRig pinned(long kib) {
        pinnedKiB = kib;
        return staying(kib);
    }

    private long follows(IdSet to) {
        Map<Integer, Long> now = new TreeMap<>();
        long stays = stayingKiB;
        for (Map.Entry<Integer, Long> e : residentKiB.entrySet()) {
            long here = to.contains(e.getKey()) ? e.getValue() : Math.min(stays, e.getValue());
            stays -= to.contains(e.getKey()) ? 0 : here;
            now.merge(e.getKey(), here, Long::sum);
            now.merge(to.first(), e.getValue() - here, Long::sum);
        }
        residentKiB = now;
        maps();
        return 0;
    }

    private long othersFollow(int process, IdSet to) {
        tree.file(
                "proc/" + process + "/numa_maps", "7f00 default anon=1 N" + to.first() + "=50000 kernelpagesize_kB=4");
        return 0;
    }

    /** Writes anew where its memory is. */
    private void maps() {
        StringBuilder maps = new StringBuilder("7f00 default anon=1");
        residentKiB.forEach((node, kib) -> maps.append(" N" + node + "=" + kib / 4));
        tree.file("proc/" + pid + "/numa_maps", maps + " kernelpagesize_kB=4");
    }

    /** Its /proc/PID from now on says otherwise. */
    public BinderRig procfs(String file, String content) {
        tree.file("proc/" + pid + "/" + file, content);
        return this;
    }

    /** Its /proc/PID has such a link from now on. */
    void link(String name, String target) {
        tree.link("proc/" + pid + "/" + name, target);
    }

    /** Another guest's process is there, with its memory on a node. */
    public void process(UUID other, int node) {
        String dir = "proc/" + (5000 + others.size()) + "/";
        others.add(other);
        tree.file(dir + "cmdline", "qemu-system-x86_64\0-uuid\0" + other + "\0")
                .file(dir + "stat", "1 (qemu) S" + " 0".repeat(18) + " " + startTicks + " 0")
                .file(dir + "status", "VmRSS: 200000 kB")
                .file(dir + "numa_maps", "7f00 default anon=1 N" + node + "=50000 kernelpagesize_kB=4");
    }

    /** What QEMU is started with besides, from the guest's next start on. */
    public BinderRig arguments(String... more) {
        arguments = String.join("\0", more) + "\0";
        return this;
    }

    /** What happens in each pause of the engine; none of them takes any time. */
    public void inEachPause(Runnable action) {
        inEachPause = action;
    }

    /** The CPU time that its vCPU has used from its next start on, s; else it is not told. */
    public BinderRig vcpuTime(double seconds) {
        vcpuTicks = (long) (seconds * 100);
        return this;
    }

    private void newProcess() {
        pid++;
        startTicks++;
        String dir = "proc/" + pid + "/";
        for (String file : List.of("cmdline", "stat", "status", "numa_maps")) {
            tree.withoutAny("proc/" + (pid - 1) + "/" + file);
        }
        long resident = residentKiB.values().stream().mapToLong(Long::longValue).sum();
        tree.file(dir + "cmdline", "qemu-system-x86_64\0-uuid\0" + GUEST + "\0" + arguments)
                .file(dir + "stat", pid + " (qemu) S" + " 0".repeat(18) + " " + startTicks + " 0")
                .file(dir + "status", "VmLck: 0 kB\nVmPin: " + pinnedKiB + " kB\nVmRSS: " + resident + " kB");
        if (vcpuTicks >= 0) {
            tree.file(dir + "task/1/comm", "CPU 0/KVM")
                    .file(dir + "task/1/stat", "1 (CPU 0/KVM) S" + " 0".repeat(10) + " " + vcpuTicks + " 0");
        }
        maps();
    }

    /** Somebody else stops the guest, and its process is gone. */
    void stops() {
        libvirt.stops(GUEST);
        processEnds();
    }

    /** Its process is gone, and libvirt has not told so yet. */
    public void processEnds() {
        tree.withoutAny("proc/" + pid + "/stat");
    }

    public <T> T get(Class<T> type) {
        return injector.getInstance(type);
    }

    /** A task that ends has started the guest, and its message was sent right now. */
    public Occasion occasion(Trigger trigger) {
        return new Occasion(
                trigger,
                trigger == Trigger.TASK_ENDED ? get(InstantSource.class).instant() : null);
    }

    public BindResult bind(Trigger trigger) throws Exception {
        return get(Binder.class).bind(GUEST, occasion(trigger), Flavor.UNKNOWN).orElseThrow();
    }

    public BindResult bind(Trigger trigger, Map<String, String> extraSpecs) throws Exception {
        return bind(trigger, new Flavor("gpu.small", extraSpecs, ToldBy.NOTIFICATION));
    }

    public BindResult bind(Trigger trigger, Flavor told) throws Exception {
        return get(Binder.class).bind(GUEST, occasion(trigger), told).orElseThrow();
    }

    /** The guest's definition as it is now. */
    public DomainDefinition definition() throws Exception {
        return new DomainXml().read(libvirt.inactiveXml(GUEST));
    }

    public BindingRecord record() throws Exception {
        return RecordXml.read(libvirt.record(GUEST)).found().orElseThrow();
    }

    /** Codes of the reasons, in their order. */
    public static List<String> codes(BindResult r) {
        return r.reasons().stream().map(x -> x.code().word()).toList();
    }

    public static String guest(String tune, String devices) {
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
                    <disk type='file' device='disk'>
                      <source file='/var/lib/nova/instances/x/root'/>
                      <target dev='vdr'/>
                    </disk>
                    %s
                  </devices>
                </domain>
                """.formatted(GUEST, tune, devices);
    }

    /** The guest as Nova defines it for a flavor, its extra specs included as newer Novas do. */
    public static String ofFlavor(String guest, String flavor, Map<String, String> extraSpecs) {
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

    public static String renderNode(String path) {
        return "<graphics type='egl-headless'><gl rendernode='" + path + "'/></graphics>";
    }

    public static String vfio() {
        return "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x42' slot='0x00' "
                + "function='0x0'/></source></hostdev>";
    }

    public static String placedOn(int node) {
        String cpus = node == 0 ? "0-1" : "2-3";
        return """
                <cputune><vcpupin vcpu='0' cpuset='%1$s'/><vcpupin vcpu='1' cpuset='%1$s'/><emulatorpin cpuset='%1$s'/></cputune>
                <numatune><memory mode='strict' nodeset='%2$s'/></numatune>""".formatted(cpus, node);
    }
}
