package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;

import com.google.inject.Injector;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.restart.RecentRestarts;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.testing.LogLines;

/** A daemon has ended in the middle of a restart, and the next one finds the guest off. */
class RecoveryTest {
    @TempDir
    Path root;

    private final LogLines log = LogLines.of(RestartWatch.class.getName());
    private BinderRig rig;
    private Injector next;
    private final AtomicInteger asked = new AtomicInteger();

    @BeforeEach
    void leftOff() throws Exception {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(60).memory(Map.of(1, 200_000L));
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.SWEEP);
        next = rig.anotherDaemon();
    }

    @AfterEach
    void stop() {
        log.close();
        next.getInstance(RestartWatch.class).close();
        rig.close();
    }

    private Instant offFor(long seconds) throws Exception {
        rig.marksItsRestart();
        assertThat(rig.record().state()).isEqualTo(State.RESTARTING);
        rig.libvirt.stops(GUEST);
        rig.passes(Duration.ofSeconds(seconds));
        return rig.record().time();
    }

    private boolean runs() throws LibvirtFailure {
        return rig.libvirt.find(GUEST).orElseThrow().active();
    }

    private void novaStopsItUnasked(Instant when) {
        next.getInstance(NovaTasks.class)
                .heard(
                        GUEST,
                        Events.sent(Events.ofNova("instance.power_off.start", Action.IGNORE, GUEST, "req-nova"), when));
    }

    @Test
    void aGuestThatNovaHasStoppedMeanwhileIsToldLoudlyAndLeftToIt() throws Exception {
        novaStopsItUnasked(offFor(30).plusSeconds(15));

        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("ERROR instance " + GUEST)
                .contains("openstack server start " + GUEST);
        assertThat(next.getInstance(BindingCounters.class).offAfterRestart()).isEqualTo(1);
        assertThat(next.getInstance(RestartFailures.class).remembered(GUEST))
                .as("it is not restarted at its next start")
                .isPresent();
    }

    @Test
    void aGuestThatHasBeenOffForTooLongIsToldLoudlyAndLeftOff() throws Exception {
        offFor(90);

        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
        assertThat(log.lines()).singleElement().asString().startsWith("ERROR instance " + GUEST);
        assertThat(next.getInstance(BindingCounters.class).offAfterRestart()).isEqualTo(1);
        assertThat(rig.record().state()).as("told once").isEqualTo(State.SET);
    }

    @Test
    void whatNovaHasDoneMeanwhileIsReadBeforeAGuestIsStartedThatHasBeenOffForLong() throws Exception {
        Instant stopped = offFor(30);
        rig.queue = () -> {
            if (asked.incrementAndGet() < 50) {
                return Optional.of(new Reason(Reason.Code.TASK_RUNNING, "not subscribed yet"));
            }
            novaStopsItUnasked(stopped.plusSeconds(15));
            return Optional.empty();
        };
        rig.inEachPause(() -> rig.steady.updateAndGet(t -> t.plusMillis(100)));

        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(asked).hasValue(50);
        assertThat(runs()).isFalse();
    }

    @Test
    void withoutABrokerAGuestIsStartedAllTheSame() throws Exception {
        offFor(30);
        rig.queue = () -> Optional.of(new Reason(Reason.Code.TASK_RUNNING, "no broker"));
        rig.inEachPause(() -> rig.steady.updateAndGet(t -> t.plusMillis(100)));

        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
    }

    /** libvirt lets a start wait for half a minute, for a lock that somebody else has. */
    private void eachStartWaitsForItsLock() {
        rig.libvirt.before("create", () -> {
            asked.incrementAndGet();
            rig.passes(Duration.ofSeconds(30));
            eachStartWaitsForItsLock();
            throw new LibvirtFailure(LibvirtFailure.Kind.BUSY, 68, "cannot acquire state change lock");
        });
    }

    @Test
    void startsThatTakeLongDoNotLetAGuestBeStartedUnheardThatHasBeenOffForLongByThen() throws Exception {
        offFor(5);
        rig.queue = () -> Optional.of(new Reason(Reason.Code.TASK_RUNNING, "no broker"));
        rig.inEachPause(() -> rig.steady.updateAndGet(t -> t.plusMillis(100)));
        eachStartWaitsForItsLock();

        assertThatThrownBy(() -> next.getInstance(Recovery.class).finish(GUEST)).hasMessageContaining("unheard");

        assertThat(asked).as("after 5 s and 35 s").hasValue(2);
    }

    @Test
    void aGuestThatIsStartedBeforeNovaLosesPatienceDoesNotWaitForTheBroker() throws Exception {
        offFor(5);
        Instant began = rig.steady.get();
        rig.queue = () -> Optional.of(new Reason(Reason.Code.TASK_RUNNING, "no broker"));
        rig.inEachPause(() -> rig.steady.updateAndGet(t -> t.plusMillis(100)));

        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
        assertThat(rig.steady.get()).isBefore(began.plusSeconds(4));
    }

    @Test
    void whatNovaHasDoneWhileItsMessagesWereWaitedForIsLookedAt() throws Exception {
        offFor(5);
        rig.queue = () -> {
            rig.steady.updateAndGet(t -> t.plusSeconds(3));
            rig.libvirt.redefines(GUEST, guest("", renderNode(RENDER1)));
            return Optional.of(new Reason(Reason.Code.TASK_RUNNING, "no broker"));
        };

        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).as("Nova is about to start it itself").isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"COMMAND", "COMMAND_WITH_RESTART"})
    void aCommandDoesNotTakeTheMarkOffByWhichTheGuestIsStarted(Trigger command) throws Exception {
        offFor(5);

        BindResult result = rig.bind(command);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(result.reasons().get(0).text()).contains("in the middle of a restart", "openstack server start");
        assertThat(rig.record().state()).isEqualTo(State.RESTARTING);
        next.getInstance(Recovery.class).finish(GUEST);
        assertThat(runs()).isTrue();
    }

    @Test
    void aGuestThatTheNextDaemonCannotStartAtOnceIsTriedForAsLongAsByItsOwn() throws Exception {
        offFor(5);
        for (int i = 0; i < 5; i++) {
            rig.libvirt.failing("create", Kind.BUSY, "cannot acquire state change lock");
        }
        Recovery recovery = next.getInstance(Recovery.class);
        assertThatThrownBy(() -> recovery.finish(GUEST)).isInstanceOf(LibvirtFailure.class);
        assertThat(runs()).isFalse();
        assertThat(recovery.mayBeOurs(GUEST)).as("it does not wait for a sweep").isTrue();
        assertThat(next.getInstance(RestartFailures.class).remembered(GUEST))
                .as("Nova's next start is not followed by another restart")
                .isPresent();

        offFor(90);
        recovery.finish(GUEST);

        assertThat(runs()).isTrue();
    }

    @Test
    void aGuestThatHasBeenOffForLongIsNotStartedWhileNovaIsNotHeard() throws Exception {
        long start = rig.get(QemuProcesses.class).find(GUEST).orElseThrow().startTicks();
        next.getInstance(RecentRestarts.class).goesOn(GUEST, start);
        offFor(90);
        rig.queue = () -> Optional.of(new Reason(Reason.Code.TASK_RUNNING, "no broker"));
        rig.inEachPause(() -> rig.steady.updateAndGet(t -> t.plusMillis(100)));

        try (LogLines told = LogLines.of("org.novagpubinder.binding.restart.NovaWait")) {
            next.getInstance(Recovery.class).finish(GUEST);
            assertThat(told.lines())
                    .singleElement()
                    .asString()
                    .startsWith("ERROR")
                    .contains("may run elsewhere", "no broker", "openstack server start " + GUEST);
        }
        assertThat(runs()).isFalse();
        assertThat(rig.record().state()).as("it is when Nova is heard").isEqualTo(State.RESTARTING);

        rig.queue = Optional::empty;
        next.getInstance(Recovery.class).finish(GUEST);
        assertThat(runs()).isTrue();
    }

    @Test
    void aClockThatIsSetForwardMakesTheGuestsOwnDaemonNotGiveItUp() throws Exception {
        long start = rig.get(QemuProcesses.class).find(GUEST).orElseThrow().startTicks();
        next.getInstance(RecentRestarts.class).goesOn(GUEST, start);
        offFor(5);
        rig.wall.set(Duration.ofHours(1));

        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
    }

    @Test
    void whatIsReadOfNovasMessagesRightBeforeItsStartIsHeeded() throws Exception {
        long start = rig.get(QemuProcesses.class).find(GUEST).orElseThrow().startTicks();
        next.getInstance(RecentRestarts.class).goesOn(GUEST, start);
        offFor(95);
        rig.queue = () -> {
            if (asked.incrementAndGet() == 2) {
                next.getInstance(NovaTasks.class)
                        .heard(GUEST, Events.of("instance.rebuild.start", Action.IGNORE, GUEST, "req-evacuation"));
            }
            return Optional.empty();
        };

        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
        assertThat(asked).hasValue(2);
    }

    @Test
    void aClockThatIsSetBackLetsNoGuestBeStartedUnheardThatHasBeenOffForLong() throws Exception {
        long start = rig.get(QemuProcesses.class).find(GUEST).orElseThrow().startTicks();
        next.getInstance(RecentRestarts.class).goesOn(GUEST, start);
        offFor(95);
        rig.wall.set(Duration.ofSeconds(-90));
        rig.queue = () -> Optional.of(new Reason(Reason.Code.TASK_RUNNING, "no broker"));
        rig.inEachPause(() -> rig.steady.updateAndGet(t -> t.plusMillis(100)));

        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
    }

    @Test
    void aGuestOfWhichLibvirtDoesNotTellHowItWentOffIsToldLoudly() throws Exception {
        offFor(5);
        rig.libvirt.stops(GUEST, Libvirt.WhyOff.UNKNOWN);

        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
        assertThat(log.lines()).singleElement().asString().startsWith("ERROR instance " + GUEST);
        assertThat(next.getInstance(BindingCounters.class).offAfterRestart()).isEqualTo(1);
    }

    @Test
    void aGuestThatIsLeftToNovaInItsStartIsNoLaterDaemonsToStart() throws Exception {
        offFor(5);
        rig.libvirt.failing("create", Kind.BUSY, "cannot acquire state change lock");
        rig.inEachPause(() -> next.getInstance(NovaTasks.class)
                .heard(
                        GUEST,
                        Events.sent(
                                Events.of("instance.power_off.start", Action.IGNORE, GUEST, "req-2"),
                                rig.get(Clock.class).instant())));
        next.getInstance(Recovery.class).finish(GUEST);
        assertThat(runs()).isFalse();
        assertThat(rig.record().state()).as("it may fail").isEqualTo(State.RESTARTING);

        rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
    }

    @Test
    void aMarkFromAfterTheClockWasSetBackStartsNobody() throws Exception {
        offFor(5);
        rig.wall.set(Duration.ofMinutes(-10));

        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
        assertThat(log.lines()).singleElement().asString().startsWith("ERROR instance " + GUEST);
    }
}
