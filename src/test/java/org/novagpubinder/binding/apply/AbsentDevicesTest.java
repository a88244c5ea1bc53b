package org.novagpubinder.binding.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;

/** A GPU that a reset or a rescan takes out of sysfs for a moment moves no guest; one that stays away does. */
class AbsentDevicesTest {
    private static final String GPU = "sys/bus/pci/devices/0000:41:00.0";
    private static final String VFIO = "sys/bus/pci/devices/0000:42:00.0";
    private static final IdSet NODE1 = IdSet.range(2, 3);

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(60).memory(Map.of(1, 200_000L));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void gone(String device) throws Exception {
        Files.move(root.resolve(device), root.resolve("gone"));
    }

    private void bound(String definition) throws Exception {
        rig.libvirt.running(definition);
        rig.bind(Trigger.SWEEP);
        assertThat(rig.libvirt.vcpuPins(GUEST)).containsEntry(0, NODE1);
    }

    private void isHeld(Trigger trigger) throws Exception {
        int before = rig.libvirt.calls().size();

        BindResult result = rig.bind(trigger);

        assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).startsWith("device-absent");
        assertThat(rig.libvirt.calls()).hasSize(before);
    }

    @ParameterizedTest
    @EnumSource(names = {"SWEEP", "TASK_ENDED", "STARTED"})
    void aGuestWhoseRenderNodeIsGoneForAMomentStays(Trigger trigger) throws Exception {
        bound(guest("", renderNode(RENDER1)));
        gone(GPU);

        isHeld(trigger);
        rig.passes(AbsentDevices.PATIENCE.minusSeconds(1));
        isHeld(trigger);
        Files.move(root.resolve("gone"), root.resolve(GPU));

        assertThat(rig.bind(trigger).outcome()).isIn(Outcome.ALIGNED, Outcome.BOUND);
        assertThat(rig.libvirt.vcpuPins(GUEST)).containsEntry(0, NODE1);
        assertThat(rig.libvirt.inactiveXml(GUEST)).contains(RENDER1);
    }

    @Test
    void aGuestWhoseRenderNodeStaysAwayGetsAnother() throws Exception {
        bound(guest("", renderNode(RENDER1)));
        gone(GPU);
        isHeld(Trigger.SWEEP);
        rig.passes(AbsentDevices.PATIENCE);

        rig.bind(Trigger.SWEEP);

        assertThat(rig.libvirt.inactiveXml(GUEST)).contains(BinderRig.RENDER0);
    }

    @Test
    void anOperatorsCommandDoesNotWait() throws Exception {
        bound(guest("", renderNode(RENDER1)));
        gone(GPU);

        rig.bind(Trigger.COMMAND);

        assertThat(rig.libvirt.inactiveXml(GUEST)).contains(BinderRig.RENDER0);
    }

    @Test
    void aGuestThatHasLostOneOfItsGpusForAMomentIsNotPlannedByTheOther() throws Exception {
        bound(guest("", vfio()));
        String other = vfio().replace("0x42", "0x21");
        rig.libvirt.live(GUEST, xml -> xml.replace("</devices>", other + "</devices>"));
        gone(VFIO);

        isHeld(Trigger.SWEEP);
    }

    @Test
    void aDisplayOfOursIsNotTakenOffForAMoment() throws Exception {
        Map<String, String> auto = Map.of("gpu_binder:render_node", "auto");
        rig.age(1).libvirt.running(guest("", "<video><model type='virtio'/></video>"));
        rig.bind(Trigger.TASK_ENDED, auto);
        assertThat(rig.libvirt.inactiveXml(GUEST)).contains("egl-headless");
        String before = rig.libvirt.inactiveXml(GUEST);
        gone(GPU);
        Files.move(root.resolve("sys/bus/pci/devices/0000:21:00.0"), root.resolve("gone too"));

        assertThat(rig.bind(Trigger.SWEEP, auto).outcome()).isEqualTo(Outcome.DEFERRED);

        assertThat(rig.libvirt.inactiveXml(GUEST)).isEqualTo(before);
    }

    @Test
    void whatHasComeBackAndGoesAgainIsWaitedForAnew() throws Exception {
        bound(guest("", renderNode(RENDER1)));
        gone(GPU);
        isHeld(Trigger.SWEEP);
        Files.move(root.resolve("gone"), root.resolve(GPU));
        rig.bind(Trigger.SWEEP);
        rig.passes(Duration.ofHours(1));
        gone(GPU);

        isHeld(Trigger.SWEEP);
    }

    @ParameterizedTest
    @EnumSource(names = {"TASK_ENDED", "STARTED"})
    void aRenderNodeThatDrawsWithTheCpuIsThere(Trigger trigger) throws Exception {
        rig.tree.file("sys/devices/platform/vgem/drm/renderD130/dev", "226:130");
        rig.tree.link("sys/class/drm/renderD130", "../../devices/platform/vgem/drm/renderD130");
        rig.age(1).libvirt.running(guest("", renderNode("/dev/dri/renderD130")));

        BindResult result = rig.bind(trigger);

        assertThat(codes(result)).as("%s", result).doesNotContain("device-absent");
        assertThat(rig.libvirt.vcpuPins(GUEST)).containsKey(0);
    }

    @Test
    void whatAnotherHostsRecordNamesIsNotWaitedFor() throws Exception {
        Map<String, String> auto = Map.of("gpu_binder:render_node", "auto");
        rig.age(1).libvirt.running(guest("", "<video><model type='virtio'/></video>"));
        rig.bind(Trigger.TASK_ENDED, auto);
        String record = rig.libvirt.record(GUEST).replace("host=\"cmp-a\"", "host=\"cmp-b\"");
        assertThat(record).contains("cmp-b").contains("/dev/dri/renderD12");
        rig.libvirt.setRecord(GUEST, record.replaceAll("/dev/dri/renderD12.", "/dev/dri/renderD200"));

        BindResult result = rig.bind(Trigger.STARTED, auto);

        assertThat(codes(result)).as("%s", result).doesNotContain("device-absent");
    }
}
