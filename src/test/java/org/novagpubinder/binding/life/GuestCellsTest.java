package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.binding.apply.MemoryMover;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Observer;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.binding.report.StatusService;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.XmlMeaning;

/** Guests with NUMA cells of their own: vCPUs that differ in their pins, memory cell by cell. */
class GuestCellsTest {
    private static final IdSet NODE0 = IdSet.of(0, 1);
    private static final IdSet NODE1 = IdSet.of(2, 3);
    private static final String CELLS = "<cpu><numa><cell id='0' cpus='0' memory='131072'/>"
            + "<cell id='1' cpus='1' memory='131072'/></numa></cpu>";
    private static final Map<Integer, Long> ON_BOTH = Map.of(0, 131_072L, 1, 131_072L);

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW);
    }

    private Tuning definition() throws Exception {
        return new DomainXml().read(rig.libvirt.inactiveXml(GUEST)).tuning();
    }

    @Test
    void eachCellGetsANodeByOneRestartAndTheReleaseTakesItAllOff() throws Exception {
        rig.age(1).memory(Map.of(0, 262_144L));
        String former = guest(CELLS, vfio());
        rig.libvirt.running(former);
        rig.memory(ON_BOTH);

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.BOUND);
        assertThat(result.restarted()).isTrue();
        Tuning now = definition();
        assertThat(now.pins().vcpus().values()).containsExactlyInAnyOrder(NODE0, NODE1);
        assertThat(now.pins().emulator()).as("beside the GPU").isEqualTo(NODE1);
        assertThat(now.memnodes().values())
                .containsExactlyInAnyOrder(
                        new MemoryPlacement(MemoryMode.PREFERRED, IdSet.of(0)),
                        new MemoryPlacement(MemoryMode.PREFERRED, IdSet.of(1)));
        assertThat(now.memnodes().get(0).nodeset())
                .as("a cell's memory is where its vCPU is")
                .isEqualTo(now.pins().vcpus().get(0).equals(NODE0) ? IdSet.of(0) : IdSet.of(1));
        assertThat(rig.record().set().memnodes()).isEqualTo(now.memnodes());

        int calls = rig.libvirt.calls().size();
        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.ALIGNED);
        assertThat(rig.libvirt.calls()).hasSize(calls);
        assertThat(rig.get(StatusService.class).of(GUEST).orElseThrow().outcome())
                .isEqualTo(Outcome.BOUND);

        rig.get(Releaser.class).release(GUEST);
        assertThat(XmlMeaning.sameMeaning(rig.libvirt.inactiveXml(GUEST), former))
                .isTrue();
        assertThat(rig.libvirt.vcpuPins(GUEST)).isEqualTo(Map.of(0, IdSet.range(0, 3), 1, IdSet.range(0, 3)));
    }

    @ParameterizedTest
    @CsvSource({
        // all of it on the nodes of its cells; a part, for it has not touched the rest; QEMU's own besides
        "131072, 131072, 0, ALIGNED",
        "100000, 0, 0, ALIGNED",
        "131072, 171072, 0, ALIGNED",
        // the other cell's here; on none of their nodes
        "262144, 0, 0, DEFERRED",
        "100000, 100000, 62144, DEFERRED",
        "0, 0, 262144, DEFERRED"
    })
    void memoryThatIsNotOnTheNodeOfItsCellIsNotCalledAligned(long node0, long node1, long node2, Outcome outcome)
            throws Exception {
        rig.tree.node(2, "4-5", 8, 7);
        rig.age(1).memory(Map.of(0, 262_144L));
        rig.libvirt.running(guest(CELLS, vfio()));
        rig.memory(Map.of(0, node0, 1, node1, 2, node2));
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isTrue();

        BindResult result = rig.bind(Trigger.SWEEP);

        assertThat(result.outcome()).as("%s", result).isEqualTo(outcome);
        assertThat(codes(result).contains("memory-in-cells")).isEqualTo(outcome == Outcome.DEFERRED);
        assertThat(rig.migrations).isEmpty();
    }

    @Test
    void withPolicyRequiredNoCellIsEverMovedLive() throws Exception {
        rig.age(60).memory(ON_BOTH);
        rig.libvirt.running(guest(
                CELLS,
                "<hostdev mode='subsystem' type='pci'><source><address bus='0x21'/></source></hostdev>" + vfio()));

        BindResult result = rig.bind(Trigger.TASK_ENDED, Map.of("gpu_binder:policy", "required"));

        assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.DEFERRED);
        assertThat(rig.libvirt.calls()).noneMatch(c -> c.startsWith("setLiveNodeset") || c.equals("destroy"));
        Tuning next = definition();
        assertThat(next.memory()).isEqualTo(new MemoryPlacement(MemoryMode.RESTRICTIVE, IdSet.of(0, 1)));
        assertThat(next.memnodes().values())
                .containsExactlyInAnyOrder(
                        new MemoryPlacement(MemoryMode.RESTRICTIVE, IdSet.of(0)),
                        new MemoryPlacement(MemoryMode.RESTRICTIVE, IdSet.of(1)));
    }

    @Test
    void memoryThatIsBoundCellByCellIsNotMovedBelowLibvirtEither() throws Exception {
        rig.age(60).memory(Map.of(0, 262_144L));
        rig.libvirt.running(guest(
                "<numatune><memnode cellid='0' mode='preferred' nodeset='0'/></numatune>" + CELLS,
                renderNode(BinderRig.RENDER1)));
        Observation o = rig.get(Observer.class)
                .beginMemory(rig.get(Observer.class).observe(GUEST).orElseThrow())
                .get();

        MemoryMover.Moved moved = rig.get(MemoryMover.class).move(o, IdSet.of(0, 1), IdSet.of(1), true);

        assertThat(moved.done()).isEmpty();
        assertThat(moved.failure().orElseThrow().code().word()).isEqualTo("memory-in-cells");
        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void aRestartThatLeftACellsMemoryElsewhereIsTold() throws Exception {
        rig = new BinderRig(root.resolve("other"), Restart.BOOT_WINDOW);
        rig.age(1).memory(Map.of(0, 262_144L));
        rig.tree.node(2, "4-5", 8, 7);
        rig.libvirt.running(guest(CELLS, vfio()));
        rig.memory(Map.of(2, 262_144L));

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.restarted()).as("%s", result).isTrue();
        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).startsWith("verify-failed");
    }
}
