package org.novagpubinder.binding.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.release.Releaser.Leave;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;

/** A guest that an operator has released stays released until somebody asks for it. */
class ReleasedMarkTest {
    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() throws Exception {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(60).memory(Map.of(1, 200_000L));
        rig.libvirt.running(guest("", renderNode(RENDER1)));
    }

    private Optional<BindResult> release() throws Exception {
        return rig.get(Releaser.class).release(GUEST, Leave.MARK);
    }

    private void released() throws Exception {
        rig.bind(Trigger.SWEEP, Map.of("gpu_binder:policy", "required"));
        assertThat(release().orElseThrow().done()).contains("noted in its record that it is released");
    }

    @ParameterizedTest
    @EnumSource(
            value = Trigger.class,
            names = {"SWEEP", "STARTED"})
    void theDaemonLeavesItAlone(Trigger trigger) throws Exception {
        released();
        int calls = rig.libvirt.calls().size();

        BindResult result = rig.bind(trigger);

        assertThat(result.outcome()).isEqualTo(Outcome.IGNORED);
        assertThat(codes(result)).startsWith("released");
        assertThat(rig.libvirt.calls()).hasSize(calls);
        assertThat(rig.record().state()).isEqualTo(State.RELEASED);
    }

    @Test
    void theDaemonLeavesItAloneAfterASoftRebootAndAVirshStart() throws Exception {
        released();
        rig.libvirt.destroy(GUEST);
        rig.libvirt.create(GUEST);
        int calls = rig.libvirt.calls().size();

        rig.bind(Trigger.STARTED);
        rig.bind(Trigger.SWEEP);

        assertThat(rig.libvirt.calls()).hasSize(calls);
    }

    @ParameterizedTest
    @EnumSource(
            value = Trigger.class,
            names = {"TASK_ENDED", "COMMAND"})
    void theNextTaskOfNovasAndAnOperatorBindItAgain(Trigger trigger) throws Exception {
        released();

        BindResult result = rig.bind(trigger);

        assertThat(result.outcome()).isEqualTo(Outcome.BOUND);
        assertThat(rig.libvirt.vcpuPins(GUEST).get(0)).isEqualTo(IdSet.range(2, 3));
        assertThat(rig.record().state()).isEqualTo(State.SET);
        assertThat(rig.record().extraSpecs()).containsEntry("gpu_binder:policy", "required");
    }

    @Test
    void novasNewDefinitionEndsIt() throws Exception {
        released();
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        assertThat(rig.bind(Trigger.STARTED).done()).contains("pinned 2 vCPUs");
    }

    @Test
    void whatIsReleasedTwiceIsReleasedOnce() throws Exception {
        released();
        int calls = rig.libvirt.calls().size();

        assertThat(release()).isEmpty();

        assertThat(rig.libvirt.calls()).hasSize(calls);
    }

    /** The release came while the daemon was at work on the guest, which then gave way to it. */
    @Test
    void whatTheDaemonPinnedAfterTheReleaseComesOff() throws Exception {
        rig.bind(Trigger.SWEEP);
        rig.libvirt.pinVcpu(GUEST, 0, IdSet.of(0));
        Releaser command = rig.anotherDaemon().getInstance(Releaser.class);
        rig.libvirt.before("pinVcpu", () -> command.release(GUEST, Leave.MARK));
        assertThat(codes(rig.bind(Trigger.SWEEP, Map.of("gpu_binder:policy", "required"))))
                .contains("nova-changed-it");
        assertThat(rig.libvirt.vcpuPins(GUEST).get(0)).as("after all").isEqualTo(IdSet.range(2, 3));

        BindResult result = rig.bind(Trigger.SWEEP);

        assertThat(result.done()).contains("took its pins off");
        assertThat(codes(result)).startsWith("released");
        assertThat(rig.libvirt.vcpuPins(GUEST).values()).allMatch(IdSet.range(0, 3)::equals);
        assertThat(rig.record().state()).isEqualTo(State.RELEASED);
        int calls = rig.libvirt.calls().size();
        rig.bind(Trigger.SWEEP);
        assertThat(rig.libvirt.calls()).hasSize(calls);
    }

    @Test
    void theMarkSaysWhatOfItIsNotNovasUntilTheNextStart() throws Exception {
        rig.age(1).memory(Map.of(0, 200_000L));
        rig.libvirt.running(guest("", vfio()));
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isTrue();

        release();

        assertThat(rig.record().set().memory()).isEqualTo(new MemoryPlacement(MemoryMode.PREFERRED, IdSet.of(1)));
        assertThat(rig.record().before()).isEqualTo(Tuning.NONE);
        assertThat(rig.bind(Trigger.TASK_ENDED).reasons())
                .as("not restarted again for the same start")
                .anyMatch(r -> r.text().contains("restarted by us"))
                .noneMatch(r -> r.text().contains("placed"));
        assertThat(rig.bind(Trigger.COMMAND).nodes()).isEqualTo(IdSet.of(1));
    }

    @Test
    void onAnotherHostTheMarkMeansNothing() throws Exception {
        released();
        rig.libvirt.setRecord(GUEST, rig.libvirt.record(GUEST).replace("host=\"cmp-a\"", "host=\"cmp-b\""));

        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.BOUND);
    }

    @Test
    void anUninstallTakesTheMarkAway() throws Exception {
        released();

        assertThat(rig.get(Releaser.class).release(GUEST).orElseThrow().done()).contains("took its record away");

        assertThat(rig.libvirt.record(GUEST)).isNull();
    }

    /** Which is how a guest that opts out is remembered. */
    @Test
    void aNoteWithNothingSetIsNoBindingAndStaysUntilAnUninstall() throws Exception {
        rig.bind(Trigger.SWEEP);
        BindingRecord r = rig.record();
        rig.get(Releaser.class).release(GUEST);
        BindingRecord note = new BindingRecord(
                r.version(),
                r.host(),
                r.time(),
                State.SET,
                Outcome.IGNORED,
                List.of("policy-off"),
                IdSet.empty(),
                Tuning.NONE,
                Tuning.NONE,
                false,
                null,
                Map.of("gpu_binder:policy", "off"),
                0,
                null,
                null,
                0,
                null);
        rig.libvirt.setRecord(GUEST, RecordXml.write(note));

        assertThat(release()).isEmpty();
        assertThat(rig.record()).isEqualTo(note);

        assertThat(rig.get(Releaser.class).release(GUEST)).isPresent();
        assertThat(rig.libvirt.record(GUEST)).isNull();
    }
}
