package org.novagpubinder.binding.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.faults.GuestKind;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/** What status says of a guest when it knows what the daemon has met. */
class LastOutcomesTest {
    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() throws Exception {
        rig = new BinderRig(root, Restart.BOOT_WINDOW);
    }

    private void daemonSaid(Outcome outcome, Code code, String why) {
        rig.get(LastOutcomes.class)
                .hear(new LastOutcome(
                        BinderRig.GUEST,
                        "instance-00000001",
                        outcome,
                        List.of(new Reason(code, why)),
                        "sweep",
                        Instant.EPOCH,
                        null));
    }

    private List<DomainStatus> all() throws Exception {
        return rig.get(StatusService.class).all();
    }

    private DomainStatus only() throws Exception {
        assertThat(all()).hasSize(1);
        return all().get(0);
    }

    @Test
    void aGuestThatNobodyHasBoundSaysSoAndNotWhyItsNodeWasChosen() throws Exception {
        rig.libvirt.running(GuestKind.RENDER_NODE.definition);

        assertThat(only().outcome()).isEqualTo(Outcome.MISALIGNED);
        assertThat(only().reasons().get(0).code()).isEqualTo(Code.NOT_BOUND);
    }

    @Test
    void aGuestWhoseBindingFailedIsFailedAndItsCauseComesFirst() throws Exception {
        rig.libvirt.running(GuestKind.RENDER_NODE.definition);
        daemonSaid(Outcome.FAILED, Code.LIBVIRT_ERROR, "cannot set CPU affinity: Invalid argument");

        assertThat(only().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(only().reasons().get(0).text()).isEqualTo("cannot set CPU affinity: Invalid argument");
        assertThat(only().last()).isNotNull();
    }

    @Test
    void whatIsWellNowIsWellWhateverFailedBefore() throws Exception {
        rig.age(100).memory(java.util.Map.of(1, 200_000L));
        rig.libvirt.running(BinderRig.guest(BinderRig.placedOn(1), BinderRig.vfio()));
        daemonSaid(Outcome.FAILED, Code.LIBVIRT_ERROR, "libvirt was busy");

        assertThat(only().outcome()).isEqualTo(Outcome.ALIGNED);
    }

    @Test
    void aGuestOfWhoseWishOnlyTheDaemonKnowsIsShown() throws Exception {
        rig.libvirt.running(BinderRig.guest("", ""));
        assertThat(all()).isEmpty();

        daemonSaid(Outcome.DEFERRED, Code.TASK_RUNNING, "Nova has a task on it");

        assertThat(only().outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(only().reasons().get(0).code()).isEqualTo(Code.TASK_RUNNING);
    }

    @Test
    void aGuestThatTheDaemonLeavesAloneByItsFlavorIsNoTrouble() throws Exception {
        rig.libvirt.running(GuestKind.RENDER_NODE.definition);
        daemonSaid(Outcome.IGNORED, Code.POLICY_OFF, "policy off");

        assertThat(only().outcome()).isEqualTo(Outcome.IGNORED);
    }

    @Test
    void aGuestThatWasDeferredAndWasStoppedSinceIsOff() throws Exception {
        rig.libvirt.running(GuestKind.RENDER_NODE.definition);
        daemonSaid(Outcome.DEFERRED, Code.RUNS_TOO_LONG, "it has run too long");
        rig.libvirt.stops(BinderRig.GUEST);

        assertThat(only().outcome()).isEqualTo(Outcome.OFF);
    }

    @Test
    void theDaemonRemembersAFailureUntilTheGuestIsGone() {
        LastOutcomes last = rig.get(LastOutcomes.class);
        last.failed(BinderRig.GUEST, Trigger.SWEEP, "a defect");
        assertThat(last.all()).extracting(LastOutcome::outcome).containsExactly(Outcome.FAILED);

        last.forgotten(BinderRig.GUEST);
        assertThat(last.all()).isEmpty();
    }

    @Test
    void whatIsFoundTheSameAgainHasBeenSoSinceItWasFirstFound() {
        LastOutcomes last = rig.get(LastOutcomes.class);
        last.failed(BinderRig.GUEST, Trigger.SWEEP, "a defect");
        LastOutcome first = last.all().get(0);
        rig.wall.set(Duration.ofMinutes(5));
        last.failed(BinderRig.GUEST, Trigger.SWEEP, "another");

        assertThat(first.since()).isEqualTo(first.at());
        assertThat(last.all()).singleElement().satisfies(o -> {
            assertThat(o.at()).isAfter(first.at());
            assertThat(o.since()).isEqualTo(first.at());
        });

        daemonSaid(Outcome.BOUND, Code.NODE_OF_GPU, "it is there");
        last.failed(BinderRig.GUEST, Trigger.SWEEP, "again");

        assertThat(last.all()).singleElement().satisfies(o -> assertThat(o.since())
                .isEqualTo(o.at()));
    }

    @Test
    void aGuestThatLibvirtIsBusyWithHasNotFailed() {
        LastOutcomes last = rig.get(LastOutcomes.class);
        last.busy(BinderRig.GUEST, Trigger.SWEEP, "cannot acquire state change lock");

        LastOutcome told = last.of(BinderRig.GUEST).orElseThrow();
        assertThat(told.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(told.reasons().get(0).code()).isEqualTo(Code.LIBVIRT_BUSY);
    }
}
