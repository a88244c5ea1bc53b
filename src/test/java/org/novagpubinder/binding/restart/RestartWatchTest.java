package org.novagpubinder.binding.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.Libvirt.WhyOff;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.testing.LogLines;

/** Nova takes a guest that is off for 15 s for one that has powered itself off. */
class RestartWatchTest {
    @TempDir
    Path root;

    /** No other test's: the log hears the watches of those as well, 16 s after their restarts. */
    private static final UUID GUEST = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-0000000000a7");

    private final LogLines log = LogLines.of(RestartWatch.class.getName());
    private final CountDownLatch looked = new CountDownLatch(1);
    private BinderRig rig;
    private RestartWatch watch;

    @BeforeEach
    void host() throws Exception {
        rig = new BinderRig(root, Restart.BOOT_WINDOW);
        rig.libvirt.running(guest("", renderNode(RENDER1)).replace(BinderRig.GUEST.toString(), GUEST.toString()));
        watch = new RestartWatch(
                rig.libvirt,
                rig.get(NovaTasks.class),
                rig.get(BindingCounters.class),
                rig.get(RestartFailures.class),
                rig.get(RecentRestarts.class),
                Duration.ofMillis(20));
        rig.libvirt.before("find", looked::countDown);
    }

    @AfterEach
    void stop() {
        watch.close();
        log.close();
        rig.close();
    }

    private List<String> told() {
        return log.lines().stream()
                .filter(line -> line.contains(GUEST.toString()))
                .toList();
    }

    private void looksAgain() throws InterruptedException {
        rig.get(RecentRestarts.class).begins(GUEST, 1);
        rig.get(RecentRestarts.class).ran(GUEST);
        watch.restarted(GUEST, rig.get(InstantSource.class).instant());
        assertThat(looked.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aGuestThatRunsIsNotWorthALine() throws Exception {
        looksAgain();

        await().during(Duration.ofMillis(100)).until(() -> told().isEmpty());
        assertThat(rig.get(BindingCounters.class).offAfterRestart()).isZero();
    }

    @Test
    void aGuestThatNovaHasStoppedIsToldLoudlyAndLeftToIt() throws Exception {
        rig.libvirt.stops(GUEST);
        rig.libvirt.before("find", () -> {
            rig.get(NovaTasks.class)
                    .heard(GUEST, Events.ofNova("instance.power_off.start", Action.IGNORE, GUEST, "req-nova"));
            looked.countDown();
        });

        looksAgain();

        await().until(() -> told().size() == 1);
        assertThat(told().get(0))
                .startsWith("ERROR instance " + GUEST)
                .contains(
                        "is off",
                        "restarted",
                        "Nova has stopped it of its own accord",
                        "openstack server start " + GUEST)
                .contains("restart = never");
        assertThat(rig.get(BindingCounters.class).offAfterRestart()).isEqualTo(1);
        assertThat(rig.get(RestartFailures.class).remembered(GUEST))
                .as("it is not restarted at its next start")
                .isPresent();
        assertThat(rig.libvirt.calls()).as("nobody starts it again").isEmpty();
    }

    @Test
    void aGuestThatItsUserHasStoppedIsNotWorthALine() throws Exception {
        rig.libvirt.stops(GUEST);
        rig.libvirt.before("find", () -> {
            rig.get(NovaTasks.class)
                    .heard(GUEST, Events.of("instance.power_off.start", Action.IGNORE, GUEST, "req-user"));
            looked.countDown();
        });

        looksAgain();

        await().during(Duration.ofMillis(100)).until(() -> told().isEmpty());
        assertThat(rig.get(BindingCounters.class).offAfterRestart()).isZero();
    }

    @Test
    void aGuestThatIsOffAndNobodyTellsWhyIsToldLoudly() throws Exception {
        rig.libvirt.stops(GUEST);

        looksAgain();

        await().until(() -> told().size() == 1);
        assertThat(told().get(0)).startsWith("ERROR").contains("Calling the stop API");
    }

    @Test
    void aGuestThatNeverCameBackIsToldAsOneThatIsStillToBeStarted() throws Exception {
        rig.libvirt.stops(GUEST);
        rig.get(RecentRestarts.class).begins(GUEST, 1);

        watch.restarted(GUEST, rig.get(InstantSource.class).instant());

        await().until(() -> told().size() == 1);
        assertThat(told().get(0))
                .startsWith("ERROR instance " + GUEST)
                .contains(
                        "its restart failed",
                        "tries to start it again several times a minute",
                        "openstack server start " + GUEST)
                .doesNotContain("not started by nova-gpu-binder");
    }

    @Test
    void aGuestThatNeverCameBackAndThatNovaHasStoppedIsNotSaidToBeTriedAgain() {
        rig.libvirt.stops(GUEST);
        rig.get(RecentRestarts.class).begins(GUEST, 1);
        Instant began = rig.get(InstantSource.class).instant();
        rig.get(NovaTasks.class)
                .heard(GUEST, Events.ofNova("instance.power_off.start", Action.IGNORE, GUEST, "req-nova"));

        watch.look(GUEST, began, 1);

        assertThat(told()).singleElement().satisfies(line -> assertThat(line)
                .startsWith("ERROR instance " + GUEST)
                .contains(
                        "its restart failed",
                        "Nova has stopped it of its own accord",
                        "openstack server start " + GUEST,
                        "not started by nova-gpu-binder")
                .doesNotContain("tries to start it again"));
    }

    @Test
    void aGuestThatIsOffForANewTaskOfNovasIsNotWorthALine() throws Exception {
        rig.libvirt.stops(GUEST);
        rig.libvirt.before("find", () -> {
            rig.get(NovaTasks.class)
                    .heard(GUEST, Events.of("instance.suspend.start", Action.IGNORE, GUEST, "req-user"));
            looked.countDown();
        });

        looksAgain();

        await().during(Duration.ofMillis(100)).until(() -> told().isEmpty());
    }

    @Test
    void aGuestThatWasDeletedIsNotWorthALine() throws Exception {
        rig.libvirt.deletes(GUEST);

        looksAgain();

        await().during(Duration.ofMillis(100)).until(() -> told().isEmpty());
    }

    @Test
    void thatItCannotBeAskedIsToldAsAWarning() throws Exception {
        for (int i = 0; i < 10; i++) {
            rig.libvirt.failing("find", Kind.CONNECTION, "libvirt is away");
        }

        looksAgain();

        await().until(() -> told().size() == 1);
        assertThat(told().get(0)).startsWith("WARN").contains("not known", "libvirt is away");
    }

    @Test
    void aLibvirtThatCannotBeAskedIsAskedAgain() throws Exception {
        rig.libvirt.stops(GUEST);
        rig.libvirt.failing("find", Kind.CONNECTION, "Connection refused").failing("find", Kind.BUSY, "busy");

        looksAgain();

        await().until(() -> told().size() == 1);
        assertThat(told().get(0)).startsWith("ERROR");
    }

    @Test
    void aGuestThatHasPoweredItselfOffIsNoFailure() throws Exception {
        rig.libvirt.stops(GUEST, WhyOff.SHUT_DOWN);

        looksAgain();

        await().until(() -> told().size() == 1);
        assertThat(told().get(0)).startsWith("INFO").contains("powered itself off");
        assertThat(rig.get(BindingCounters.class).offAfterRestart()).isZero();
        assertThat(rig.get(RestartFailures.class).remembered(GUEST)).isEmpty();
    }

    /** Nova's periodic sync finds it off, and sends a stop of its own: that neither ends restarts for others nor names a cause. */
    @Test
    void aGuestThatWasOffByItselfBeforeNovaStoppedItIsNoFailure() {
        looksAfterItsOwnPowerOffAndNovasStop(1, 0);

        assertThat(told())
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("INFO").contains("powered itself off"));
        assertThat(rig.get(BindingCounters.class).offAfterRestart()).isZero();
        assertThat(rig.get(RestartFailures.class).remembered(GUEST)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, Nova first", "1, 1, destroyed: this may have been the restart's own"})
    void aGuestThatWentOffAfterNovaHadBegunToStopItIsToldLoudly(int sentAfter, int detail, String why) {
        looksAfterItsOwnPowerOffAndNovasStop(sentAfter, detail);

        assertThat(told()).as(why).singleElement().satisfies(line -> assertThat(line)
                .startsWith("ERROR")
                .contains("Nova has stopped it of its own accord"));
        assertThat(rig.get(RestartFailures.class).remembered(GUEST)).isPresent();
    }

    /** @param detail libvirt's, of the event */
    private void looksAfterItsOwnPowerOffAndNovasStop(int secondsLater, int detail) {
        RecentRestarts recent = rig.get(RecentRestarts.class);
        Instant began = rig.get(InstantSource.class).instant();
        recent.begins(GUEST, 1);
        recent.ran(GUEST);
        rig.libvirt.stops(GUEST, WhyOff.SHUT_DOWN);
        rig.get(EventRouter.class)
                .happened(new DomainEvent(
                        GUEST, "instance-00000001", DomainEvent.Kind.STOPPED, detail, System.nanoTime()));
        InstanceEvent stop = Events.ofNova("instance.power_off.start", Action.IGNORE, GUEST, "req-nova");
        rig.get(NovaTasks.class).heard(GUEST, Events.sent(stop, Instant.now().plusSeconds(secondsLater)));

        watch.look(GUEST, began, 1);
    }

    @Test
    void aGuestsEarlierPowerOffSaysNothingOfTheOneAfterItsRestart() {
        RecentRestarts recent = rig.get(RecentRestarts.class);
        recent.begins(GUEST, 1);
        recent.wentOff(GUEST, Instant.EPOCH);
        assertThat(recent.offAt(GUEST)).isPresent();
        recent.begins(GUEST, 2);
        assertThat(recent.offAt(GUEST)).isEmpty();
    }

    @Test
    void aLookThatHangsHoldsUpNothingElse() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        rig.libvirt.before("find", () -> {
            looked.countDown();
            try {
                hangs.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        looksAgain();
        CountDownLatch other = new CountDownLatch(1);

        watch.later(Duration.ZERO, other::countDown);

        assertThat(other.await(30, TimeUnit.SECONDS)).isTrue();
        hangs.countDown();
    }

    @ParameterizedTest
    @EnumSource(
            value = WhyOff.class,
            names = {"MIGRATED", "SAVED"})
    void whoRunsElsewhereOrWasSavedIsNoFailureAndNobodyIsToldToStartIt(WhyOff why) throws Exception {
        rig.libvirt.stops(GUEST, why);

        looksAgain();

        await().until(() -> told().size() == 1);
        assertThat(told().get(0)).startsWith("INFO").doesNotContain("server start");
        assertThat(rig.get(BindingCounters.class).offAfterRestart()).isZero();
        assertThat(rig.get(RestartFailures.class).remembered(GUEST)).isEmpty();
    }
}
