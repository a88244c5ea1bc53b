package org.novagpubinder.binding.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Allocation;
import org.novagpubinder.placement.model.Allocation.Claim;

class ReservationsTest {
    private static final UUID GUEST = new UUID(1, 1);
    private static final Allocation FOUR_VCPUS = new Allocation(Set.of(), Map.of(IdSet.of(0, 1), 4), List.of());

    private Instant now = Instant.parse("2026-11-23T12:00:00Z");
    private final InstantSource clock = () -> now;
    private final Reservations reservations = new Reservations(clock);

    @Test
    void aPlanUnderWayCountsForEverybody() {
        long before = reservations.mark();
        reservations.reserve(GUEST, FOUR_VCPUS, FOUR_VCPUS, false);

        assertThat(reservations.since(before, Set.of())).containsExactly(Map.entry(GUEST, FOUR_VCPUS));
        assertThat(reservations.since(reservations.mark(), Set.of())).containsKey(GUEST);
    }

    @Test
    void aPlanThatWasCarriedOutCountsForThoseWhoLookedBefore() {
        reservations.reserve(GUEST, FOUR_VCPUS, FOUR_VCPUS, false);
        long looked = reservations.mark();
        reservations.settle(GUEST);

        assertThat(reservations.since(looked, Set.of())).containsKey(GUEST);
        assertThat(reservations.since(reservations.mark(), Set.of()))
                .as("who looks now sees the domain itself")
                .isEmpty();
    }

    @Test
    void settlingAgainDoesNotBringItBack() {
        reservations.reserve(GUEST, FOUR_VCPUS, FOUR_VCPUS, false);
        reservations.settle(GUEST);
        long looked = reservations.mark();
        reservations.settle(GUEST);

        assertThat(reservations.since(looked, Set.of())).isEmpty();
    }

    @Test
    void aGuestThatVanishedBlocksNothingForEver() {
        long before = reservations.mark();
        reservations.reserve(GUEST, FOUR_VCPUS, FOUR_VCPUS, false);
        now = now.plus(Reservations.LONGEST).minusMillis(1);
        assertThat(reservations.since(before, Set.of())).containsKey(GUEST);

        now = now.plusMillis(1);

        assertThat(reservations.since(before, Set.of())).isEmpty();
    }

    @Test
    void aGuestWhoseRestartGoesBackAndTakesMinutesKeepsItsPlace() {
        reservations.reserve(GUEST, FOUR_VCPUS, FOUR_VCPUS, false);
        now = now.plusSeconds(180);

        assertThat(reservations.since(reservations.mark(), Set.of())).containsKey(GUEST);
    }

    @Test
    void aPlanOfARestartIsThatOfAStartOnceItsGuestWasStopped() {
        Allocation rest = new Allocation(Set.of(), FOUR_VCPUS.vcpus(), List.of(new Claim(IdSet.of(1), 60, 0)));
        Allocation whole = new Allocation(Set.of(), FOUR_VCPUS.vcpus(), List.of(new Claim(IdSet.of(1), 100, 0)));
        reservations.reserve(GUEST, rest, whole, false);
        long former = reservations.mark();
        assertThat(reservations.since(former, Set.of(GUEST))).containsExactly(Map.entry(GUEST, rest));

        reservations.stopped(GUEST);
        assertThat(reservations.since(former, Set.of(GUEST)))
                .as("that one has looked at the former process, and at the memory that it left")
                .containsExactly(Map.entry(GUEST, rest));
        assertThat(reservations.since(reservations.mark(), Set.of())).containsExactly(Map.entry(GUEST, whole));
        assertThat(reservations.since(reservations.mark(), Set.of(GUEST)))
                .as("the domain itself tells")
                .isEmpty();

        now = now.plus(Reservations.LONGEST);
        assertThat(reservations.since(reservations.mark(), Set.of()))
                .as("a stop makes it last no longer")
                .isEmpty();
    }

    @Test
    void aGuestThatIsStoppedWhenItsPlanHasBeenCarriedOutHoldsNothing() {
        reservations.reserve(GUEST, FOUR_VCPUS, FOUR_VCPUS, false);
        reservations.settle(GUEST);
        reservations.stopped(GUEST);

        assertThat(reservations.since(reservations.mark(), Set.of())).isEmpty();
    }

    @Test
    void aPlanForAStartCountsUntilTheNewProcessIsSeen() {
        long former = reservations.mark();
        reservations.reserve(GUEST, FOUR_VCPUS, FOUR_VCPUS, true);

        assertThat(reservations.since(former, Set.of(GUEST)))
                .as("that one has looked at the process before")
                .containsKey(GUEST);
        assertThat(reservations.since(reservations.mark(), Set.of())).containsKey(GUEST);
        assertThat(reservations.since(reservations.mark(), Set.of(GUEST)))
                .as("the domain itself tells")
                .isEmpty();
    }
}
