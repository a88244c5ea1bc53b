package org.novagpubinder.binding.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.assertj.core.api.AbstractDurationAssert;
import org.junit.jupiter.api.Test;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;

/** Since when a guest's CPUs run, by what was heard of its start; never later than they did. */
class StartTimesTest {
    private static final Duration PROCESS = Duration.ofSeconds(60);
    private static final int RESTORED = 2;
    private static final int WAKEUP = 4;
    private static final int TYPE_STARTED = 2;

    private Instant now = Instant.parse("2026-11-27T02:00:00Z");
    private final StartTimes starts = new StartTimes(() -> now);

    private StartTimesTest heard(Kind... kinds) {
        for (Kind kind : kinds) {
            starts.happened(new DomainEvent(GUEST, "instance-00000001", kind, 0, System.nanoTime()));
        }
        return this;
    }

    private StartTimesTest after(double seconds) {
        now = now.plusMillis((long) (seconds * 1000));
        return this;
    }

    /** The age of a guest whose busiest vCPU has used so much CPU time, with the time that this test takes to spare. */
    private AbstractDurationAssert<?> age(double vcpuSeconds) {
        return age(Optional.of(Duration.ofMillis((long) (vcpuSeconds * 1000))));
    }

    private AbstractDurationAssert<?> age(Optional<Duration> vcpu) {
        return assertThat(starts.age(GUEST, PROCESS, vcpu));
    }

    private static Duration about(double seconds) {
        return Duration.ofMillis((long) (seconds * 1000));
    }

    private static final Duration SPARE = Duration.ofMillis(900);

    @Test
    void aGuestThatWaitsPausedForItsPortsCountsFromTheirPlug() {
        heard(Kind.DEFINED, Kind.STARTED, Kind.SUSPENDED)
                .after(20)
                .heard(Kind.RESUMED)
                .after(0.2);
        age(0.2).isCloseTo(about(0.2), SPARE);
    }

    @Test
    void anOrdinaryStartCountsFromItsResumedWhichComesFirst() {
        heard(Kind.RESUMED).after(2).heard(Kind.STARTED).after(3);
        age(3).isCloseTo(about(5), SPARE);
    }

    @Test
    void aPauseLaterOnMakesNobodyYounger() {
        heard(Kind.RESUMED, Kind.STARTED)
                .after(30)
                .heard(Kind.SUSPENDED, Kind.RESUMED)
                .after(1);
        age(3).isCloseTo(about(31), SPARE);
    }

    @Test
    void onlyTheFirstResumedOfAPausedStartCounts() {
        heard(Kind.STARTED, Kind.SUSPENDED).after(10).heard(Kind.RESUMED);
        after(20).heard(Kind.SUSPENDED).after(5).heard(Kind.RESUMED).after(1);
        age(3).isCloseTo(about(26), SPARE);
    }

    @Test
    void aPauseOfAGuestWhoseResumedWasNotHeardIsNoPausedStart() {
        heard(Kind.STARTED)
                .after(5)
                .heard(Kind.SUSPENDED)
                .after(10)
                .heard(Kind.RESUMED)
                .after(1);
        age(3).isCloseTo(about(16), SPARE);
    }

    @Test
    void aGuestThatGoesOnFromASavedStateIsNotStartedPaused() {
        starts.happened(new DomainEvent(GUEST, "instance-00000001", Kind.STARTED, RESTORED, System.nanoTime()));
        heard(Kind.SUSPENDED).after(20).heard(Kind.RESUMED).after(1);
        age(1).isCloseTo(about(21), SPARE);
    }

    @Test
    void aResumedThatCameLateIsSeenByTheCpuTimeUsedBefore() {
        heard(Kind.STARTED, Kind.SUSPENDED).after(20).heard(Kind.RESUMED).after(0.2);
        age(9).isCloseTo(about(20.2), SPARE);
    }

    @Test
    void withoutTheVcpusTimeAResumedIsNotBelieved() {
        heard(Kind.STARTED, Kind.SUSPENDED).after(20).heard(Kind.RESUMED).after(0.2);
        age(Optional.empty()).isCloseTo(about(20.2), SPARE);
    }

    @Test
    void whatWaitedForItsTurnCountsFromWhenItArrived() {
        long arrived = System.nanoTime() - Duration.ofSeconds(7).toNanos();
        starts.happened(new DomainEvent(GUEST, "instance-00000001", Kind.STARTED, 0, arrived));
        age(3).isCloseTo(about(7), SPARE);
    }

    @Test
    void whereEventsMayHaveBeenMissedNoResumedIsTheFirst() {
        heard(Kind.STARTED, Kind.SUSPENDED).after(1);
        starts.mayHaveMissed();
        after(20).heard(Kind.RESUMED).after(0.2);
        age(0.2).isCloseTo(about(21.2), SPARE);
    }

    @Test
    void withoutAnEventItIsAsOldAsItsProcessUnlessItsVcpusHaveHardlyRun() {
        age(0.2).isEqualTo(PROCESS);
        age(Optional.empty()).isEqualTo(PROCESS);
        age(0.01).isEqualTo(PROCESS);
        age(0).isZero();
    }

    @Test
    void whatWasHeardOfAnEarlierProcessCountsNoMore() {
        heard(Kind.STARTED).after(61);
        age(3).isEqualTo(PROCESS);
        heard(Kind.STARTED, Kind.SUSPENDED, Kind.STOPPED).after(1);
        age(3).isEqualTo(PROCESS);
    }

    @Test
    void theNextStartIsAStartOfItsOwn() {
        heard(Kind.STARTED, Kind.SUSPENDED).after(3).heard(Kind.RESUMED).after(20);
        heard(Kind.SHUTDOWN, Kind.STOPPED, Kind.RESUMED, Kind.STARTED).after(2);
        age(1).isCloseTo(about(2), SPARE);
    }

    @Test
    void aClockThatWentBackMakesNobodyYoung() {
        heard(Kind.RESUMED, Kind.STARTED).after(-5);
        age(3).isEqualTo(PROCESS);
    }

    @Test
    void aGuestThatWakesUpIsNoYoungerForIt() {
        heard(Kind.RESUMED, Kind.STARTED).after(40).heard(Kind.PMSUSPENDED).after(10);
        starts.happened(DomainEvent.of(GUEST, "instance-00000001", TYPE_STARTED, WAKEUP, System.nanoTime()));
        after(1);
        age(3).isCloseTo(about(51), SPARE);
    }
}
