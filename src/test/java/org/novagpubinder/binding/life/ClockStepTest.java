package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import com.google.inject.Injector;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.Libvirt.WhyOff;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/** The host's clock is set by an hour in the middle of a restart: what is off through us runs again, and nobody else does. */
class ClockStepTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() throws Exception {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(1).memory(Map.of(0, 200_000L));
        rig.libvirt.running(guest("", vfio()));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private boolean runs() throws LibvirtFailure {
        return rig.libvirt.find(GUEST).orElseThrow().active();
    }

    private void cannotBeStopped() throws Exception {
        rig.libvirt.failing("destroy", Kind.ERROR, "Failed to terminate process 4711 with SIGKILL");
        assertThat(rig.bind(Trigger.TASK_ENDED).outcome()).isEqualTo(Outcome.FAILED);
    }

    private void daemonEndsWhileItIsOff() {
        rig.libvirt.killedIn("create");
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);
    }

    private void novaIsNotHeard() {
        rig.queue = () -> Optional.of(new Reason(Reason.Code.TASK_RUNNING, "no broker"));
        rig.inEachPause(() -> rig.passes(Duration.ofMillis(100)));
    }

    @Test
    void aGuestThatDiesLateOfItsStopIsStartedThoughTheClockWasSetForwardMeanwhile() throws Exception {
        cannotBeStopped();
        rig.wall.set(HOUR);
        rig.bind(Trigger.SWEEP);

        rig.libvirt.stops(GUEST);
        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
    }

    @Test
    void aTaskFromBeforeTheClockWasSetBackKeepsNoGuestOff() throws Exception {
        for (String event : new String[] {"instance.reboot.start", "instance.reboot.end"}) {
            rig.get(NovaTasks.class).heard(GUEST, Events.of(event, Action.IGNORE, GUEST, "req-1"));
        }
        rig.wall.set(HOUR.negated());
        cannotBeStopped();

        rig.libvirt.stops(GUEST);
        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
    }

    @Test
    void theSameByTheNextDaemon() throws Exception {
        cannotBeStopped();
        rig.wall.set(HOUR);
        Injector next = rig.anotherDaemon();
        next.getInstance(Binder.class).bind(GUEST, Trigger.SWEEP, Flavor.UNKNOWN);

        rig.libvirt.stops(GUEST);
        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
    }

    @Test
    void aReleaseTakesNoMarkByWhichAGuestThatMayStillDieIsStarted() throws Exception {
        cannotBeStopped();
        rig.wall.set(HOUR);
        rig.anotherDaemon().getInstance(Releaser.class).release(GUEST);

        rig.libvirt.stops(GUEST);
        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
    }

    @Test
    void aGuestThatPowersItselfOffLongAfterItsRestartStaysOffThoughTheClockWasSetBack() throws Exception {
        cannotBeStopped();
        rig.wall.set(HOUR.negated());
        rig.passes(Duration.ofMinutes(4));
        rig.bind(Trigger.SWEEP);
        assertThat(rig.record().state()).isEqualTo(State.SET);

        rig.libvirt.stops(GUEST, WhyOff.SHUT_DOWN);
        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
    }

    @Test
    void aGuestThatIsOffForSecondsIsStartedUnheardThoughTheClockWasSetForward() throws Exception {
        daemonEndsWhileItIsOff();
        novaIsNotHeard();
        rig.passes(Duration.ofSeconds(5));
        rig.wall.set(HOUR);

        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
    }

    @Test
    void whatNovaHasBegunIsWaitedForAsLongThoughTheClockWasSetBack() throws Exception {
        daemonEndsWhileItIsOff();
        rig.passes(Duration.ofSeconds(20));
        rig.wall.set(HOUR.negated());
        novaIsNotHeard();
        Instant stopped = rig.steady.get();
        rig.inEachPause(() -> {
            rig.passes(Duration.ofSeconds(1));
            if (rig.steady.get().isAfter(stopped.plusSeconds(10))) {
                rig.get(NovaTasks.class)
                        .heard(GUEST, Events.of("instance.power_off.start", Action.IGNORE, GUEST, "req-1"));
                rig.queue = Optional::empty;
            }
        });

        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
    }

    @Test
    void theNextDaemonStartsAGuestThatIsOffForSecondsThoughTheClockWasSetForward() throws Exception {
        daemonEndsWhileItIsOff();
        rig.passes(Duration.ofSeconds(5));
        rig.wall.set(HOUR);

        rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
    }

    /** Whether Nova has stopped it since cannot be told from the times of Nova's messages then. */
    @Test
    void theNextDaemonStartsNobodyIfTheClockWasSetBack() throws Exception {
        daemonEndsWhileItIsOff();
        rig.passes(Duration.ofSeconds(20));
        rig.wall.set(HOUR.negated());

        rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
    }

    @Test
    void theNextDaemonStartsNobodyWhoIsOffForLongThoughTheClockWasSetBackByAsMuch() throws Exception {
        daemonEndsWhileItIsOff();
        rig.passes(Duration.ofSeconds(90));
        rig.wall.set(Duration.ofMinutes(-1));

        rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
    }

    @Test
    void theTriesToStartItKeepItsMarkYoungThoughTheClockIsSetForwardMeanwhile() throws Exception {
        for (int i = 0; i < 5; i++) {
            rig.libvirt.failing("create", Kind.BUSY, "no");
        }
        rig.inEachPause(() -> {
            rig.passes(Duration.ofSeconds(20));
            rig.wall.set(HOUR);
        });
        rig.libvirt.killedInThe("create", 6);
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);

        rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
    }

    @Test
    void aCommandLeavesTheMarkOfAGuestThatWasLeftToNova() throws Exception {
        rig.libvirt.before("destroy", () -> rig.get(NovaTasks.class)
                .heard(GUEST, Events.of("instance.suspend.start", Action.IGNORE, GUEST, "req-2")));
        rig.bind(Trigger.TASK_ENDED);
        assertThat(rig.record().start()).isZero();

        rig.anotherDaemon().getInstance(Binder.class).bind(GUEST, Trigger.COMMAND, Flavor.UNKNOWN);
        rig.get(NovaTasks.class).heard(GUEST, Events.of("instance.suspend.error", Action.IGNORE, GUEST, "req-2"));
        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
    }
}
