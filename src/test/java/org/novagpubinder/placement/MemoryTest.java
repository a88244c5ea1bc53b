package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.PlanAssert.assertPlan;
import static org.novagpubinder.placement.Planning.*;
import static org.novagpubinder.testing.Guests.withDisplay;
import static org.novagpubinder.testing.Guests.withMdev;
import static org.novagpubinder.testing.Guests.withPci;
import static org.novagpubinder.testing.Guests.withRenderNode;
import static org.novagpubinder.testing.Hosts.twoNodes;
import static org.novagpubinder.testing.Hosts.twoRenderNodes;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryFacts;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** When memory gets to its nodes, and in which mode. */
class MemoryTest {
    private static final String GPU = "0000:41:00.0";
    private static final UUID VGPU = UUID.fromString("2b9f0a55-51c1-4c0e-8f45-6f6f4c2a7a01");

    private static Hosts host() {
        return twoNodes().vfioGpu(GPU, 1).mdev(VGPU, GPU);
    }

    private static Guests vgpu() {
        return withMdev(VGPU, GPU).size(4, 32);
    }

    @Test
    void littleMemoryMovesWhileTheGuestRuns() {
        assertPlan(plan(host(), vgpu().running(1, 7)))
                .is(Outcome.BOUND)
                .memory(preferred(1), MemoryWhen.LIVE)
                .because(Code.LIVE)
                .needsStart(false);
    }

    @Test
    void tooMuchMemoryIsDeferredToTheNextStart() {
        assertPlan(plan(host(), vgpu().running(2, 7)))
                .is(Outcome.DEFERRED)
                .memory(preferred(1), MemoryWhen.NEXT_START)
                .because(Code.MEMORY_TOO_MUCH_TO_MOVE)
                .saying("2.0 GiB would have to be moved, at most 1.0 GiB")
                .needsStart(false);
    }

    @Test
    void whatWasDeferredStaysDeferredUntilTheGuestIsStarted() {
        Plan first = plan(host(), vgpu().running(2, 7));
        assertPlan(plan(host(), vgpu().running(2, 7).bound(first)))
                .is(Outcome.DEFERRED)
                .because(Code.MEMORY_TOO_MUCH_TO_MOVE);
    }

    @Test
    void memoryThatIsThereAlreadyIsNotMoved() {
        assertPlan(plan(host(), vgpu().running(1, 19)))
                .is(Outcome.BOUND)
                .memory(preferred(1), MemoryWhen.UNCHANGED)
                .because(Code.MEMORY_ALREADY_LOCAL)
                .saying("95.0 % of its resident memory is on node 1");
        assertPlan(plan(host(), vgpu().running(1, 18))).memory(preferred(1), MemoryWhen.LIVE);
    }

    @Test
    void vfioMemoryNeedsAStart() {
        assertPlan(plan(host(), withPci(GPU).running(8, 0)))
                .is(Outcome.BOUND)
                .memory(preferred(1), MemoryWhen.RESTART)
                .because(Code.MEMORY_FIXED_BY_VFIO)
                .needsStart(true);
    }

    @Test
    void vfioMemoryThatHappensToBeThereNeedsNone() {
        assertPlan(plan(host(), withPci(GPU).running(0, 8)))
                .is(Outcome.BOUND)
                .memory(preferred(1), MemoryWhen.UNCHANGED)
                .needsStart(false);
        assertPlan(plan(host(), withPci(GPU).running(0, 8), REQUIRED))
                .is(Outcome.BOUND)
                .memory(restrictive("1"), MemoryWhen.UNCHANGED)
                .needsStart(false);
    }

    @Test
    void aNicByVfioFixesTheMemoryOfAVgpuGuestToo() {
        assertPlan(plan(host(), vgpu().otherDevice("0000:18:00.0").running(1, 0)))
                .memory(preferred(1), MemoryWhen.RESTART)
                .needsStart(true);
    }

    @Test
    void aGuestThatMayNotBeRestartedIsDeferred() {
        Plan plan = new Planner()
                .planWithoutRestart(
                        host().build(), withPci(GPU).running(8, 0).build(), Occupancy.NONE, PREFERRED, LIMITS);
        assertPlan(plan)
                .is(Outcome.DEFERRED)
                .memory(preferred(1), MemoryWhen.NEXT_START)
                .because(Code.MEMORY_FIXED_BY_VFIO)
                .needsStart(true)
                .everythingPinnedTo(CPUS_1);
    }

    @Test
    void hugePagesNeedAStart() {
        Hosts host = host().hugePages(0, 2048, 16384, 0).hugePages(1, 2048, 16384, 16384);
        assertPlan(plan(host, vgpu().hugePages(2048).running(32, 0)))
                .is(Outcome.BOUND)
                .memory(preferred(1), MemoryWhen.RESTART)
                .because(Code.MEMORY_IN_HUGE_PAGES)
                .needsStart(true);
        GuestCell hugeCell = new GuestCell(0, IdSet.range(0, 3), 32 * Hosts.GIB, 2048);
        assertPlan(plan(host, vgpu().cells(hugeCell).running(32, 0)))
                .because(Code.MEMORY_IN_HUGE_PAGES)
                .needsStart(true);
    }

    @Test
    void memoryThatNobodyCouldReadIsNoReasonForARestart() {
        assertPlan(plan(host(), withPci(GPU).running()))
                .is(Outcome.DEFERRED)
                .memory(preferred(1), MemoryWhen.NEXT_START)
                .saying("could not be read")
                .needsStart(false);
        assertPlan(plan(host(), vgpu().running()))
                .is(Outcome.DEFERRED)
                .memory(preferred(1), MemoryWhen.NEXT_START)
                .because(Code.MEMORY_TOO_MUCH_TO_MOVE);
        Plan bound = plan(host(), withPci(GPU));
        assertPlan(plan(host(), withPci(GPU).bound(bound).running())).is(Outcome.ALIGNED);
    }

    @Test
    void oneRestartDoesBothRenderNodeAndMemory() {
        Guests guest = withRenderNode(D128).size(4, 32).running(16, 0).open(D128);
        assertPlan(plan(twoRenderNodes(), guest, users("0000:21:00.0", 2)))
                .is(Outcome.BOUND)
                .on(1)
                .renderNode(D129)
                .memory(preferred(1), MemoryWhen.RESTART)
                .needsStart(true);
    }

    @Test
    void requiredEnforcesTheNodesetOnTheRunningGuest() {
        Hosts host = twoRenderNodes();
        assertPlan(plan(host, withRenderNode(D129).open(D129).running(1, 7), REQUIRED))
                .is(Outcome.BOUND)
                .memory(restrictive("1"), MemoryWhen.LIVE);
        assertPlan(plan(host, withRenderNode(D129).open(D129).running(0, 8), REQUIRED))
                .is(Outcome.BOUND)
                .memory(restrictive("1"), MemoryWhen.LIVE);
        Plan bound = plan(host, withRenderNode(D129), REQUIRED);
        assertPlan(plan(host, withRenderNode(D129).bound(bound).open(D129).running(0, 8), REQUIRED))
                .is(Outcome.ALIGNED);
    }

    @Test
    void memoryOnWhichLibvirtWouldNotInsistMovesOnlyIfItIsElsewhere() {
        MemoryFacts some = new MemoryFacts(null, null, Hosts.GIB);
        assertPlan(plan(
                        twoRenderNodes(),
                        withRenderNode(D129).open(D129).known(some).running(0, 8),
                        REQUIRED))
                .is(Outcome.BOUND)
                .memory(restrictive("1"), MemoryWhen.UNCHANGED);
        assertPlan(plan(host(), vgpu().running(0, 8), REQUIRED))
                .is(Outcome.BOUND)
                .memory(restrictive("1"), MemoryWhen.UNCHANGED);
        assertPlan(plan(host(), vgpu().running(1, 7), REQUIRED)).memory(restrictive("1"), MemoryWhen.LIVE);
    }

    @Test
    void aWiderNodesetInForceHindersNoMove() {
        UUID second = new UUID(0, 2);
        Hosts both = host().vfioGpu("0000:21:00.0", 0).mdev(second, "0000:21:00.0");
        GpuUse other = new GpuUse(GpuUse.Kind.MDEV, PciAddress.parse("0000:21:00.0"), second.toString());
        Plan wide = plan(both, vgpu().gpu(other), REQUIRED);
        assertThat(wide.ours().memory()).isEqualTo(restrictive("0-1"));
        assertPlan(plan(both, vgpu().bound(wide).running(0, 8), REQUIRED))
                .memory(restrictive("1"), MemoryWhen.UNCHANGED);
        assertPlan(plan(both, vgpu().bound(wide).running(1, 7), REQUIRED)).memory(restrictive("1"), MemoryWhen.LIVE);
        assertPlan(plan(both, vgpu().bound(wide).running(0, 8))).memory(preferred(1), MemoryWhen.UNCHANGED);
        assertPlan(plan(both, vgpu().bound(wide).running(1, 7))).memory(preferred(1), MemoryWhen.LIVE);
    }

    @Test
    void aNodesetThatLibvirtDoesNotChangeLiveWaitsForTheNextStart() {
        Plan onNode0 = plan(twoNodes().vfioGpu(GPU, 0).mdev(VGPU, GPU), vgpu(), REQUIRED);
        assertPlan(plan(host(), vgpu().bound(onNode0).running(0, 8), REQUIRED))
                .is(Outcome.DEFERRED)
                .memory(restrictive("1"), MemoryWhen.NEXT_START)
                .because(Code.MEMORY_MODE_FIXED)
                .saying("stays enforced on node 0");
    }

    @Test
    void aModeThatLibvirtDoesNotChangeLiveWaitsForTheNextStart() {
        Plan soft = plan(host(), vgpu());
        assertPlan(plan(host(), vgpu().bound(soft).running(0, 8), REQUIRED))
                .is(Outcome.DEFERRED)
                .memory(restrictive("1"), MemoryWhen.NEXT_START)
                .because(Code.MEMORY_MODE_FIXED)
                .saying("memory mode preferred");
    }

    @Test
    void aSoftlyBoundRunningGuestHasTheElementInItsDefinitionOnly() {
        Plan plan = plan(host(), vgpu().running(1, 7));
        Tuning live = new Tuning(
                plan.target().pins().vcpus(),
                plan.target().pins().emulator(),
                plan.target().pins().iothreads(),
                null,
                java.util.Map.of(),
                null);
        Guest g = vgpu().bound(plan).running(0, 8).build();
        Guest running = new Guest(
                g.uuid(),
                g.vcpus(),
                g.plugged(),
                g.memoryKiB(),
                0,
                g.cells(),
                g.fixedMemory(),
                g.iothreads(),
                g.gpus(),
                g.otherDevices(),
                false,
                false,
                false,
                null,
                live,
                g.ours(),
                g.running());
        Plan again = new Planner().plan(host().build(), running, Occupancy.NONE, PREFERRED, LIMITS);
        assertPlan(again).is(Outcome.ALIGNED);
        assertThat(running.placed()).isFalse();
    }

    /** Each of Hosts' nodes has so much that one of the two fits, and both do not. */
    @Test
    void aMemoryDeviceOfItsOwnTakesRoomOnTheNodeThatItNamesAndOnNoOther() {
        assertPlan(plan(host(), withPci(GPU).size(4, 20).fixed(0, 50))).on(1);
        assertPlan(plan(host(), withPci(GPU).size(4, 20).fixed(1, 50))).on(0);
        // what a running guest has there is not free any more
        assertPlan(plan(host(), withPci(GPU).size(4, 20).fixed(1, 50).running(1, 20)))
                .on(1);
    }

    @Test
    void aGuestWithCellsOfItsOwnGetsTheMemoryElementOnly() {
        Plan plan = plan(host(), withPci(GPU).cells(new GuestCell(0, IdSet.of(0, 1, 2, 3), 8 * Hosts.GIB, 0)));
        assertPlan(plan).on(1).memory(preferred(1), MemoryWhen.NEXT_START);
        assertThat(plan.target().memnodes()).isEmpty();
    }

    @Test
    void aGuestThatStaysOnAFilledNodeIsNotForcedIntoIt() {
        Plan soft = plan(twoRenderNodes(), withDisplay().size(4, 32));
        Plan plan = plan(
                twoRenderNodes().free(0, 2),
                withDisplay().size(4, 32).bound(soft).running(4, 0).open(D128),
                Occupancy.NONE,
                REQUIRED);
        assertPlan(plan)
                .is(Outcome.ALIGNED)
                .on(0)
                .memory(preferred(0), MemoryWhen.UNCHANGED)
                .because(Code.MEMORY_FULL);
    }

    @Test
    void ofAFilledNodeOnlyMemoryThatLiesElsewhereIsTold() {
        Plan soft = plan(twoRenderNodes(), withDisplay().size(4, 32));
        Guests there = withDisplay().size(4, 32).bound(soft).open(D128);
        Hosts filled = twoRenderNodes().free(0, 2);
        assertThat(plan(filled, there).memoryWhen()).isEqualTo(MemoryWhen.UNCHANGED);
        assertPlan(plan(filled, there.running(18, 2))).saying("no room there for the rest");
        assertThat(plan(filled, there.running(19, 1)).reasons())
                .noneMatch(r -> r.text().contains("the rest"));
    }

    private static final MemoryFacts UNSEEN = new MemoryFacts("it is in a guest_memfd", null, 0);

    @Test
    void memoryThatNobodyCanSeeIsNeitherMovedNorAReasonForARestart() {
        assertPlan(plan(host(), withPci(GPU).running(8, 0).known(UNSEEN)))
                .is(Outcome.DEFERRED)
                .memory(preferred(1), MemoryWhen.NEXT_START)
                .because(Code.MEMORY_UNKNOWN)
                .saying("cannot be told: it is in a guest_memfd")
                .needsStart(false);
        Plan bound = plan(host(), withPci(GPU));
        assertPlan(plan(host(), withPci(GPU).bound(bound).running(8, 0).known(UNSEEN)))
                .is(Outcome.DEFERRED)
                .memory(preferred(1), MemoryWhen.UNCHANGED)
                .because(Code.MEMORY_UNKNOWN);
        assertPlan(plan(host(), withPci(GPU).size(20, 8).running(8, 0).known(UNSEEN)))
                .is(Outcome.DEFERRED)
                .memory(null, MemoryWhen.UNCHANGED);
    }

    @Test
    void theSameHoldsForAGuestOnAFilledNodeAndForCells() {
        Plan soft = plan(twoRenderNodes(), withDisplay().size(4, 32));
        Guests filled = withDisplay().size(4, 32).bound(soft).running(4, 0).open(D128);
        assertPlan(plan(twoRenderNodes().free(0, 2), filled.known(UNSEEN)))
                .is(Outcome.DEFERRED)
                .on(0)
                .memory(preferred(0), MemoryWhen.UNCHANGED)
                .because(Code.MEMORY_UNKNOWN);
        Guests cells = withPci(GPU)
                .cells(
                        new GuestCell(0, IdSet.of(0, 1), 4 * Hosts.GIB, 0),
                        new GuestCell(1, IdSet.of(2, 3), 4 * Hosts.GIB, 0));
        assertPlan(plan(host(), cells.running(8, 0).known(UNSEEN)))
                .is(Outcome.DEFERRED)
                .because(Code.CELLS_APART, Code.MEMORY_UNKNOWN)
                .needsStart(false);
    }

    @Test
    void memoryThatIsHeldMovesAtAStartOnly() {
        MemoryFacts held = new MemoryFacts(null, "virtiofsd has it mapped", 0);
        assertPlan(plan(host(), vgpu().running(1, 7).known(held)))
                .is(Outcome.BOUND)
                .memory(preferred(1), MemoryWhen.RESTART)
                .because(Code.MEMORY_PINNED)
                .saying("virtiofsd has it mapped")
                .needsStart(true);
        MemoryFacts half = new MemoryFacts(null, null, 4 * Hosts.GIB);
        assertPlan(plan(host(), vgpu().running(4, 4).known(half))).because(Code.MEMORY_PINNED);
        assertPlan(plan(host(), vgpu().running(1, 8).known(half))).memory(preferred(1), MemoryWhen.LIVE);
    }
}
