package org.novagpubinder.observability.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

class GuestsTest {
    private static final UUID ONE = new UUID(0, 1);
    private static final UUID TWO = new UUID(0, 2);
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private final Guests guests = new Guests(Clock.systemUTC());

    static Decision decision(UUID uuid, Outcome outcome, Reason.Code reason, Trigger trigger, Instant at) {
        BindResult result = new BindResult(
                uuid,
                "instance-1",
                outcome,
                List.of(new Reason(reason, "for the test")),
                IdSet.empty(),
                List.of(),
                false,
                1);
        return new Decision(result, trigger, at, at, null);
    }

    @Test
    void howLongAGuestStandsSoCountsFromItsFirstLookThoughSweepsConfirmIt() {
        Guests later = new Guests(Clock.fixed(NOW.plus(Duration.ofHours(3)), ZoneOffset.UTC));
        for (int minutes : new int[] {0, 60, 120}) {
            Instant at = NOW.plus(Duration.ofMinutes(minutes));
            later.decided(decision(ONE, Outcome.MISALIGNED, Reason.Code.NO_CAPACITY, Trigger.SWEEP, at));
            later.decided(decision(TWO, Outcome.MISALIGNED, Reason.Code.NO_CAPACITY, Trigger.SWEEP, at));
        }
        assertThat(later.longest()).isEqualTo(Map.of(Outcome.MISALIGNED, Duration.ofHours(3)));

        Instant bound = NOW.plus(Duration.ofHours(2));
        later.decided(decision(ONE, Outcome.BOUND, Reason.Code.CHOSEN, Trigger.SWEEP, bound));
        later.decided(decision(ONE, Outcome.MISALIGNED, Reason.Code.NO_CAPACITY, Trigger.SWEEP, bound));
        later.forgotten(TWO);
        assertThat(later.longest()).isEqualTo(Map.of(Outcome.MISALIGNED, Duration.ofHours(1)));
    }

    private void decided(UUID uuid, Outcome outcome, Reason.Code reason, Trigger trigger) {
        guests.decided(decision(uuid, outcome, reason, trigger, NOW));
    }

    @Test
    void aGuestThatWaitsIsCountedOnceThoughNovaOrLibvirtIsBusyWithItMeanwhile() {
        decided(ONE, Outcome.DEFERRED, Reason.Code.HAS_WRITTEN, Trigger.TASK_ENDED);
        decided(ONE, Outcome.DEFERRED, Reason.Code.TASK_RUNNING, Trigger.SWEEP);
        decided(ONE, Outcome.DEFERRED, Reason.Code.HAS_WRITTEN, Trigger.TASK_ENDED);
        guests.busy(ONE, Trigger.SWEEP, "libvirt is busy");
        decided(ONE, Outcome.DEFERRED, Reason.Code.HAS_WRITTEN, Trigger.SWEEP);

        assertThat(guests.deferrals())
                .isEqualTo(Map.of(
                        Reason.Code.HAS_WRITTEN, 1L, Reason.Code.TASK_RUNNING, 1L, Reason.Code.LIBVIRT_BUSY, 1L));
    }

    @Test
    void aGuestCountsAsItStoodLast() {
        decided(ONE, Outcome.MISALIGNED, Reason.Code.PLACED_BY_NOVA, Trigger.TASK_ENDED);
        decided(TWO, Outcome.MISALIGNED, Reason.Code.NO_CAPACITY, Trigger.SWEEP);
        decided(ONE, Outcome.BOUND, Reason.Code.CHOSEN, Trigger.TASK_ENDED);

        assertThat(guests.byOutcome())
                .containsEntry(Outcome.BOUND, 1L)
                .containsEntry(Outcome.MISALIGNED, 1L)
                .containsEntry(Outcome.FAILED, 0L)
                .hasSize(Outcome.values().length);
        assertThat(guests.byReason())
                .containsEntry(Outcome.MISALIGNED, Map.of(Reason.Code.NO_CAPACITY, 1L))
                .containsEntry(Outcome.BOUND, Map.of(Reason.Code.CHOSEN, 1L))
                .hasSize(2);
    }

    @Test
    void aGuestThatIsGoneCountsNoMore() {
        decided(ONE, Outcome.BOUND, Reason.Code.CHOSEN, Trigger.TASK_ENDED);
        decided(TWO, Outcome.BOUND, Reason.Code.CHOSEN, Trigger.TASK_ENDED);

        guests.forgotten(ONE);
        assertThat(guests.byOutcome()).containsEntry(Outcome.BOUND, 1L);
        guests.swept(Set.of(), NOW.plusSeconds(1), Duration.ofSeconds(1));
        assertThat(guests.byOutcome()).containsEntry(Outcome.BOUND, 0L);
    }

    @Test
    void aGuestThatCameDuringASweepIsNotTakenForGone() {
        decided(ONE, Outcome.BOUND, Reason.Code.CHOSEN, Trigger.STARTED);

        guests.swept(Set.of(), NOW.minusSeconds(1), Duration.ofSeconds(2));

        assertThat(guests.byOutcome()).containsEntry(Outcome.BOUND, 1L);
    }

    @Test
    void aGuestThatLibvirtDoesNotTellOfCountsAsFailed() {
        decided(ONE, Outcome.BOUND, Reason.Code.CHOSEN, Trigger.TASK_ENDED);

        guests.failed(ONE, Trigger.SWEEP, "libvirt says no");

        assertThat(guests.byOutcome()).containsEntry(Outcome.FAILED, 1L).containsEntry(Outcome.BOUND, 0L);
    }

    @Test
    void aGuestThatLibvirtIsBusyWithCountsAsDeferred() {
        guests.busy(ONE, Trigger.SWEEP, "cannot acquire state change lock");
        guests.busy(ONE, Trigger.SWEEP, "cannot acquire state change lock");

        assertThat(guests.byOutcome()).containsEntry(Outcome.DEFERRED, 1L).containsEntry(Outcome.FAILED, 0L);
        assertThat(guests.deferrals()).isEqualTo(Map.of(Reason.Code.LIBVIRT_BUSY, 1L));
    }

    @Test
    void aDeferralIsCountedOnceHoweverOftenASweepFindsIt() {
        decided(ONE, Outcome.DEFERRED, Reason.Code.NEEDS_START, Trigger.STARTED);
        assertThat(guests.deferrals()).isEmpty();
        decided(ONE, Outcome.DEFERRED, Reason.Code.HAS_WRITTEN, Trigger.TASK_ENDED);
        decided(ONE, Outcome.DEFERRED, Reason.Code.HAS_WRITTEN, Trigger.SWEEP);
        decided(ONE, Outcome.DEFERRED, Reason.Code.HAS_WRITTEN, Trigger.SWEEP);
        decided(ONE, Outcome.BOUND, Reason.Code.CHOSEN, Trigger.TASK_ENDED);
        decided(ONE, Outcome.DEFERRED, Reason.Code.HAS_WRITTEN, Trigger.TASK_ENDED);

        assertThat(guests.deferrals()).isEqualTo(Map.of(Reason.Code.HAS_WRITTEN, 2L));
    }

    /** Where Nova sends no notifications no end of a task follows the start. */
    @Test
    void aDeferralThatASweepConfirmsAfterAStartIsCounted() {
        decided(ONE, Outcome.DEFERRED, Reason.Code.NEEDS_START, Trigger.STARTED);
        decided(ONE, Outcome.DEFERRED, Reason.Code.NEEDS_START, Trigger.SWEEP);
        decided(ONE, Outcome.DEFERRED, Reason.Code.NEEDS_START, Trigger.SWEEP);
        assertThat(guests.deferrals()).isEqualTo(Map.of(Reason.Code.NEEDS_START, 1L));

        decided(ONE, Outcome.DEFERRED, Reason.Code.TASK_RUNNING, Trigger.STARTED);
        decided(ONE, Outcome.DEFERRED, Reason.Code.NEEDS_START, Trigger.TASK_ENDED);
        assertThat(guests.deferrals()).as("a further start").isEqualTo(Map.of(Reason.Code.NEEDS_START, 2L));
    }
}
