package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.PlanAssert.assertPlan;
import static org.novagpubinder.placement.Planning.*;
import static org.novagpubinder.testing.Guests.guest;
import static org.novagpubinder.testing.Guests.withDisplay;
import static org.novagpubinder.testing.Guests.withPci;
import static org.novagpubinder.testing.Guests.withRenderNode;
import static org.novagpubinder.testing.Hosts.twoNodes;
import static org.novagpubinder.testing.Hosts.twoRenderNodes;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** Guests that are ours to place. */
class UnplacedGuestTest {
    private static final UUID VGPU = UUID.fromString("c0b26072-dd1b-4340-84fe-bf338c510818");
    private static final String D130 = "/dev/dri/renderD130";

    @Test
    void aGuestWithAPciGpuGoesToItsNode() {
        Plan plan = plan(
                twoNodes().vfioGpu("0000:41:00.0", 1),
                withPci("0000:41:00.0").size(8, 12).iothreads(1, 2));
        assertPlan(plan)
                .is(Outcome.DEFERRED)
                .on(1)
                .mainlyBecause(Code.NODE_OF_GPU)
                .because(Code.NOT_RUNNING)
                .saying("node 1 of its GPU: 8 vCPUs fit 16 CPUs (load 0.0 of 64.0), 12.0 GiB of 63.0 GiB free")
                .everythingPinnedTo(CPUS_1)
                .memory(preferred(1), MemoryWhen.NEXT_START)
                .renderNode(null)
                .needsStart(false);
        assertThat(plan.reasons()).extracting(Reason::code).containsExactly(Code.NODE_OF_GPU, Code.NOT_RUNNING);
        assertThat(plan.target().pins().vcpus()).containsOnlyKeys(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(plan.target().pins().iothreads()).containsOnlyKeys(1, 2);
        assertThat(plan.ours()).isEqualTo(plan.target());
        assertThat(plan.changes()).isTrue();
    }

    @Test
    void aVirtualFunctionGoesToItsOwnNode() {
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", 1).virtualFunction("0000:41:00.4", "0000:41:00.0", 1);
        Plan plan = plan(host, withPci("0000:41:00.4"), users("0000:41:00.0", 3));
        assertPlan(plan).on(1).everythingPinnedTo(CPUS_1);
        assertThat(plan.candidates())
                .first()
                .extracting(Plan.Candidate::gpuUsers)
                .isEqualTo(3);
    }

    @Test
    void aRunningGuestIsBoundAtOnceAndItsMemoryMoves() {
        Guests guest = withRenderNode(D129).size(4, 8).running(1, 0).open(D129);
        assertPlan(plan(twoRenderNodes(), guest, users("0000:21:00.0", 1)))
                .is(Outcome.BOUND)
                .on(1)
                .memory(preferred(1), MemoryWhen.LIVE)
                .renderNode(D129)
                .needsStart(false)
                .because(Code.LIVE)
                .saying("1.0 GiB are moved to node 1");
    }

    @Test
    void nodeAndRenderNodeAreChosenTogetherByFewestUsers() {
        assertPlan(plan(twoRenderNodes(), withDisplay(), users("0000:21:00.0", 2)))
                .on(1)
                .mainlyBecause(Code.CHOSEN)
                .everythingPinnedTo(CPUS_1)
                .renderNode(D129)
                .memory(preferred(1), MemoryWhen.NEXT_START);
    }

    @Test
    void ofGpusWithAsManyUsersTheLessLoadedNodeIsTaken() {
        Plan plan = plan(twoRenderNodes(), withDisplay(), load(0, 3.5));
        assertPlan(plan).on(1);
        assertThat(plan.candidates()).extracting(c -> c.verdict().code()).containsExactly(Code.CHOSEN, Code.MORE_LOAD);
        assertThat(plan.candidates().get(1).verdict().text())
                .isEqualTo("node 0 with " + D128 + ": more load: 0.22 vCPUs a CPU instead of 0.00");
    }

    @Test
    void ofEqualsTheLowestNumberIsTaken() {
        Plan plan = plan(twoRenderNodes().gpu("0000:22:00.0", 0, D130), withDisplay());
        assertPlan(plan).on(0).renderNode(D128);
        assertThat(plan.candidates())
                .extracting(Plan.Candidate::renderNode, c -> c.verdict().code())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(D128, Code.CHOSEN),
                        org.assertj.core.groups.Tuple.tuple(D130, Code.TIE),
                        org.assertj.core.groups.Tuple.tuple(D129, Code.TIE));
    }

    @Test
    void aFullNodeIsNoChoiceThoughItsGpuIsIdle() {
        Plan plan = plan(
                twoRenderNodes(),
                withDisplay(),
                new Occupancy(
                        users("0000:41:00.0", 7).gpuUsers(),
                        load(0, 62).vcpuLoad(),
                        java.util.Map.of(),
                        java.util.Map.of()));
        assertPlan(plan).on(1).renderNode(D129).mainlyBecause(Code.CHOSEN);
        assertThat(plan.candidates().get(1).fits()).isFalse();
        assertThat(plan.candidates().get(1).verdict().code()).isEqualTo(Code.CPUS_FULL);
    }

    @Test
    void amongEquallyUsedGpusTheOneThatIsOpenSparesARestart() {
        Guests guest = withDisplay().running(0, 1).open(D129);
        assertPlan(plan(twoRenderNodes(), guest))
                .is(Outcome.BOUND)
                .on(1)
                .renderNode(D129)
                .needsStart(false);
        assertPlan(plan(twoRenderNodes(), guest, users("0000:41:00.0", 3)))
                .on(0)
                .renderNode(D128)
                .needsStart(true)
                .memory(preferred(0), MemoryWhen.RESTART);
    }

    @Test
    void aGuestThatMayNotBeRestartedGoesToTheGpuThatItHasOpen() {
        Guests guest = withDisplay().running(1, 0).open(D129);
        Plan plan = new Planner()
                .planWithoutRestart(
                        twoRenderNodes().build(), guest.build(), users("0000:41:00.0", 3), PREFERRED, LIMITS);
        assertPlan(plan)
                .is(Outcome.BOUND)
                .on(1)
                .renderNode(D129)
                .needsStart(false)
                .memory(preferred(1), MemoryWhen.LIVE);
    }

    @Test
    void aBoundGuestThatMayNotBeRestartedIsWhereItsOpenRenderNodeIsElseItsDefinitions() {
        HostTopology host = twoRenderNodes().build();
        Guests bound =
                withDisplay().bound(plan(twoRenderNodes(), withDisplay())).running(8, 0);
        assertPlan(new Planner().planWithoutRestart(host, bound.build(), users("0000:21:00.0", 3), PREFERRED, LIMITS))
                .on(0)
                .renderNode(D128)
                .saying("stays");
        assertPlan(new Planner().planWithoutRestart(host, bound.open(D129).build(), Occupancy.NONE, PREFERRED, LIMITS))
                .on(1)
                .renderNode(D129)
                .needsStart(false);
    }

    @Test
    void anAskedForRenderNodeComesWithItsNode() {
        Plan plan = plan(twoRenderNodes(), guest().canShowRenderNode(), users("0000:21:00.0", 1), ADD_RENDER_NODE);
        assertPlan(plan).is(Outcome.DEFERRED).on(1).renderNode(D129).everythingPinnedTo(CPUS_1);
        assertThat(plan.addDisplay()).isTrue();
        assertThat(plan.reasons()).contains(Reason.NO_SUSPEND);
    }

    private static Plan displayed(Guests guest, Limits limits) {
        return plan(twoRenderNodes().build(), guest.build(), users("0000:21:00.0", 1), ADD_RENDER_NODE, limits);
    }

    /** libvirt takes it from its driver when Nova gives it to a guest: under the one that draws on it. */
    @Test
    void aGpuThatNovaPassesThroughGetsNoDisplay() {
        Limits limits = passing("0000:41:00.0", true);
        assertPlan(displayed(guest().canShowRenderNode(), limits)).on(0).renderNode(D128);
        assertPlan(displayed(withDisplay(), limits)).on(0).renderNode(D128);
        assertPlan(plan(
                        twoRenderNodes().vfioGpu("0000:42:00.0", 1).build(),
                        withPci("0000:42:00.0").canShowRenderNode().build(),
                        Occupancy.NONE,
                        ADD_RENDER_NODE,
                        limits))
                .on(1)
                .renderNode(D128)
                .because(Code.REMOTE);
        // it stays on its driver: whoever gives it away does so himself
        assertPlan(displayed(guest().canShowRenderNode(), passing("0000:41:00.0", false)))
                .on(1)
                .renderNode(D129);
    }

    @Test
    void aGuestKeepsTheRenderNodeThatItsDefinitionNamesThoughNovaPassesTheGpuThrough() {
        Limits limits = passing("0000:41:00.0", true);
        assertPlan(displayed(withRenderNode(D129), limits)).on(1).renderNode(D129);
        Guests bound = withDisplay().bound(plan(twoRenderNodes(), withDisplay(), users("0000:21:00.0", 1)));
        assertPlan(displayed(bound.running(0, 8).open(D129), limits))
                .is(Outcome.ALIGNED)
                .on(1)
                .renderNode(D129);
    }

    @Test
    void aGuestThatMayNotBeRestartedStaysBesideTheGpuThatItHasOpenThoughNovaPassesItThrough() {
        Guests guest = withDisplay().running(1, 0).open(D129);
        Plan plan = new Planner()
                .planWithoutRestart(
                        twoRenderNodes().build(),
                        guest.build(),
                        Occupancy.NONE,
                        PREFERRED,
                        passing("0000:41:00.0", true));
        assertPlan(plan)
                .is(Outcome.BOUND)
                .on(1)
                .renderNode(null)
                .needsStart(false)
                .memory(preferred(1), MemoryWhen.LIVE);
    }

    @Test
    void aGuestThatDrawsOnTheOnlyGpuThatThereIsStaysBesideItThoughNovaPassesItThrough() {
        Plan plan = plan(
                twoNodes().gpu("0000:41:00.0", 1, D129).build(),
                withDisplay().running(1, 0).open(D129).build(),
                Occupancy.NONE,
                PREFERRED,
                passing("0000:41:00.0", true));
        assertPlan(plan).is(Outcome.BOUND).on(1).renderNode(null).needsStart(false);
    }

    @Test
    void aCardOfWhichNovaPassesOnlyVirtualFunctionsThroughGetsDisplays() {
        Plan plan = plan(
                twoNodes()
                        .gpu("0000:41:00.0", 1, D129)
                        .virtualFunction("0000:41:00.4", "0000:41:00.0", 1)
                        .build(),
                guest().canShowRenderNode().build(),
                Occupancy.NONE,
                ADD_RENDER_NODE,
                passing("0000:41:00.0", true));
        assertPlan(plan).on(1).renderNode(D129);
    }

    @Test
    void aHostWhoseOnlyRenderNodeNovaPassesThroughHasNoneToGive() {
        Plan plan = plan(
                twoNodes().gpu("0000:41:00.0", 1, D129).build(),
                guest().canShowRenderNode().build(),
                Occupancy.NONE,
                ADD_RENDER_NODE,
                passing("0000:41:00.0", true));
        assertPlan(plan)
                .is(Outcome.IGNORED)
                .mainlyBecause(Code.NO_RENDER_NODE)
                .saying("no GPU with a render node but 0000:41:00.0, which Nova passes through ([pci] device_spec)");
    }

    @Test
    void aRenderNodeBesideAPciGpuFollowsThatGpu() {
        Hosts host = twoRenderNodes().vfioGpu("0000:42:00.0", 1);
        assertPlan(plan(host, withPci("0000:42:00.0").renderNode(D128), users("0000:41:00.0", 9)))
                .on(1)
                .mainlyBecause(Code.NODE_OF_GPU)
                .renderNode(D129);
    }

    @Test
    void aGuestWithAPartOfACardGetsThatCardsRenderNode() {
        Hosts host = twoRenderNodes().gpu("0000:40:00.0", 1, D130).mdev(VGPU, "0000:41:00.0");
        Guests guest = Guests.withMdev(VGPU, "0000:41:00.0").gpu(new GpuUse(GpuUse.Kind.RENDER_NODE, null, null));

        assertPlan(plan(host, guest)).on(1).renderNode(D129);
        assertPlan(plan(host, guest.placedByNova(1, "16-19"))).on(1).renderNode(D129);
    }

    @Test
    void aRenderNodeThatIsFarFromTheGuestsPciGpuIsSaidSo() {
        Hosts host = twoNodes().gpu("0000:21:00.0", 0, D128).vfioGpu("0000:42:00.0", 1);
        assertPlan(plan(host, withPci("0000:42:00.0").renderNode(D128)))
                .is(Outcome.DEFERRED)
                .on(1)
                .because(Code.REMOTE)
                .saying("no render node on node 1: the nearest is " + D128 + " on node 0, distance 21");
    }

    @Test
    void aBoundGuestWhoseRenderNodeIsNoLongerBesideItIsRefusedIfThatIsRequired() {
        Hosts both = twoRenderNodes().vfioGpu("0000:42:00.0", 1);
        Guests guest = withPci("0000:42:00.0").renderNode(D129);
        Guests bound = guest.bound(plan(both, guest, REQUIRED)).running(0, 8).open(D129);
        assertPlan(plan(both, bound, REQUIRED)).is(Outcome.ALIGNED);
        Hosts one = twoNodes().gpu("0000:21:00.0", 0, D128).vfioGpu("0000:42:00.0", 1);
        assertPlan(plan(one, bound, REQUIRED))
                .is(Outcome.REFUSED)
                .mainlyBecause(Code.REMOTE)
                .saying("no render node on node 1")
                .on();
        assertPlan(plan(one, bound)).on(1).renderNode(D128);
    }

    @Test
    void pinsThatSomebodyMadeForEmulatorAndIothreadsStay() {
        Plan plan = plan(
                twoNodes().vfioGpu("0000:41:00.0", 1),
                withPci("0000:41:00.0").emulator("0").iothreads(1, 2).iothreadPin(1, "1"));
        assertPlan(plan).on(1);
        assertThat(plan.target().pins().emulator()).isEqualTo(IdSet.of(0));
        assertThat(plan.target().pins().iothreads())
                .containsEntry(1, IdSet.of(1))
                .containsEntry(2, CPUS_1);
        assertThat(plan.ours().pins().emulator()).isNull();
        assertThat(plan.ours().pins().iothreads()).containsOnlyKeys(2);
        assertThat(plan.target().pins().vcpus().values()).containsOnly(CPUS_1);
    }

    @Test
    void aBoundGuestIsNotMovedForBalance() {
        Hosts host = twoRenderNodes();
        Guests bound = withDisplay().bound(plan(host, withDisplay()));
        Occupancy crowded = new Occupancy(
                users("0000:21:00.0", 9).gpuUsers(),
                load(0, 63).vcpuLoad(),
                claimed(0, 60).claimedKiB(),
                java.util.Map.of());
        assertPlan(plan(host, bound.running(8, 0).open(D128), crowded))
                .is(Outcome.ALIGNED)
                .on(0)
                .renderNode(D128)
                .saying("stays");
    }

    @Test
    void aGuestThatIsBoundFarAwayGoesToItsGpuOnceThereIsRoomAndToNoOtherPlaceAsFar() {
        Hosts host = twoNodes().node(2, "32-47", 64).vfioGpu("0000:21:00.0", 0);
        Guests bound = withPci("0000:21:00.0").bound(plan(host, withPci("0000:21:00.0"), load(0, 62)));
        assertPlan(plan(host, bound)).on(0).mainlyBecause(Code.NODE_OF_GPU);
        Occupancy lessOnTheOther = new Occupancy(
                java.util.Map.of(), java.util.Map.of(0, 62.0, 1, 8.0), java.util.Map.of(), java.util.Map.of());
        assertPlan(plan(host, bound, lessOnTheOther)).on(1).saying("stays: no nearer nodes have room");
    }

    @Test
    void aGuestThatIsSpreadOverNodesGoesToItsGpusNodeAloneOnceThatHasRoom() {
        Hosts host = twoNodes().vfioGpu("0000:21:00.0", 0);
        Guests guest = withPci("0000:21:00.0").size(8, 4);
        Occupancy bothFull = new Occupancy(
                java.util.Map.of(), java.util.Map.of(0, 60.0, 1, 60.0), java.util.Map.of(), java.util.Map.of());
        Guests bound = guest.bound(plan(host, guest, bothFull));
        assertPlan(plan(host, bound, bothFull)).on(0, 1).saying("stays");
        assertPlan(plan(host, bound)).on(0).mainlyBecause(Code.NODE_OF_GPU);
    }

    @Test
    void aShutOffGuestWhoseNodeHasFilledUpIsPlannedAnew() {
        Hosts host = twoRenderNodes();
        Guests bound = withDisplay().bound(plan(host, withDisplay()));
        assertPlan(plan(host, bound, load(0, 63))).is(Outcome.DEFERRED).on(1).renderNode(D129);
    }

    @Test
    void aBoundGuestWhoseGpuHasMovedIsPlannedAnew() {
        Guests bound =
                withPci("0000:41:00.0").bound(plan(twoNodes().vfioGpu("0000:41:00.0", 0), withPci("0000:41:00.0")));
        assertPlan(plan(twoNodes().vfioGpu("0000:41:00.0", 1), bound))
                .is(Outcome.DEFERRED)
                .on(1);
    }

    @Test
    void aBoundGuestLosesACpuThatWentOffline() {
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", 1);
        Guests bound = withPci("0000:41:00.0").bound(plan(host, withPci("0000:41:00.0")));
        assertPlan(plan(Hosts.host().node(0, "0-15", 64).node(1, "16-30", 64).vfioGpu("0000:41:00.0", 1), bound))
                .is(Outcome.DEFERRED)
                .on(1)
                .everythingPinnedTo(IdSet.parse("16-30"));
    }

    @Test
    void whatIsInForceIsAligned() {
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", 1);
        Plan first = plan(host, withPci("0000:41:00.0"));
        Plan second = plan(host, withPci("0000:41:00.0").bound(first).running(0, 8));
        assertPlan(second)
                .is(Outcome.ALIGNED)
                .mainlyBecause(Code.ALREADY_ALIGNED)
                .because(Code.MEMORY_ALREADY_LOCAL)
                .everythingPinnedTo(CPUS_1);
        assertThat(second.ours()).isEqualTo(first.ours());
        assertThat(second.changes()).isFalse();
    }

    @Test
    void gpusOfOneNodeTakeTheGuestThere() {
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", 1).vfioGpu("0000:42:00.0", 1);
        assertPlan(plan(host, withPci("0000:41:00.0").pci("0000:42:00.0"))).on(1);
    }

    @Test
    void gpusOfSeveralNodesLetTheGuestUseAllOfThem() {
        Hosts host = twoNodes().node(2, "32-47", 64).vfioGpu("0000:21:00.0", 0).vfioGpu("0000:41:00.0", 1);
        Guests guest = withPci("0000:21:00.0").pci("0000:41:00.0");
        assertPlan(plan(host, guest))
                .is(Outcome.DEFERRED)
                .on(0, 1)
                .because(Code.GPUS_APART)
                .everythingPinnedTo(IdSet.parse("0-31"))
                .memory(null, MemoryWhen.UNCHANGED);
        assertPlan(plan(host, guest, REQUIRED)).on(0, 1).memory(restrictive("0-1"), MemoryWhen.NEXT_START);
    }

    @Test
    void aNicOnAnotherNodeIsMentioned() {
        Hosts host =
                twoNodes().vfioGpu("0000:41:00.0", 1).device("0000:18:00.0", 0).device("0000:43:00.0", 1);
        Plan plan =
                plan(host, withPci("0000:41:00.0").otherDevice("0000:18:00.0").otherDevice("0000:43:00.0"));
        assertPlan(plan).on(1).saying("its device 0000:18:00.0 is on node 0, the guest on node 1");
        assertThat(plan.reasons())
                .filteredOn(r -> r.code() == Code.OTHER_DEVICE_REMOTE)
                .hasSize(1);
    }
}
