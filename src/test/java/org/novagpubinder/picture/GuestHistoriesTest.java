package org.novagpubinder.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.picture.svg.GuestHistory;
import org.novagpubinder.picture.svg.GuestHistory.Entry;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

class GuestHistoriesTest {
    private static final UUID GUEST = new UUID(0, 1);
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    private final GuestHistories histories = new GuestHistories();

    private void decided(UUID uuid, int minutes, Outcome outcome, String... done) {
        BindResult result = new BindResult(
                uuid,
                "instance-1",
                outcome,
                List.of(new Reason(Reason.Code.CHOSEN, "for the test")),
                IdSet.empty(),
                List.of(done),
                false,
                1);
        Instant at = START.plus(Duration.ofMinutes(minutes));
        histories.decided(new Decision(result, Trigger.SWEEP, at, at, null));
    }

    private GuestHistory history() {
        return histories.all().getOrDefault(GUEST, new GuestHistory(List.of()));
    }

    @Test
    void sweepsThatFindAGuestAsItWasAreNotTold() {
        decided(GUEST, 0, Outcome.DEFERRED);
        decided(GUEST, 10, Outcome.DEFERRED);
        decided(GUEST, 20, Outcome.BOUND, "pinned 2 vCPUs");
        decided(GUEST, 30, Outcome.BOUND);
        decided(GUEST, 40, Outcome.BOUND, "pinned the emulator threads");

        assertThat(history().entries())
                .extracting(Entry::outcome)
                .containsExactly(Outcome.DEFERRED, Outcome.BOUND, Outcome.BOUND);
        assertThat(history().since(Outcome.BOUND)).contains(START.plus(Duration.ofMinutes(20)));
        assertThat(history().since(Outcome.MISALIGNED)).isEmpty();
    }

    @Test
    void whatIsOlderThanADayGoesButHowTheGuestStoodWhenItBeganStays() {
        decided(GUEST, 0, Outcome.DEFERRED);
        decided(GUEST, 10, Outcome.MISALIGNED);
        decided(GUEST, 60 * 40, Outcome.BOUND);

        assertThat(history().entries()).extracting(Entry::outcome).containsExactly(Outcome.MISALIGNED, Outcome.BOUND);
    }

    @Test
    void aGuestThatChangesAllTheTimeTakesABoundedRoomAndSoDoManyGuests() {
        for (int i = 0; i < 500; i++) {
            decided(GUEST, i, i % 2 == 0 ? Outcome.BOUND : Outcome.MISALIGNED);
        }
        assertThat(history().entries()).hasSize(24);

        for (int i = 0; i < 3_000; i++) {
            decided(new UUID(1, i), 0, Outcome.BOUND);
        }
        assertThat(histories.all()).hasSize(2_000);
    }

    @Test
    void whoIsGoneOrHasNoGpuIsNotRemembered() {
        decided(GUEST, 0, Outcome.BOUND);
        decided(new UUID(0, 2), 0, Outcome.IGNORED);
        decided(new UUID(0, 3), 0, Outcome.BOUND);
        assertThat(histories.all()).hasSize(2);

        histories.forgotten(GUEST);
        histories.swept(Set.of(), START.plusSeconds(1), Duration.ofSeconds(1));
        assertThat(histories.all()).isEmpty();
    }

    @Test
    void howLongIsSaidAsPeopleSayIt() {
        assertThat(List.of(0, 59, 60, 200, 47 * 60, 72 * 60))
                .extracting(minutes -> Quantity.time(Duration.ofMinutes(minutes)))
                .containsExactly("0 min", "59 min", "1 h", "3 h", "47 h", "3 days");
    }
}
