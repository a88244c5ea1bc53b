package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Pins;
import org.novagpubinder.placement.model.Tuning;

/**
 * Guests of any kind, to which anything happens: one sweep brings what there is to do to its end, the next ones find nothing,
 * and a release gives back what stood there. The same seed gives the same life; {@code -Dlives=N} for more of them.
 */
class RandomLivesTest {
    private static final List<String> CALLS = List.of(
            "liveXml",
            "inactiveXml",
            "vcpuPins",
            "pinVcpu",
            "pinEmulator",
            "define",
            "setLiveRecord",
            "setRecord",
            "activity",
            "setLiveNodeset",
            "create",
            "own");
    private static final String GROUP = "sys/fs/cgroup/machine.slice/";
    private static final String VGPU = "c0b26072-dd1b-4340-84fe-bf338c510818";
    private static final String IOTHREADS =
            "<iothreads>2</iothreads><iothreadids><iothread id='1'/><iothread id='5'/></iothreadids>";
    private static final List<Kind> FAILURES = List.of(Kind.CONNECTION, Kind.BUSY, Kind.REFUSED, Kind.ERROR);

    @TempDir
    Path root;

    private final List<String> trail = new ArrayList<>();
    private Random random = new Random(0);
    private BinderRig rig;
    private @Nullable IdSet limit;

    /** As Nova, or an operator since, has defined it. */
    private String novas = "";

    private Map<String, String> specs = Map.of();

    static LongStream seeds() {
        return LongStream.range(0, Integer.getInteger("lives", 40));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aGuestSettlesWhateverHappensToItAndIsReleasedWholly(long seed) throws Exception {
        random = new Random(seed);
        novas = domain();
        trail.add(novas);
        rig = new BinderRig(root, random.nextInt(3) == 0 ? Restart.NEVER : Restart.BOOT_WINDOW)
                .age(random.nextBoolean() ? 1 : 60)
                .memory(random.nextBoolean() ? Map.of(0, 200_000L) : Map.of(0, 100_000L, 1, 100_000L));
        rig.tree.pci(
                "0000:43:00.0",
                d -> d.pciClass("030200").driver("nvidia").node(1).mdev(VGPU, "nvidia-222"));
        rig.libvirt.running(novas);
        flavor();
        look(Trigger.TASK_ENDED);
        for (int steps = random.nextInt(6); steps > 0; steps--) {
            happens();
            look(Trigger.SWEEP);
        }
        look(Trigger.SWEEP);
        BindResult last = look(Trigger.SWEEP);
        List<String> calls = rig.libvirt.calls();
        int moves = rig.migrations.size();

        BindResult again = look(Trigger.SWEEP);

        assertThat(rig.libvirt.calls()).as("%s", trail).isEqualTo(calls);
        assertThat(rig.migrations).as("%s", trail).hasSize(moves);
        assertThat(codes(again)).as("%s", trail).isEqualTo(codes(last));
        itsNextStartIsPossible();
        rig.get(Releaser.class).release(GUEST);
        assertThat(tuning(rig.libvirt.inactiveXml(GUEST))).as("%s", trail).isEqualTo(tuning(novas));
        assertThat(rig.libvirt.record(GUEST)).as("%s", trail).isNull();
    }

    /** libvirt refuses a start with a pin of which no CPU is online, or with a render node that is not there; Nova's own are Nova's. */
    private void itsNextStartIsPossible() throws Exception {
        Tuning ours = tuning(rig.libvirt.inactiveXml(GUEST)).without(tuning(novas));
        IdSet cpus = rig.get(Topologies.class).now().pinnableCpus();
        assertThat(ours.pins().where(pin -> !cpus.isEmpty() && !pin.intersects(cpus)))
                .as("%s", trail)
                .isEqualTo(Pins.NONE);
        assertThat(ours.renderNode()).as("%s", trail).isIn(null, RENDER0, RENDER1);
    }

    private static Tuning tuning(String definition) throws Exception {
        return new DomainXml().read(definition).tuning();
    }

    private String any(String... of) {
        return of[random.nextInt(of.length)];
    }

    private String domain() {
        int vcpus = 1 + random.nextInt(4);
        String pinned = any("0-1", "2-3", "0-3");
        String tune =
                switch (random.nextInt(8)) {
                    case 0 -> "<cputune><vcpupin vcpu='0' cpuset='" + pinned + "'/></cputune>";
                    case 1 -> "<cputune><emulatorpin cpuset='" + pinned + "'/></cputune>";
                    case 2 -> BinderRig.placedOn(random.nextInt(2));
                    case 3 ->
                        "<cpu><numa><cell id='0' cpus='0' memory='131072' unit='KiB'/>"
                                + "<cell id='1' memory='131072' unit='KiB'/></numa></cpu>";
                    case 4 -> "<memoryBacking><locked/></memoryBacking>";
                    default -> "";
                };
        String devices = any(
                renderNode(RENDER0),
                renderNode(RENDER1),
                renderNode("/dev/dri/renderD200"),
                "<graphics type='egl-headless'/>",
                "<video><model type='virtio'/></video>",
                vfio(),
                vfio() + renderNode(RENDER0),
                mdev(),
                mdev() + "<graphics type='egl-headless'/>");
        return guest(tune, devices)
                .replace("<vcpu>2<", "<vcpu" + any("", "", " cpuset='0-2'", " current='1'") + ">" + vcpus + "<");
    }

    private static String mdev() {
        return "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='" + VGPU
                + "'/></source></hostdev>";
    }

    private void flavor() {
        Map<String, String> now = new HashMap<>();
        now.put("gpu_binder:policy", any("preferred", "required", "preferred", "required", "report", "off"));
        if (random.nextInt(3) == 0) {
            now.put("gpu_binder:render_node", "auto");
        }
        specs = now;
    }

    private BindResult look(Trigger trigger) throws Exception {
        BindResult result = rig.bind(trigger, specs);
        trail.add(trigger + " " + specs + ": " + result.outcome() + " " + codes(result) + " " + result.done());
        return result;
    }

    private void happens() throws Exception {
        int what = random.nextInt(17);
        trail.add("happens " + what);
        switch (what) {
            case 0 -> flavor();
            case 1 -> {
                rig.tree.file("sys/devices/system/cpu/online", any("0-3", "0-2", "0,2-3", "0-1", "2-3"));
                limited(limit);
            }
            case 2 -> startsFrom(rig.libvirt.inactiveXml(GUEST));
            case 3 -> startsFrom(novas);
            case 4 -> rig.libvirt.pinVcpu(GUEST, 0, IdSet.of(0));
            case 5 -> {
                rig.libvirt.redefines(GUEST, novas);
                look(Trigger.TASK_ENDED);
            }
            case 6 -> {
                String record = rig.libvirt.record(GUEST);
                // what stood before it there, and is not here, does not come back
                if (record != null && !novas.contains("renderD200")) {
                    rig.libvirt.setRecord(GUEST, record.replace("host=\"cmp-a\"", "host=\"cmp-b\""));
                }
            }
            case 7 -> {
                rig.libvirt.live(GUEST, xml -> xml.replaceFirst("<iothreads>.*?</iothreads>", IOTHREADS));
                rig.libvirt.plugsInIothread(GUEST, 5);
            }
            case 8 ->
                changed(xml ->
                        xml.replaceFirst("<iothreads>.*?</iothreads>", "").replaceAll("<iothreadpin [^>]*/>", ""));
            case 9 -> {
                UnaryOperator<String> unplugged = xml -> xml.replaceAll("(?s)<hostdev .*?</hostdev>", "");
                rig.libvirt.live(GUEST, unplugged);
                changed(unplugged);
            }
            case 10 -> rig.libvirt.pinEmulator(GUEST, IdSet.of(0));
            case 11 -> changed(xml -> xml.replaceFirst("<vcpu[^>]*>\\d+<", "<vcpu>1<"));
            case 12 -> full(random.nextInt(2));
            case 13 -> {
                limited(IdSet.parse(any("0-3", "0-1", "2-3", "0-2")));
                rig.tree.file(GROUP + "cpuset.mems.effective", any("0-1", "0-1", "0", "1") + "\n");
            }
            case 14 -> rig.libvirt.pinVcpu(GUEST, 0, IdSet.range(0, 3));
            default -> fails(CALLS.get(random.nextInt(CALLS.size())), FAILURES.get(random.nextInt(FAILURES.size())));
        }
    }

    /** The cgroup of guests has those CPUs that are online, all of these if it were none; null without such a cgroup. */
    private void limited(@Nullable IdSet cpus) throws Exception {
        limit = cpus;
        if (cpus != null) {
            IdSet online = rig.get(Topologies.class).now().onlineCpus();
            IdSet left = cpus.intersect(online);
            rig.tree.file(GROUP + "cpuset.cpus.effective", (left.isEmpty() ? online : left) + "\n");
        }
    }

    /** What is free of a node's memory changes. */
    private void full(int node) {
        rig.tree.node(node, node == 0 ? "0-1" : "2-3", 8, random.nextInt(8));
    }

    /** Somebody changes the definition. */
    private void changed(UnaryOperator<String> change) throws Exception {
        novas = change.apply(novas);
        rig.libvirt.redefines(GUEST, change.apply(rig.libvirt.inactiveXml(GUEST)));
    }

    private void startsFrom(String definition) throws Exception {
        rig.age(random.nextBoolean() ? 1 : 60);
        rig.libvirt.stops(GUEST);
        rig.libvirt.redefines(GUEST, definition);
        rig.libvirt.starts(GUEST);
        look(Trigger.STARTED);
        look(Trigger.TASK_ENDED);
    }

    private void fails(String call, Kind kind) throws Exception {
        trail.add(call + " fails: " + kind);
        rig.libvirt.failing(call, kind, "libvirt says no");
        try {
            look(Trigger.TASK_ENDED);
        } catch (LibvirtFailure e) {
            trail.add("which is told");
        }
        rig.libvirt.healed();
        assertThat(rig.libvirt.find(GUEST).orElseThrow().active())
                .as("%s", trail)
                .isTrue();
    }
}
