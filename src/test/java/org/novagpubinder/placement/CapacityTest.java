package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.PlanAssert.assertPlan;
import static org.novagpubinder.placement.Planning.*;
import static org.novagpubinder.testing.Guests.withDisplay;
import static org.novagpubinder.testing.Guests.withPci;
import static org.novagpubinder.testing.Hosts.host;
import static org.novagpubinder.testing.Hosts.twoNodes;
import static org.novagpubinder.testing.Hosts.twoRenderNodes;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.Allocation;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** What fits where, and what happens when nothing does. */
class CapacityTest {
    private static final String GPU = "0000:41:00.0";

    private static Hosts gpuOnNode1() {
        return twoNodes().vfioGpu(GPU, 1);
    }

    @Test
    void aFullNodeSendsAPreferredGuestToTheNearestThatFits() {
        assertPlan(plan(gpuOnNode1(), withPci(GPU), load(1, 61)))
                .is(Outcome.DEFERRED)
                .on(0)
                .mainlyBecause(Code.REMOTE)
                .saying("node 0 at distance 21 from its GPU")
                .saying("node 1: 4 vCPUs do not fit 16 CPUs (load 61.0 of 64.0)")
                .everythingPinnedTo(CPUS_0);
    }

    @Test
    void aGuestThatIsBoundFarFromItsGpuIsCalledMisaligned() {
        Guests bound = withPci(GPU).bound(plan(gpuOnNode1(), withPci(GPU), load(1, 61)));
        assertPlan(plan(gpuOnNode1(), bound.running(8, 0), load(1, 61)))
                .is(Outcome.MISALIGNED)
                .on(0)
                .mainlyBecause(Code.REMOTE);
    }

    @Test
    void aFullNodeMakesARequiredGuestRefused() {
        Guests guest = withPci(GPU);
        Plan plan = plan(gpuOnNode1(), guest, load(1, 61), REQUIRED);
        assertPlan(plan)
                .is(Outcome.REFUSED)
                .mainlyBecause(Code.NO_CAPACITY)
                .because(Code.CPUS_FULL)
                .changesNothing(guest.build());
        assertThat(plan.candidates()).hasSize(1);
    }

    @Test
    void vcpusFitUpToTheAllocationRatioToTheLast() {
        assertPlan(plan(gpuOnNode1(), withPci(GPU), load(1, 60))).on(1);
        assertPlan(plan(gpuOnNode1(), withPci(GPU), load(1, 60.5))).on(0);
    }

    @Test
    void moreVcpusThanCpusAreNotSqueezedIntoANodeWhateverTheRatio() {
        assertPlan(plan(gpuOnNode1(), withPci(GPU).size(16, 8))).on(1);
        assertPlan(plan(gpuOnNode1(), withPci(GPU).size(17, 8)))
                .on(0, 1)
                .because(Code.SEVERAL_NODES)
                .everythingPinnedTo(IdSet.parse("0-31"))
                .memory(null, MemoryWhen.UNCHANGED);
    }

    @Test
    void aRequiredGuestIsNeverSpreadBeyondTheNodeOfItsGpu() {
        assertPlan(plan(gpuOnNode1(), withPci(GPU).size(20, 8), REQUIRED))
                .is(Outcome.REFUSED)
                .mainlyBecause(Code.NO_CAPACITY)
                .because(Code.CPUS_FULL);
        assertPlan(plan(gpuOnNode1(), withPci(GPU).size(12, 8), load(1, 61), REQUIRED))
                .is(Outcome.REFUSED);
    }

    @Test
    void theSmallestNearSetHoldsABigGuestSameSocketFirst() {
        Hosts snc = host().node(0, "0-7", 32)
                .node(1, "8-15", 32)
                .node(2, "16-23", 32)
                .node(3, "24-31", 32)
                .socket(0, 0, 1)
                .socket(1, 2, 3)
                .distance(0, 1, 12)
                .distance(2, 3, 12)
                .vfioGpu(GPU, 2);
        assertPlan(plan(snc, withPci(GPU).size(12, 8))).on(2, 3);
        assertPlan(plan(snc, withPci(GPU).size(20, 8))).on(0, 2, 3);
    }

    @Test
    void withoutDistancesTheSocketTellsWhatIsNear() {
        Hosts snc = host().node(0, "0-7", 32)
                .node(1, "8-15", 32)
                .node(2, "16-23", 32)
                .socket(0, 0)
                .socket(1, 1, 2)
                .vfioGpu(GPU, 2);
        assertPlan(plan(snc, withPci(GPU).size(12, 8))).on(1, 2);
        assertPlan(plan(snc, withPci(GPU), load(2, 32))).on(1);
    }

    @Test
    void memoryOfTheNodeLessReserveAndClaimsHasToHoldTheGuest() {
        assertPlan(plan(gpuOnNode1().free(1, 9), withPci(GPU).size(4, 8))).on(1);
        assertPlan(plan(gpuOnNode1().free(1, 8), withPci(GPU).size(4, 8)))
                .on(0)
                .saying("node 1: needs 8.0 GiB, 7.0 GiB free");
        assertPlan(plan(gpuOnNode1().free(1, 9), withPci(GPU).size(4, 8), claimed(1, 1)))
                .on(0);
    }

    @Test
    void whatTheGuestHoldsThereAlreadyCountsAsFreeForIt() {
        assertPlan(plan(gpuOnNode1().free(1, 1), withPci(GPU).size(4, 8).running(0, 8)))
                .is(Outcome.BOUND)
                .on(1);
        assertPlan(plan(gpuOnNode1().free(1, 1), withPci(GPU).size(4, 8).running(4, 4)))
                .on(0);
    }

    @Test
    void hugePagesOfItsSizeAreTheCapacity() {
        Hosts host = gpuOnNode1()
                .hugePages(0, 2048, 8192, 8192)
                .hugePages(1, 2048, 8192, 4095)
                .hugePages(1, 1048576, 16, 16);
        assertPlan(plan(host, withPci(GPU).size(4, 8).hugePages(2048)))
                .on(0)
                .saying("node 1: needs 4096 huge pages of 2 MiB, 4095 free");
        assertPlan(plan(host.free(1, 0), withPci(GPU).size(4, 8).hugePages(1048576)))
                .on(1);
        assertPlan(plan(gpuOnNode1(), withPci(GPU).hugePages(2048)))
                .is(Outcome.MISALIGNED)
                .mainlyBecause(Code.NO_CAPACITY)
                .because(Code.HUGE_PAGES_SHORT);
    }

    @Test
    void aGuestThatFitsNowhereIsLeftAloneWithTheReasonOfEachCandidate() {
        Guests guest = withPci(GPU).size(4, 200);
        Plan plan = plan(gpuOnNode1(), guest);
        assertPlan(plan)
                .is(Outcome.MISALIGNED)
                .mainlyBecause(Code.NO_CAPACITY)
                .saying("node 0: needs 200.0 GiB, 63.0 GiB free")
                .saying("node 1: needs 200.0 GiB, 63.0 GiB free")
                .on()
                .changesNothing(guest.build());
        assertThat(plan.candidates()).extracting(Plan.Candidate::nodes).containsExactly(IdSet.of(1), IdSet.of(0));
    }

    @Test
    void onlyAllowedCpusCount() {
        assertPlan(plan(gpuOnNode1(), withPci(GPU), limitedTo("0-15,28-31")))
                .on(1)
                .everythingPinnedTo(IdSet.parse("28-31"));
        assertPlan(plan(gpuOnNode1(), withPci(GPU).cpuset("0-3,30,31").size(2, 8), limitedTo("0-30")))
                .on(0)
                .saying("node 1: 2 vCPUs do not fit 1 CPU ")
                .everythingPinnedTo(IdSet.parse("0-3"));
    }

    @Test
    void aNodeWithoutAllowedCpusIsNeverATarget() {
        Guests guest = withPci(GPU);
        assertPlan(plan(gpuOnNode1(), guest, limitedTo("0-15")))
                .on(0)
                .mainlyBecause(Code.REMOTE)
                .saying("node 1: none of its CPUs is online and allowed");
        Plan refused =
                new Planner().plan(gpuOnNode1().build(), guest.build(), Occupancy.NONE, REQUIRED, limitedTo("0-15"));
        assertPlan(refused).is(Outcome.REFUSED).because(Code.NO_ALLOWED_CPUS);
        assertThat(refused.candidates()).allSatisfy(c -> assertThat(c.freeKiB())
                .as("free of node %s, whoever may use it", c.nodes())
                .isPositive());
        assertPlan(plan(gpuOnNode1(), guest, limitedTo("40-47")))
                .is(Outcome.MISALIGNED)
                .mainlyBecause(Code.NO_CAPACITY);
    }

    /** "Needs 8.0 GiB, 8.0 GiB free" helps nobody. */
    @Test
    void whatIsShortByLittleIsToldInMiB() {
        assertPlan(plan(
                        gpuOnNode1().freeKiB(1, 9 * 1048576 - 1024),
                        withPci(GPU).size(4, 8)))
                .saying("node 1: needs 8192 MiB, 8191 MiB free");
    }

    @Test
    void thatItsCpusAreIsolatedIsSaid() {
        assertPlan(plan(gpuOnNode1().isolated("16-31"), withPci(GPU).size(2, 8)))
                .on(0)
                .saying("node 1: its CPUs are isolated (isolcpus), and nova.conf names none of them for guests");
    }

    @Test
    void whatIsPinnedElsewhereIsNotCalledBesideTheGpu() {
        assertPlan(plan(gpuOnNode1(), withPci(GPU).placedByNova(1, "16-19").emulator("2")))
                .is(Outcome.ALIGNED)
                .saying("all of it is on node 1 already, but emulator threads or iothreads: their CPUs are 2");
    }

    @Test
    void isolatedCpusAreTakenOnlyIfTheOperatorNamesThem() {
        Hosts host = gpuOnNode1().isolated("18-31");
        assertPlan(plan(host, withPci(GPU).size(2, 8))).on(1).everythingPinnedTo(IdSet.parse("16-17"));
        assertPlan(plan(host, withPci(GPU).size(2, 8), limitedTo("0-31"))).everythingPinnedTo(CPUS_1);
    }

    @Test
    void aGpuOnANodeWithoutCpusTakesTheGuestToTheNearestThatHasSome() {
        Hosts graceHopper = host().node(0, "0-15", 64)
                .node(1, "16-31", 64)
                .node(4, "", 96)
                .node(12, "", 96)
                .distance(0, 1, 40)
                .distance(0, 4, 80)
                .distance(1, 4, 120)
                .distance(0, 12, 120)
                .distance(1, 12, 80)
                .vfioGpu("0009:01:00.0", 4)
                .vfioGpu("0019:01:00.0", 12);
        assertPlan(plan(graceHopper, withPci("0019:01:00.0")))
                .on(1)
                .mainlyBecause(Code.NODE_OF_GPU)
                .because(Code.NODE_WITHOUT_CPUS)
                .memory(preferred(1), MemoryWhen.NEXT_START);
        assertPlan(plan(graceHopper, withPci("0009:01:00.0"), REQUIRED)).on(0);
    }

    @Test
    void aNodeWithoutMemoryIsInNoNodeset() {
        Hosts host = host().node(0, "0-15", 64).node(1, "16-31", 0).vfioGpu(GPU, 1);
        assertPlan(plan(host, withPci(GPU).size(12, 8), REQUIRED))
                .on(1)
                .because(Code.NODE_WITHOUT_MEMORY)
                .memory(restrictive("0"), MemoryWhen.NEXT_START);
        assertPlan(plan(host, withPci(GPU).size(12, 65), REQUIRED))
                .is(Outcome.REFUSED)
                .because(Code.MEMORY_FULL);
        assertPlan(plan(host, withPci(GPU).size(20, 8))).on(0, 1).memory(preferred(0), MemoryWhen.NEXT_START);
    }

    @Test
    void aNodeWithoutMemoryGetsNoneOfANodeWithoutCpusThoughThatIsNearer() {
        Hosts host = host().node(0, "0-15", 64)
                .node(1, "16-31", 0)
                .node(2, "", 96)
                .distance(1, 2, 11)
                .vfioGpu(GPU, 1);
        assertPlan(plan(host, withPci(GPU))).on(1).memory(preferred(0), MemoryWhen.NEXT_START);
    }

    /** A node whose CPUs get their memory from either of two, with a GPU. */
    private static Hosts betweenTwoMemories() {
        return host().node(0, "0-7", 64).node(1, "8-15", 64).node(2, "16-31", 0).vfioGpu(GPU, 2);
    }

    @Test
    void ofMemoriesAsNearTheOneWithRoomForEachSizeOfPageIsTakenElseTheOneWithMost() {
        assertPlan(plan(betweenTwoMemories(), withPci(GPU))).on(2).memory(preferred(0), MemoryWhen.NEXT_START);
        assertPlan(plan(betweenTwoMemories().free(0, 20), withPci(GPU)))
                .on(2)
                .memory(preferred(1), MemoryWhen.NEXT_START);
        Guests partlyHuge = withPci(GPU).size(4, 8).cells(new GuestCell(0, IdSet.range(0, 3), 4 * Hosts.GIB, 1 << 20));
        assertPlan(plan(betweenTwoMemories().free(1, 20).hugePages(1, 1 << 20, 8, 8), partlyHuge))
                .on(2)
                .memory(preferred(1), MemoryWhen.NEXT_START);
    }

    @Test
    void ofMemoriesAsNearTheOneToWhichTheGuestIsBoundIsKept() {
        Plan first = plan(betweenTwoMemories().free(0, 20), withPci(GPU));
        assertPlan(plan(betweenTwoMemories().free(1, 20), withPci(GPU).bound(first)))
                .is(Outcome.ALIGNED)
                .memory(preferred(1), MemoryWhen.NEXT_START);
    }

    @Test
    void theHugePagesThatARunningGuestHasAreRoomForIt() {
        Guests guest = withPci(GPU)
                .size(4, 8)
                .cells(new GuestCell(0, IdSet.range(0, 3), 8 * Hosts.GIB, 1 << 20))
                .running(0, 8);
        assertPlan(plan(gpuOnNode1().hugePages(1, 1 << 20, 8, 0), guest, REQUIRED))
                .on(1);
    }

    @Test
    void aGuestInPagesOfTwoSizesGoesToTheNearestNodeWithBothAsAnyOther() {
        Hosts host = host().node(0, "0-15", 64)
                .node(1, "16-31", 64)
                .node(2, "32-47", 64)
                .distance(0, 2, 31)
                .hugePages(0, 1 << 20, 8, 8)
                .hugePages(1, 1 << 20, 8, 8)
                .hugePages(2, 1 << 20, 8, 8)
                .vfioGpu(GPU, 0);
        Guests partlyHuge = withPci(GPU).size(4, 8).cells(new GuestCell(0, IdSet.range(0, 3), 4 * Hosts.GIB, 1 << 20));
        Occupancy full = new Occupancy(Map.of(), Map.of(0, 64.0, 1, 62.0), Map.of(), Map.of());
        assertPlan(plan(host, partlyHuge, full)).on(2);
    }

    /** A CXL card or a GPU's memory between two sockets is as near to both. */
    private static Hosts memoryNodeBetween() {
        return twoNodes().node(2, "", 96).distance(0, 2, 20).distance(1, 2, 20).vfioGpu("0000:41:00.0", 2);
    }

    @Test
    void ofNodesAsNearToAGpusOwnTheFullerOneIsNotTaken() {
        Plan plan = plan(memoryNodeBetween(), withPci("0000:41:00.0"), load(0, 20));
        assertPlan(plan)
                .is(Outcome.DEFERRED)
                .on(1)
                .because(Code.NODE_WITHOUT_CPUS)
                .saying("nodes 0-1 are the nearest");
        assertPlan(plan(memoryNodeBetween().free(0, 4), withPci("0000:41:00.0"), REQUIRED))
                .is(Outcome.DEFERRED)
                .on(1);
    }

    @Test
    void anotherGpuDecidesBetweenNodesAsNear() {
        Hosts host = memoryNodeBetween().vfioGpu("0000:42:00.0", 1);
        assertPlan(plan(host, withPci("0000:41:00.0").pci("0000:42:00.0"))).on(1);
        assertPlan(plan(host.vfioGpu("0000:43:00.0", 2), withPci("0000:41:00.0").pci("0000:43:00.0")))
                .is(Outcome.DEFERRED)
                .on(0);
    }

    @Test
    void whatNovaHasPlacedOnEitherOfNodesAsNearIsAligned() {
        for (int node : new int[] {0, 1}) {
            assertPlan(plan(
                            memoryNodeBetween(),
                            withPci("0000:41:00.0").placedByNova(node, node == 0 ? "0-3" : "16-19")))
                    .is(Outcome.ALIGNED)
                    .on(node);
        }
    }

    @Test
    void aGuestThatIsBoundToOneOfNodesAsNearStaysThere() {
        Plan first = plan(memoryNodeBetween(), withPci("0000:41:00.0"), load(0, 20));
        assertPlan(plan(memoryNodeBetween(), withPci("0000:41:00.0").bound(first), load(1, 20)))
                .on(1);
    }

    @Test
    void memoryComesFromTheOneOfNodesAsNearThatHasRoom() {
        Hosts host = host().node(0, "0-7", 64)
                .node(1, "8-15", 0)
                .node(2, "16-23", 64)
                .free(0, 6)
                .vfioGpu("0000:41:00.0", 1);
        Plan plan = plan(host, withPci("0000:41:00.0"));
        assertPlan(plan).is(Outcome.DEFERRED).on(1).because(Code.NODE_WITHOUT_MEMORY);
        assertThat(plan.target().memory()).isEqualTo(preferred(2));
        // bound there, it stays there though the other has more by now
        Plan again = plan(host.free(0, 60), withPci("0000:41:00.0").bound(plan));
        assertThat(again.target().memory()).isEqualTo(preferred(2));
    }

    @Test
    void aNodeWhoseCpusAreOffStillGivesMemoryToItsNeighbours() {
        Hosts host = host().node(0, "0-7", 64)
                .node(1, "8-15", 0)
                .node(2, "16-23", 64)
                .distance(1, 2, 12)
                .off(2)
                .vfioGpu("0000:41:00.0", 1);
        assertThat(plan(host, withPci("0000:41:00.0")).target().memory()).isEqualTo(preferred(2));
    }

    @Test
    void whenEveryNodeIsTooFullForItTwoTogetherMayHoldAGuest() {
        Occupancy full = new Occupancy(Map.of(), Map.of(0, 55.0, 1, 55.0), Map.of(), Map.of());
        assertPlan(plan(gpuOnNode1(), withPci(GPU).size(12, 8), full)).on(0, 1).because(Code.SEVERAL_NODES);
        assertPlan(plan(twoRenderNodes(), withDisplay().size(12, 8), full))
                .on(0, 1)
                .renderNode(D128);
    }

    @Test
    void aBusierGpuWithRoomBesideItGoesBeforeAnIdleOneWithoutAny() {
        Hosts host = host().node(0, "0-7", 32)
                .node(1, "8-15", 32)
                .node(2, "16-23", 32)
                .socket(0, 0, 1)
                .socket(1, 2)
                .distance(0, 1, 12)
                .gpu("0000:21:00.0", 0, D128)
                .gpu("0000:41:00.0", 2, D129);
        Occupancy busy =
                new Occupancy(Map.of(PciAddress.parse("0000:41:00.0"), 3), Map.of(0, 32.0), Map.of(), Map.of());
        assertPlan(plan(host, withDisplay(), busy)).on(2).renderNode(D129);
    }

    @Test
    void vcpusWithoutPinsCountWhereTheKernelLetsThemRun() {
        Allocation loose = new Allocation(Set.of(), Map.of(IdSet.empty(), 8), List.of());
        assertThat(Occupancy.of(twoNodes().isolated("16-31").build(), List.of(loose))
                        .vcpuLoad())
                .isEqualTo(Map.of(0, 8.0));
    }

    @Test
    void vcpusThatFloatCountByTheCpusOfEachNode() {
        Allocation floating = new Allocation(Set.of(), Map.of(IdSet.parse("0-1,16-31"), 36), List.of());
        assertThat(Occupancy.of(twoNodes().build(), List.of(floating)).vcpuLoad())
                .isEqualTo(Map.of(0, 4.0, 1, 32.0));
    }

    @Test
    void vcpusAllOfWhoseCpusAreOffCountOnTheNodesOfThose() {
        Allocation off = new Allocation(Set.of(), Map.of(IdSet.parse("16-31"), 4), List.of());
        assertThat(Occupancy.of(twoNodes().off(1).build(), List.of(off)).vcpuLoad())
                .isEqualTo(Map.of(1, 4.0));
    }

    private static Occupancy each(Hosts host, Limits limits, int... cpus) {
        return Occupancy.of(
                host.build(),
                Arrays.stream(cpus)
                        .mapToObj(cpu -> new Allocation(Set.of(), Map.of(IdSet.of(cpu), 1), List.of()))
                        .toList(),
                limits);
    }

    @Test
    void aNodeWhoseCpusAreDedicatedOneByOneHasNoRoomForAGuestThatFloats() {
        Occupancy dedicated =
                each(gpuOnNode1(), LIMITS, IdSet.range(16, 31).stream().toArray());
        assertPlan(plan(gpuOnNode1(), withPci(GPU), dedicated)).on(0).because(Code.REMOTE);
        Occupancy half = each(gpuOnNode1(), LIMITS, IdSet.range(16, 23).stream().toArray());
        assertPlan(plan(gpuOnNode1(), withPci(GPU), half)).on(1);
    }

    @Test
    void vcpusOnIsolatedCpusTakeNoneOfTheOthers() {
        Hosts isolated = gpuOnNode1().isolated("24-31");
        assertPlan(plan(
                        isolated,
                        withPci(GPU),
                        each(isolated, LIMITS, IdSet.range(24, 31).stream().toArray())))
                .on(1);
    }

    @Test
    void oneCpuIsTakenOnceHoweverManyArePinnedToIt() {
        int[] sixteen = new int[16];
        Arrays.fill(sixteen, 16);
        assertThat(each(gpuOnNode1(), LIMITS, sixteen).vcpuLoad()).isEqualTo(Map.of(1, 16.0));
        assertThat(each(gpuOnNode1(), LIMITS, 16, 16).vcpuLoad()).isEqualTo(Map.of(1, LIMITS.cpuAllocationRatio()));
    }

    @Test
    void anExactFitIsNotLostToRounding() {
        Allocation one = new Allocation(Set.of(), Map.of(IdSet.parse("2-31"), 1), List.of());
        Limits limits = new Limits(IdSet.parse("2-31"), 2, 0, Long.MAX_VALUE);
        Occupancy others = Occupancy.of(gpuOnNode1().build(), Collections.nCopies(45, one), limits);
        assertPlan(plan(gpuOnNode1().build(), withPci(GPU).size(8, 8).build(), others, Planning.PREFERRED, limits))
                .on(1);
    }

    @Test
    void theOneCpuThatANodeHasForGuestsIsNobodysAlone() {
        int[] three = {16, 16, 16};
        Hosts small = host().node(0, "0", 64).node(1, "16", 64);
        assertThat(each(small, LIMITS, three).vcpuLoad()).isEqualTo(Map.of(1, 3.0));
        assertThat(each(twoNodes(), limitedTo("0-16"), three).vcpuLoad()).isEqualTo(Map.of(1, 3.0));
        assertThat(each(twoNodes().isolated("17-31"), LIMITS, three).vcpuLoad()).isEqualTo(Map.of(1, 3.0));
    }

    @Test
    void noCellIsCrowdedOntoTheCpusThatAreLeftOfItsNode() {
        Guests guest = withPci(GPU)
                .size(16, 8)
                .cells(
                        new GuestCell(0, IdSet.range(0, 7), 4 * Hosts.GIB, 0),
                        new GuestCell(1, IdSet.range(8, 15), 4 * Hosts.GIB, 0));
        Plan first = plan(gpuOnNode1(), guest);
        Plan again = plan(gpuOnNode1(), guest.bound(first).running(4, 4), limitedTo("0-17"));
        Map<IdSet, Long> vcpus = again.target().pins().vcpus().values().stream()
                .collect(Collectors.groupingBy(cpus -> cpus, Collectors.counting()));
        assertThat(vcpus).isNotEmpty().allSatisfy((cpus, count) -> assertThat(count)
                .isLessThanOrEqualTo(cpus.size()));
    }
}
