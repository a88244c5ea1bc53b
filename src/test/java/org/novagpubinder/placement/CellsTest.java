package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.PlanAssert.assertPlan;
import static org.novagpubinder.placement.Planning.LIMITS;
import static org.novagpubinder.placement.Planning.PREFERRED;
import static org.novagpubinder.placement.Planning.REQUIRED;
import static org.novagpubinder.placement.Planning.plan;
import static org.novagpubinder.placement.Planning.preferred;
import static org.novagpubinder.placement.Planning.restrictive;
import static org.novagpubinder.testing.Guests.guest;
import static org.novagpubinder.testing.Guests.withPci;
import static org.novagpubinder.testing.Hosts.host;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.placement.random.With;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** A guest with NUMA cells of its own, which Nova has not placed. */
class CellsTest {
    private static final String GPU = "0000:41:00.0";
    private static final String OTHER = "0000:21:00.0";
    private static final GuestCell CELL_0 = new GuestCell(0, IdSet.of(0, 1), 4 * Hosts.GIB, 0);
    private static final GuestCell CELL_1 = new GuestCell(1, IdSet.of(2, 3), 4 * Hosts.GIB, 0);

    /** Two sockets of two nodes each; one GPU on node 2, one on node 0. */
    private static Hosts fourNodes() {
        return host().node(0, "0-7", 32)
                .node(1, "8-15", 32)
                .node(2, "16-23", 32)
                .node(3, "24-31", 32)
                .socket(0, 0, 1)
                .socket(1, 2, 3)
                .distance(0, 1, 12)
                .distance(2, 3, 12)
                .vfioGpu(OTHER, 0)
                .vfioGpu(GPU, 2);
    }

    private static Guests twoCells() {
        return withPci(GPU).cells(CELL_0, CELL_1);
    }

    @Test
    void eachCellGetsANodeTheFirstBesideTheGpuTheNextOnTheSameSocket() {
        Plan plan = plan(fourNodes(), twoCells().iothreads(1));
        assertPlan(plan)
                .on(2, 3)
                .because(Code.CELLS_APART)
                .saying("its cells have a node each: cell 0 on node 2, cell 1 on node 3");
        assertThat(plan.candidates().get(1).verdict().text()).isEqualTo("node 2: fewer nodes than its cells need");
        assertThat(plan.target().pins().vcpus())
                .containsEntry(0, IdSet.parse("16-23"))
                .containsEntry(1, IdSet.parse("16-23"))
                .containsEntry(2, IdSet.parse("24-31"))
                .containsEntry(3, IdSet.parse("24-31"));
        assertThat(plan.target().memnodes()).isEqualTo(Map.of(0, preferred(2), 1, preferred(3)));
        assertThat(plan.target().memory()).isNull();
        assertThat(plan.target().pins().emulator()).isEqualTo(IdSet.parse("16-23"));
        assertThat(plan.target().pins().iothreads()).containsEntry(1, IdSet.parse("16-23"));
    }

    @Test
    void aCellWithoutMemoryNeedsNoNodeForIt() {
        GuestCell cpusOnly = new GuestCell(1, IdSet.of(2, 3), 0, 0);
        Plan plan = plan(fourNodes(), withPci(GPU).cells(CELL_0, cpusOnly));
        assertPlan(plan).on(2, 3).because(Code.CELLS_APART);
        assertThat(plan.target().memnodes()).isEqualTo(Map.of(0, preferred(2)));
    }

    /** What works beside the GPU has its memory there. */
    @Test
    void aCellWithMemoryIsNearerToTheGpuThanOneWithout() {
        GuestCell cpusOnly = new GuestCell(0, IdSet.of(0, 1), 0, 0);
        Plan plan = plan(fourNodes(), withPci(GPU).size(4, 4).cells(cpusOnly, CELL_1));
        assertPlan(plan).saying("cell 0 on node 3, cell 1 on node 2");
        assertThat(plan.target().memnodes()).isEqualTo(Map.of(1, preferred(2)));
    }

    @Test
    void aCellWithoutVcpusNeedsNoNodeOfItsOwn() {
        GuestCell memoryOnly = new GuestCell(2, IdSet.empty(), 4 * Hosts.GIB, 0);
        Plan plan = plan(fourNodes(), withPci(GPU).pci(OTHER).size(4, 12).cells(CELL_0, CELL_1, memoryOnly));
        assertPlan(plan).on(0, 2).saying("with vCPUs have a node each: cell 0 on node 0, cell 1 on node 2, cell 2 on");
        assertThat(plan.target().pins().vcpus())
                .containsEntry(0, IdSet.parse("0-7"))
                .containsEntry(3, IdSet.parse("16-23"));
        assertThat(plan.target().memnodes()).containsEntry(2, preferred(0));
    }

    @Test
    void theMemoryOfACellWithoutVcpusIsBesideTheGpuToo() {
        Guests guest = withPci(GPU).size(2, 8).cells(CELL_0, new GuestCell(1, IdSet.empty(), 4 * Hosts.GIB, 0));
        Plan whole = plan(fourNodes(), guest);
        assertPlan(whole).on(2).memory(preferred(2), MemoryWhen.NEXT_START);
        assertThat(whole.reasons()).extracting(Reason::code).doesNotContain(Code.CELLS_TOGETHER, Code.CELLS_APART);
        Plan small = plan(fourNodes().free(2, 6), guest);
        assertPlan(small).on(2, 3).saying("have a node each: cell 0 on node 2, cell 1 on node 3");
        assertPlan(plan(fourNodes(), guest.bound(small))).on(2, 3);
    }

    @Test
    void aGuestWithACellWithoutVcpusStaysAsItIsBound() {
        GuestCell memoryOnly = new GuestCell(2, IdSet.empty(), 4 * Hosts.GIB, 0);
        Guests guest = withPci(GPU).pci(OTHER).size(4, 12).cells(CELL_0, CELL_1, memoryOnly);
        Plan first = plan(fourNodes(), guest);
        Plan again = plan(fourNodes(), guest.bound(first).running(8, 0, 4));
        assertPlan(again).is(Outcome.ALIGNED).on(0, 2);
        assertThat(again.target()).isEqualTo(first.target());
    }

    @Test
    void theCellThatTheGuestSeesItsGpuInIsTheOneBesideIt() {
        GpuUse inCell1 = new GpuUse(GpuUse.Kind.PCI, PciAddress.parse(GPU), GPU, 1);
        Plan plan = plan(fourNodes(), guest().gpu(inCell1).cells(CELL_0, CELL_1));
        assertPlan(plan).on(2, 3).saying("cell 0 on node 3, cell 1 on node 2");
    }

    @Test
    void gpusOfTwoNodesGetACellEach() {
        Plan plan = plan(fourNodes(), twoCells().pci(OTHER));
        assertPlan(plan).on(0, 2).because(Code.GPUS_APART).because(Code.CELLS_APART);
    }

    @Test
    void aCellThatDoesNotFitGoesToTheNextNode() {
        Hosts full = fourNodes().free(3, 1);
        assertPlan(plan(full, twoCells())).on(0, 2).saying("cell 0 on node 2, cell 1 on node 0");
    }

    @Test
    void eachCellCountsTheHugePagesOfItsOwnSize() {
        GuestCell huge = new GuestCell(1, IdSet.of(2, 3), 4 * Hosts.GIB, 1 << 20);
        Hosts host = fourNodes().hugePages(1, 1 << 20, 8, 8).hugePages(3, 1 << 20, 8, 3);
        assertPlan(plan(host, withPci(GPU).cells(CELL_0, huge))).saying("cell 0 on node 2, cell 1 on node 1");
    }

    @Test
    void cellsThatDoNotFitANodeEachShareTheNodesThatHoldTheGuest() {
        GuestCell wide = new GuestCell(0, IdSet.range(0, 9), 4 * Hosts.GIB, 0);
        GuestCell narrow = new GuestCell(1, IdSet.of(10), 4 * Hosts.GIB, 0);
        Plan plan = plan(fourNodes(), withPci(GPU).size(11, 8).cells(wide, narrow));
        assertPlan(plan).on(2, 3).because(Code.CELLS_TOGETHER).everythingPinnedTo(IdSet.parse("16-31"));
        assertThat(plan.target().memnodes()).isEmpty();
    }

    @Test
    void requiredKeepsAllCellsBesideTheGpu() {
        assertPlan(plan(fourNodes(), twoCells(), REQUIRED))
                .on(2)
                .because(Code.CELLS_TOGETHER)
                .memory(restrictive("2"), MemoryWhen.NEXT_START);
        Plan both = plan(fourNodes(), twoCells().pci(OTHER), REQUIRED);
        assertPlan(both).on(0, 2).memory(restrictive("0,2"), MemoryWhen.NEXT_START);
        assertThat(both.target().memnodes()).isEqualTo(Map.of(0, restrictive("0"), 1, restrictive("2")));
    }

    @Test
    void onlyAStartBringsTheMemoryOfCellsToTheirNodes() {
        Plan plan = plan(fourNodes(), twoCells().running(8));
        assertPlan(plan).is(Outcome.BOUND).because(Code.MEMORY_IN_CELLS);
        assertThat(plan.memoryWhen()).isEqualTo(MemoryWhen.RESTART);
        Plan later = new Planner()
                .planWithoutRestart(
                        fourNodes().build(), twoCells().running(8).build(), Occupancy.NONE, PREFERRED, LIMITS);
        assertPlan(later).is(Outcome.DEFERRED);
        assertThat(later.memoryWhen()).isEqualTo(MemoryWhen.NEXT_START);
        assertThat(later.needsStart()).isTrue();
        assertThat(plan(fourNodes(), twoCells().running()).needsStart())
                .as("without a look at where it lies")
                .isFalse();
    }

    @Test
    void aGuestThatStaysWhereItsCellsNoLongerFitKeepsTheMemoryPlacementThatItHas() {
        Guests guest = twoCells().pci(OTHER);
        Plan first = plan(fourNodes(), guest);
        Plan again = plan(fourNodes().free(0, 2).free(2, 2), guest.bound(first).running(1, 0, 1), REQUIRED);
        assertPlan(again).on(0, 2).because(Code.MEMORY_FULL);
        assertThat(again.target().memnodes()).isEqualTo(Map.of(0, preferred(0), 1, preferred(2)));
    }

    @Test
    void theEmulatorStaysBesideTheCellByWhichItWasPlaced() {
        Hosts host = host().node(0, "0-15", 64)
                .node(1, "16-31", 64)
                .node(2, "", 96)
                .distance(0, 2, 20)
                .distance(1, 2, 20)
                .vfioGpu("0000:42:00.0", 2)
                .free(0, 6);
        GuestCell large = new GuestCell(0, IdSet.of(0, 1), 8 * Hosts.GIB, 0);
        Guests guest = withPci("0000:42:00.0").size(4, 12).cells(large, CELL_1);
        Plan first = plan(host, guest);
        assertPlan(first).on(0, 1);
        assertThat(first.target().pins().emulator()).isEqualTo(IdSet.parse("16-31"));
        assertThat(plan(host, guest.bound(first)).target()).isEqualTo(first.target());
    }

    @Test
    void ofCellsThatDifferInSizeTheLowerOneMayBeTheFarther() {
        GuestCell large = new GuestCell(0, IdSet.of(0, 1), 8 * Hosts.GIB, 0);
        assertPlan(plan(fourNodes().free(2, 6), withPci(GPU).size(4, 12).cells(large, CELL_1)))
                .on(2, 3)
                .saying("cell 0 on node 3, cell 1 on node 2");
    }

    @Test
    void vcpusThatAreNotPluggedInNeedNoCpus() {
        GuestCell half = new GuestCell(1, IdSet.range(8, 19), 4 * Hosts.GIB, 0);
        Guest guest = With.with(
                withPci(GPU)
                        .size(20, 8)
                        .cells(new GuestCell(0, IdSet.range(0, 7), 4 * Hosts.GIB, 0), half)
                        .build(),
                "plugged",
                IdSet.range(0, 9));
        assertPlan(new Planner().plan(fourNodes().build(), guest, Occupancy.NONE, PREFERRED, LIMITS))
                .on(2, 3)
                .because(Code.CELLS_APART);
    }

    @Test
    void cellsFitToTheLastPageAndThoseThatShareANodesMemoryOnlyTogether() {
        assertPlan(plan(fourNodes().free(2, 5), twoCells())).saying("cell 0 on node 2, cell 1 on node 3");
        Hosts shared = fourNodes().node(3, "24-31", 0).socket(1, 2, 3);
        assertPlan(plan(shared, twoCells())).on(2, 3);
        assertPlan(plan(shared.free(2, 6), twoCells())).saying("cell 0 on node 2, cell 1 on node 0");
    }

    @Test
    void oneCellIsNoneThatSharesItsNodes() {
        assertThat(plan(fourNodes(), withPci(GPU).cells(CELL_0)).reasons())
                .extracting(Reason::code)
                .doesNotContain(Code.CELLS_TOGETHER);
    }

    @Test
    void aGuestBoundCellByCellStaysAsItIs() {
        Plan first = plan(fourNodes().free(3, 1), twoCells());
        Plan again = plan(fourNodes(), twoCells().bound(first).running(4, 0, 4));
        assertPlan(again).is(Outcome.ALIGNED).on(0, 2);
        assertThat(again.target()).isEqualTo(first.target());
    }
}
