package org.novagpubinder.placement.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.testing.Hosts.twoRenderNodes;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** What a domain holds, in the pages that it holds it in. */
class AllocationTest {
    private static final HostTopology HOST = twoRenderNodes().build();
    private static final long GIB_PAGES = 1 << 20;

    @Test
    void cellsThatShareTheNodesClaimThePagesThatEachOfThemIsIn() {
        Guest guest = Guests.guest()
                .cells(
                        new GuestCell(0, IdSet.of(0, 1), 6 * Hosts.GIB, GIB_PAGES),
                        new GuestCell(1, IdSet.of(2, 3), 2 * Hosts.GIB, 0))
                .pinned("16-31")
                .build();
        Occupancy occupancy = Occupancy.NONE.plus(HOST, Allocation.of(HOST, guest));
        assertThat(occupancy.claimedKiB(1, GIB_PAGES)).isEqualTo(6 * Hosts.GIB);
        assertThat(occupancy.claimedKiB(1, 0)).isEqualTo(2 * Hosts.GIB);
        assertThat(occupancy.claimedKiB(0, 0)).isZero();
    }

    @Test
    void guestsInHugePagesClaimThemTogether() {
        Allocation huge = Allocation.of(
                HOST,
                Guests.guest().size(4, 8).hugePages(GIB_PAGES).pinned("16-31").build());
        assertThat(Occupancy.NONE.plus(HOST, huge).plus(HOST, huge).claimedKiB(1, GIB_PAGES))
                .isEqualTo(16 * Hosts.GIB);
    }

    @Test
    void whatIsTouchedIsClaimedNoLonger() {
        Guest guest = Guests.guest().size(4, 8).pinned("16-31").build();
        Allocation holding = Allocation.of(HOST, guest).touched(6 * Hosts.GIB);
        assertThat(Occupancy.NONE.plus(HOST, holding).claimedKiB(1, 0)).isEqualTo(2 * Hosts.GIB);
        assertThat(Allocation.of(HOST, guest).touched(9 * Hosts.GIB).claims())
                .extracting(Allocation.Claim::kib)
                .containsExactly(0L);
    }

    @Test
    void aGuestOnSeveralNodesClaimsAnEqualPartOfEach() {
        Guest guest = Guests.guest().size(4, 8).pinned("0-31").build();
        Occupancy occupancy = Occupancy.NONE.plus(HOST, Allocation.of(HOST, guest));
        assertThat(occupancy.claimedKiB()).isEqualTo(Map.of(0, 4 * Hosts.GIB, 1, 4 * Hosts.GIB));
    }

    @Test
    void memoryIsClaimedWhereItIsPlacedAndWithoutANodesetBesideTheVcpus() {
        Guests guest = Guests.guest().size(4, 8).pinned("16-31");
        Allocation placed =
                Allocation.of(HOST, guest.memory(MemoryMode.STRICT, "0").build());
        assertThat(placed.claims()).extracting(Allocation.Claim::nodes).containsExactly(IdSet.of(0));
        Allocation auto =
                Allocation.of(HOST, guest.memory(MemoryMode.STRICT, "").build());
        assertThat(auto.claims()).extracting(Allocation.Claim::nodes).containsExactly(IdSet.of(1));
    }

    @Test
    void aGuestThatClaimsNothingHasNothingLeftToTouch() {
        Allocation free = Allocation.of(HOST, Guests.guest().build());
        assertThat(free.touched(GIB_PAGES)).isEqualTo(free);
    }

    @Test
    void aGuestThatIsBoundToNothingClaimsNothingAndLoadsAllNodesAlike() {
        Occupancy occupancy =
                Occupancy.NONE.plus(HOST, Allocation.of(HOST, Guests.guest().build()));
        assertThat(occupancy.claimedKiB()).isEmpty();
        assertThat(occupancy.vcpuLoad()).containsEntry(0, 2.0).containsEntry(1, 2.0);
    }
}
