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

import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** Guests whose nodes Nova has decided. */
class PlacedGuestTest {
    @Test
    void theRenderNodeFollowsTheVcpus() {
        Guests guest = withRenderNode(D128).placedByNova(1, "16-19").open(D128);
        Plan plan = plan(twoRenderNodes(), guest);
        assertPlan(plan)
                .is(Outcome.BOUND)
                .on(1)
                .renderNode(D129)
                .needsStart(true)
                .mainlyBecause(Code.NODE_OF_VCPUS)
                .because(Code.NEEDS_START)
                .saying(D129 + " instead of " + D128);
        assertThat(plan.ours()).isEqualTo(Tuning.NONE.withRenderNode(D129));
    }

    @Test
    void itsPinsAndMemoryAreNeverTouched() {
        Guests guest = withRenderNode(D128).placedByNova(1, "16-19").iothreads(1);
        Plan plan = plan(twoRenderNodes(), guest);
        Tuning nova = guest.build().tuning();
        assertThat(plan.target().pins().vcpus()).isEqualTo(nova.pins().vcpus());
        assertThat(plan.target().pins().emulator()).isEqualTo(nova.pins().emulator());
        assertThat(plan.target().memory()).isEqualTo(nova.memory());
        assertThat(plan.target().memnodes()).isEqualTo(nova.memnodes());
        assertThat(plan.memoryWhen()).isEqualTo(MemoryWhen.UNCHANGED);
    }

    @Test
    void iothreadsGoWhereNovaPinnedTheEmulator() {
        Plan plan = plan(
                twoRenderNodes(),
                withRenderNode(D129)
                        .pinned("17")
                        .emulator("18-19")
                        .iothreads(1, 2)
                        .iothreadPin(2, "20"));
        assertThat(plan.target().pins().iothreads())
                .containsEntry(1, IdSet.parse("18-19"))
                .containsEntry(2, IdSet.of(20));
        assertThat(plan.ours().pins().iothreads()).containsOnlyKeys(1);
    }

    @Test
    void emulatorAndIothreadsThatNovaLeftFreeGoBesideTheVcpus() {
        Plan plan = plan(twoRenderNodes(), withRenderNode(D129).pinned("17").iothreads(1), limitedTo("0-3,16,20-23"));
        assertThat(plan.target().pins().emulator()).isEqualTo(IdSet.parse("16,20-23"));
        assertThat(plan.target().pins().iothreads()).containsEntry(1, IdSet.parse("16,20-23"));
        assertThat(plan.target().pins().vcpus()).containsEntry(0, IdSet.of(17));
        assertPlan(plan).is(Outcome.DEFERRED);
    }

    @Test
    void withoutAllowedCpuOnItsNodeItsEmulatorStaysFree() {
        Plan plan = plan(twoRenderNodes(), withRenderNode(D129).pinned("17").iothreads(1), limitedTo("0-3"));
        assertThat(plan.target().pins().emulator()).isNull();
        assertThat(plan.target().pins().iothreads()).isEmpty();
        assertPlan(plan).is(Outcome.ALIGNED);
    }

    @Test
    void aRenderNodeOnItsNodeIsKeptThoughAnotherHasFewerUsers() {
        Hosts host = twoRenderNodes().gpu("0000:42:00.0", 1, "/dev/dri/renderD130");
        Guests guest = withRenderNode(D129).placedByNova(1, "16-19").open(D129);
        assertPlan(plan(host, guest, users("0000:41:00.0", 5)))
                .is(Outcome.ALIGNED)
                .mainlyBecause(Code.ALREADY_ALIGNED)
                .renderNode(D129)
                .needsStart(false);
    }

    @Test
    void aRenderNodeOfUnknownNodeIsNotChangedForARemoteOne() {
        Hosts host = twoNodes()
                .gpu("0000:21:00.0", null, D128)
                .gpu("0000:41:00.0", 1, D129)
                .vfioGpu("0000:42:00.0", 0);
        Guests guest = withRenderNode(D128).placedByNova(0, "0-3");
        assertPlan(plan(host, guest))
                .is(Outcome.IGNORED)
                .mainlyBecause(Code.NODE_UNKNOWN)
                .saying("add 0000:21:00.0=NODE to gpu_nodes")
                .changesNothing(guest.build());
        assertPlan(plan(host, withRenderNode(D128).placedByNova(1, "16-19"))).renderNode(D129);
        Guests besidePci = withPci("0000:42:00.0").renderNode(D128);
        assertPlan(plan(host, besidePci)).on(0).renderNode(D128).because(Code.NODE_UNKNOWN);
        assertPlan(plan(host, besidePci.placedByNova(0, "0-3")))
                .is(Outcome.ALIGNED)
                .renderNode(D128)
                .because(Code.NODE_UNKNOWN);
    }

    @Test
    void aVcpuThatIsNotPluggedInRunsNowhere() {
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", 1);
        Guests guest = withPci("0000:41:00.0").pin("16", 0).pin("17", 3);
        assertPlan(plan(host, guest)).is(Outcome.MISALIGNED);
        assertPlan(plan(host, guest.plugged(0, 3))).is(Outcome.ALIGNED).on(1);
    }

    @Test
    void aRenderNodeThatLibvirtHappenedToChooseWellIsWrittenDownWithoutARestart() {
        Guests guest = withDisplay().placedByNova(1, "16-19").open(D129);
        assertPlan(plan(twoRenderNodes(), guest))
                .is(Outcome.BOUND)
                .renderNode(D129)
                .needsStart(false);
    }

    @Test
    void anOpenRenderNodeOfItsNodeIsAsGoodAsTheDefinitionsUntilTheNextStart() {
        Hosts host = twoRenderNodes().gpu("0000:42:00.0", 1, "/dev/dri/renderD130");
        assertPlan(plan(host, withRenderNode(D129).placedByNova(1, "16-19").open("/dev/dri/renderD130")))
                .is(Outcome.ALIGNED)
                .renderNode(D129)
                .needsStart(false);
    }

    @Test
    void fewestUsersDecideAmongTheRenderNodesOfItsNode() {
        Hosts host = twoRenderNodes().gpu("0000:42:00.0", 1, "/dev/dri/renderD130");
        Guests guest = withDisplay().placedByNova(1, "16-19");
        assertPlan(plan(host, guest)).renderNode(D129);
        assertPlan(plan(host, guest, users("0000:41:00.0", 1))).renderNode("/dev/dri/renderD130");
    }

    @Test
    void moreFreeVideoMemoryDecidesAmongEqualUsers() {
        Hosts host = twoNodes()
                .gpu("0000:41:00.0", 1, D128, null, 2 * Hosts.GIB)
                .gpu("0000:42:00.0", 1, D129, null, 14 * Hosts.GIB);
        Plan plan = plan(host, withDisplay().placedByNova(1, "16-19"));
        assertPlan(plan).renderNode(D129);
        assertThat(plan.candidates())
                .extracting(c -> c.verdict().code())
                .containsExactly(Code.CHOSEN, Code.LESS_VIDEO_MEMORY);
    }

    @Test
    void withoutRenderNodeOnItsNodeTheNearestIsReported() {
        Hosts host = twoNodes()
                .node(2, "32-47", 64)
                .distance(1, 2, 31)
                .gpu("0000:21:00.0", 0, D128)
                .gpu("0000:61:00.0", 2, D129);
        Guests guest = withRenderNode(D129).placedByNova(1, "16-19");
        assertPlan(plan(host, guest))
                .is(Outcome.MISALIGNED)
                .mainlyBecause(Code.REMOTE)
                .renderNode(D128)
                .on(1);
        assertPlan(plan(host, guest, REQUIRED))
                .is(Outcome.REFUSED)
                .mainlyBecause(Code.REMOTE)
                .changesNothing(guest.build());
    }

    @Test
    void aRemotePciGpuIsReportedAndNothingIsRepinned() {
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", 1);
        Guests guest =
                withPci("0000:41:00.0").placedByNova(0, "0-3").iothreads(1).running(8, 0);
        for (Policy policy : new Policy[] {PREFERRED, REQUIRED, REPORT}) {
            assertPlan(plan(host, guest, policy))
                    .is(Outcome.MISALIGNED)
                    .mainlyBecause(Code.PLACED_BY_NOVA)
                    .saying("its GPU 0000:41:00.0 is on node 1 (distance 21)")
                    .on(0)
                    .changesNothing(guest.build());
        }
    }

    @Test
    void aLocalPciGpuIsAligned() {
        Guests guest = withPci("0000:41:00.0").placedByNova(1, "16-19").running(0, 8);
        assertPlan(plan(twoNodes().vfioGpu("0000:41:00.0", 1), guest))
                .is(Outcome.ALIGNED)
                .on(1)
                .changesNothing(guest.build());
    }

    @Test
    void aGuestOverTwoNodesIsLocalToTheGpusOfBoth() {
        Guests guest =
                withPci("0000:21:00.0").pci("0000:41:00.0").pinned("0-3,16-19").running(4, 4);
        assertPlan(plan(twoNodes().vfioGpu("0000:21:00.0", 0).vfioGpu("0000:41:00.0", 1), guest))
                .is(Outcome.ALIGNED)
                .on(0, 1);
    }

    @Test
    void aGuestThatStraddlesNodesIsNotLocalToTheGpuOfOneOfThem() {
        assertPlan(plan(
                        twoNodes().vfioGpu("0000:41:00.0", 1),
                        withPci("0000:41:00.0").pinned("0-3,16-19").running(4, 4)))
                .is(Outcome.MISALIGNED)
                .on(0, 1)
                .because(Code.PLACED_BY_NOVA)
                .saying("on node 1 only");
        assertPlan(plan(
                        twoRenderNodes(),
                        withRenderNode(D129).pinned("0-3,16-19").open(D129)))
                .is(Outcome.MISALIGNED)
                .because(Code.PLACED_BY_NOVA);
    }

    @Test
    void vcpusThatNobodyHasPinnedStraddleToo() {
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", 1);
        Guests half = withPci("0000:41:00.0").pin("16", 0).pin("17", 1);
        assertPlan(plan(host, half)).is(Outcome.MISALIGNED).on(0, 1).mainlyBecause(Code.PLACED_BY_NOVA);
        // unless they can only be there
        assertPlan(plan(host, half.cpuset("16-31"))).is(Outcome.ALIGNED).on(1);
    }

    @Test
    void cellsMakeTwoNodesMeantIfEachIsOnOne() {
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", 1);
        Guests guest = withPci("0000:41:00.0")
                .size(4, 8)
                .cells(
                        new GuestCell(0, IdSet.of(0, 1), 4 * Hosts.GIB, 0),
                        new GuestCell(1, IdSet.of(2, 3), 4 * Hosts.GIB, 0));
        assertPlan(plan(host, guest.pin("0-3", 0, 1).pin("16-19", 2, 3))).is(Outcome.ALIGNED);
        assertPlan(plan(host, guest.pin("0-3", 0, 2).pin("16-19", 1, 3))).is(Outcome.MISALIGNED);
    }

    @Test
    void aCellWithoutVcpusIsBesideNothing() {
        Guests guest = withRenderNode(D129)
                .size(4, 8)
                .cells(
                        new GuestCell(0, IdSet.range(0, 3), 4 * Hosts.GIB, 0),
                        new GuestCell(1, IdSet.empty(), 4 * Hosts.GIB, 0));
        assertPlan(plan(twoRenderNodes(), guest.pinned("0-3,16-19").open(D129))).is(Outcome.MISALIGNED);
        assertPlan(plan(twoRenderNodes(), guest.pinned("16-19")))
                .renderNode(D129)
                .on(1);
    }

    @Test
    void aNodeWhoseCpusAreOffForNowIsStillTheNodeOfItsGpu() {
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", 1).off(1);
        assertPlan(plan(host, withPci("0000:41:00.0").placedByNova(0, "0-3")))
                .is(Outcome.MISALIGNED)
                .on(0);
        assertPlan(plan(host, withPci("0000:41:00.0").placedByNova(1, "16-19")))
                .is(Outcome.ALIGNED)
                .on(1);
        assertPlan(plan(host, withPci("0000:41:00.0"))).on(0).mainlyBecause(Code.REMOTE);
    }

    @Test
    void memoryThatIsPlacedAwayFromItsGpuIsNotAligned() {
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", 1);
        Guests guest = withPci("0000:41:00.0").pinned("16-19");
        assertPlan(plan(host, guest.memory(MemoryMode.STRICT, "0")))
                .is(Outcome.MISALIGNED)
                .because(Code.PLACED_BY_NOVA)
                .saying("its memory on node 0, its GPU 0000:41:00.0 is on node 1 only");
        assertPlan(plan(host, guest.memory(MemoryMode.STRICT, "0-1"))).is(Outcome.ALIGNED);
        assertPlan(plan(twoRenderNodes(), withRenderNode(D129).pinned("16-19").memory(MemoryMode.STRICT, "0")))
                .is(Outcome.MISALIGNED);
    }

    @Test
    void theMemoryThatCountsIsThatOfTheCellBesideTheGpu() {
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", 1);
        assertPlan(plan(host, cellsWithMemoryOn("0", "1").pci("0000:41:00.0"))).is(Outcome.ALIGNED);
        assertPlan(plan(host, cellsWithMemoryOn("1", "0").pci("0000:41:00.0")))
                .is(Outcome.MISALIGNED)
                .saying("its memory on node 0, its GPU 0000:41:00.0 is on node 1 only");
        assertPlan(plan(twoRenderNodes(), cellsWithMemoryOn("1", "0").renderNode(D129)))
                .is(Outcome.MISALIGNED)
                .saying("its memory on node 0, its render node " + D129 + " is on node 1 only");
    }

    /** Two cells, on node 0 and on node 1. */
    private static Guests cellsWithMemoryOn(String first, String second) {
        return guest().size(4, 8)
                .cells(
                        new GuestCell(0, IdSet.of(0, 1), 4 * Hosts.GIB, 0),
                        new GuestCell(1, IdSet.of(2, 3), 4 * Hosts.GIB, 0))
                .pin("0-3", 0, 1)
                .pin("16-19", 2, 3)
                .memnode(0, MemoryMode.STRICT, first)
                .memnode(1, MemoryMode.STRICT, second);
    }

    /** CXL memory hangs on a socket as well. */
    @Test
    void aNodeWithoutCpusIsOnTheSideOfTheNearestThatHasSome() {
        Hosts host = twoNodes().node(2, "", 64).vfioGpu("0000:41:00.0", 1);
        Guests guest = withPci("0000:41:00.0").pinned("16-19").memory(MemoryMode.STRICT, "2");
        assertPlan(plan(host, guest)).is(Outcome.ALIGNED);
        assertPlan(plan(host.distance(1, 2, 14), guest)).is(Outcome.ALIGNED);
        assertPlan(plan(host.distance(0, 2, 12), guest))
                .is(Outcome.MISALIGNED)
                .saying("its memory on node 2, its GPU 0000:41:00.0 is on node 1 only");
    }

    @Test
    void memoryAloneMakesAGuestPlaced() {
        Guests guest = withPci("0000:41:00.0").memory(MemoryMode.STRICT, "0");
        assertPlan(plan(twoNodes().vfioGpu("0000:41:00.0", 1), guest))
                .is(Outcome.MISALIGNED)
                .on(0)
                .changesNothing(guest.build());
    }

    /** As by virsh numatune: libvirt lets threads without a pin run on all CPUs (qemu_process.c:qemuProcessSetupPid). */
    @Test
    void vcpusThatFloatAreNotBesideTheGpuBecauseTheirMemoryIs() {
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", 1);
        Guests guest = withPci("0000:41:00.0").memory(MemoryMode.STRICT, "1");
        assertPlan(plan(host, guest))
                .is(Outcome.MISALIGNED)
                .mainlyBecause(Code.PLACED_BY_NOVA)
                .saying("only its memory is placed, on node 1: its vCPUs may run on nodes 0-1")
                .changesNothing(guest.build());
        assertPlan(plan(host, guest.cpuset("16-31"))).is(Outcome.ALIGNED);
        assertPlan(plan(host.isolated("0-15"), withPci("0000:41:00.0").memory(MemoryMode.STRICT, "1")))
                .is(Outcome.ALIGNED);
    }

    @Test
    void memoryOnANodeThatIsNotThereIsNotTakenForNumads() {
        assertPlan(plan(
                        twoNodes().vfioGpu("0000:41:00.0", 1),
                        withPci("0000:41:00.0").memory(MemoryMode.STRICT, "7")))
                .is(Outcome.IGNORED)
                .saying("its memory is placed on node 7, but this host has only nodes 0-1");
    }

    @Test
    void pinsToCpusThatAreNotThereAreSaidSo() {
        Guests guest = withPci("0000:41:00.0").pinned("90-93");
        assertPlan(plan(twoNodes().vfioGpu("0000:41:00.0", 1), guest))
                .is(Outcome.IGNORED)
                .mainlyBecause(Code.NO_ALLOWED_CPUS)
                .saying("pinned to CPUs that this host does not have: 90-93")
                .changesNothing(guest.build());
    }

    @Test
    void aGuestThatNumadPlacesIsLeftAlone() {
        Guests guest = withRenderNode(D128).memory(MemoryMode.STRICT, "");
        assertPlan(plan(twoRenderNodes(), guest))
                .is(Outcome.IGNORED)
                .mainlyBecause(Code.PLACED_BY_NUMAD)
                .changesNothing(guest.build());
    }

    @Test
    void anAskedForRenderNodeIsAddedBesideTheVcpus() {
        Plan plan = plan(
                twoRenderNodes(),
                guest().canShowRenderNode().placedByNova(1, "16-19").running(0, 2),
                ADD_RENDER_NODE);
        assertPlan(plan).is(Outcome.BOUND).renderNode(D129).needsStart(true);
        assertThat(plan.addDisplay()).isTrue();
        assertThat(plan.reasons()).contains(Reason.NO_SUSPEND);
    }

    @Test
    void whatWasBoundBeforeIsAligned() {
        Hosts host = twoRenderNodes();
        Plan first = plan(host, withRenderNode(D128).pinned("17").iothreads(1));
        Guests again = withRenderNode(D128).size(1, 8).iothreads(1).bound(first);
        assertPlan(first).is(Outcome.DEFERRED).renderNode(D129);
        Plan second = plan(host, again.open(D129));
        assertPlan(second).is(Outcome.ALIGNED).on(1);
        assertThat(second.ours()).isEqualTo(first.ours());
        assertThat(second.changes()).isFalse();
    }
}
