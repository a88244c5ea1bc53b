package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.testing.ScriptedLibvirt;

/** What an operator plugs into a running guest, or takes off its definition for the next start. */
class HotPlugTest {
    private static final IdSet NODE1 = IdSet.range(2, 3);
    private static final String RENDERED = guest("", renderNode(RENDER1));
    private static final String VFIO = guest("", vfio());
    private static final String TWO_IOTHREADS =
            "<iothreads>2</iothreads><iothreadids><iothread id='1'/><iothread id='5'/></iothreadids>";

    @TempDir
    Path root;

    private BinderRig rig;
    private ScriptedLibvirt libvirt;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.NEVER).age(60).memory(Map.of(1, 200_000L));
        libvirt = rig.libvirt;
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void plugsInAnIothread() {
        libvirt.live(GUEST, xml -> xml.replace("<iothreads>1</iothreads>", TWO_IOTHREADS));
        libvirt.plugsInIothread(GUEST, 5);
    }

    private void nothingMoreIsToBeDone() throws Exception {
        int before = libvirt.calls().size();
        BindResult again = rig.bind(Trigger.SWEEP);
        assertThat(again.outcome()).isIn(Outcome.BOUND, Outcome.ALIGNED);
        assertThat(libvirt.calls()).hasSize(before);
    }

    @Test
    void anIothreadThatOnlyTheRunningGuestHasIsPinnedThereAndNotInTheDefinition() throws Exception {
        libvirt.running(RENDERED);
        rig.bind(Trigger.SWEEP);
        plugsInAnIothread();

        BindResult result = rig.bind(Trigger.SWEEP);

        assertThat(result.outcome()).isEqualTo(Outcome.BOUND);
        assertThat(libvirt.iothreadPins(GUEST)).containsEntry(5, NODE1);
        assertThat(libvirt.inactiveXml(GUEST)).contains("iothread='1'").doesNotContain("iothread='5'");
        nothingMoreIsToBeDone();
    }

    @Test
    void aGuestWithSuchAnIothreadIsBoundAllTheSame() throws Exception {
        libvirt.running(RENDERED);
        plugsInAnIothread();

        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.BOUND);

        nothingMoreIsToBeDone();
        rig.get(Releaser.class).release(GUEST);
        assertThat(libvirt.iothreadPins(GUEST)).containsEntry(5, IdSet.range(0, 3));
    }

    @Test
    void aGuestThatIsToHaveFewerVcpusFromItsNextStartOnIsNotDefinedAtEachSweep() throws Exception {
        libvirt.running(RENDERED.replace("<vcpu>2<", "<vcpu current='1'>2<"));
        rig.bind(Trigger.SWEEP);
        libvirt.redefines(GUEST, libvirt.inactiveXml(GUEST).replace("<vcpu current='1'>2<", "<vcpu>1<"));

        rig.bind(Trigger.SWEEP);

        nothingMoreIsToBeDone();
    }

    @Test
    void aGuestWhoseCellsAreGoneFromItsDefinitionIsBoundThereWithoutThem() throws Exception {
        String cells =
                "<cpu><numa><cell id='0' cpus='0' memory='131072'/><cell id='1' cpus='1' memory='131072'/></numa></cpu>";
        rig.memory(Map.of(0, 100_000L, 1, 100_000L));
        libvirt.running(guest(cells, renderNode(RENDER1)));
        rig.bind(Trigger.SWEEP);
        // a start from that
        libvirt.stops(GUEST);
        libvirt.starts(GUEST);
        rig.bind(Trigger.SWEEP);
        assertThat(libvirt.inactiveXml(GUEST)).contains("<memnode cellid='1'");
        libvirt.redefines(GUEST, RENDERED);

        assertThat(rig.bind(Trigger.SWEEP).outcome()).isNotEqualTo(Outcome.FAILED);

        assertThat(libvirt.inactiveXml(GUEST)).contains("<vcpupin vcpu='").doesNotContain("<memnode cellid='");
        nothingMoreIsToBeDone();
    }

    @Test
    void anIothreadThatIsTakenOffWhileTheGuestIsPinnedIsNoFailure() throws Exception {
        libvirt.running(RENDERED);
        plugsInAnIothread();
        libvirt.before("pinIothread", () -> {
            libvirt.plugsOutIothread(GUEST, 1);
            libvirt.failing("pinIothread", Kind.ERROR, "invalid argument: iothread 1 not found");
        });

        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.BOUND);

        assertThat(libvirt.iothreadPins(GUEST)).containsEntry(5, NODE1);
    }

    @Test
    void aGpuThatIsPluggedInFarFromTheGuestAndTakenOffAgainLeavesItWhereItIs() throws Exception {
        IdSet node0 = IdSet.range(0, 1);
        rig.memory(Map.of(0, 200_000L));
        libvirt.running(guest("", renderNode(RENDER0)));
        rig.bind(Trigger.SWEEP);
        libvirt.live(GUEST, xml -> xml.replace("<graphics", vfio() + "<graphics"));

        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(libvirt.vcpuPins(GUEST)).as("they stay with its memory").containsEntry(0, node0);

        libvirt.live(GUEST, xml -> xml.replace(vfio(), ""));
        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.BOUND);
        assertThat(libvirt.vcpuPins(GUEST)).containsEntry(0, node0);
        assertThat(libvirt.inactiveXml(GUEST))
                .contains("<vcpupin vcpu='0' cpuset='0-1'/>")
                .contains(RENDER0);
        assertThat(rig.migrations).isEmpty();
        nothingMoreIsToBeDone();
    }

    @Test
    void aGuestThatHasLostItsGpuForGoodIsNotKeptOnThatGpusNode() throws Exception {
        libvirt.running(VFIO);
        rig.bind(Trigger.SWEEP);
        libvirt.live(GUEST, xml -> xml.replace(vfio(), ""));
        rig.bind(Trigger.SWEEP);
        assertThat(libvirt.vcpuPins(GUEST))
                .as("it comes back with its next start")
                .containsEntry(0, NODE1);
        libvirt.redefines(GUEST, libvirt.inactiveXml(GUEST).replace(vfio(), ""));

        rig.bind(Trigger.SWEEP);

        assertThat(libvirt.vcpuPins(GUEST)).containsEntry(0, IdSet.range(0, 3));
        assertThat(libvirt.inactiveXml(GUEST)).doesNotContain("vcpupin", "numatune");
        assertThat(libvirt.record(GUEST)).isNull();
    }

    @Test
    void aGuestWhoseGpuIsGoneFromTheHostKeepsItsPlaceBesideIt() throws Exception {
        libvirt.running(VFIO);
        rig.bind(Trigger.SWEEP);
        rig.tree.without("sys/bus/pci/devices/0000:42:00.0");

        rig.bind(Trigger.SWEEP);

        assertThat(libvirt.vcpuPins(GUEST)).containsEntry(0, NODE1);
        assertThat(libvirt.inactiveXml(GUEST)).contains("vcpupin");
    }

    @Test
    void aRequiredGuestWhoseNodeHasNoCpuLeftCanStartAllTheSameAndIsBoundAgainLater() throws Exception {
        Map<String, String> required = Map.of("gpu_binder:policy", "required");
        libvirt.running(RENDERED);
        rig.bind(Trigger.SWEEP, required);
        rig.tree.file("sys/devices/system/cpu/online", "0-1");

        BindResult refused = rig.bind(Trigger.SWEEP, required);

        assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(libvirt.inactiveXml(GUEST)).doesNotContain("vcpupin");
        int before = libvirt.calls().size();
        rig.bind(Trigger.SWEEP);
        assertThat(libvirt.calls()).hasSize(before);
        rig.tree.file("sys/devices/system/cpu/online", "0-3");
        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.BOUND);
        assertThat(libvirt.vcpuPins(GUEST)).containsEntry(0, NODE1);
    }
}
