package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.PlanAssert.assertPlan;
import static org.novagpubinder.placement.Planning.*;
import static org.novagpubinder.testing.Guests.guest;
import static org.novagpubinder.testing.Guests.withDisplay;
import static org.novagpubinder.testing.Guests.withMdev;
import static org.novagpubinder.testing.Guests.withPci;
import static org.novagpubinder.testing.Guests.withRenderNode;
import static org.novagpubinder.testing.Hosts.host;
import static org.novagpubinder.testing.Hosts.twoNodes;
import static org.novagpubinder.testing.Hosts.twoRenderNodes;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.RenderNodeNames;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.placement.random.With;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** Which guests are planned for at all. */
class WhoseBusinessTest {
    @Test
    void aGuestWithoutGpuIsIgnored() {
        Guests guest = guest().size(8, 16);
        assertPlan(plan(twoRenderNodes(), guest))
                .is(Outcome.IGNORED)
                .mainlyBecause(Code.NO_GPU)
                .on()
                .changesNothing(guest.build());
    }

    @Test
    void policyOffLeavesAGpuGuestAlone() {
        Guests guest = withRenderNode(D128);
        assertPlan(plan(twoRenderNodes(), guest, new Policy(PolicyMode.OFF, true)))
                .is(Outcome.IGNORED)
                .mainlyBecause(Code.POLICY_OFF)
                .changesNothing(guest.build());
    }

    @Test
    void policyReportComparesAndChangesNothing() {
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", 1);
        Guests unbound = withPci("0000:41:00.0").running(8, 0);
        assertPlan(plan(host, unbound, REPORT))
                .is(Outcome.MISALIGNED)
                .mainlyBecause(Code.POLICY_REPORT)
                .because(Code.NODE_OF_GPU)
                .on()
                .changesNothing(unbound.build());
        Guests placed = withRenderNode(D128).placedByNova(1, "16-19");
        assertPlan(plan(twoRenderNodes(), placed, REPORT))
                .is(Outcome.MISALIGNED)
                .mainlyBecause(Code.POLICY_REPORT)
                .on(1)
                .changesNothing(placed.build());

        Guests bound = withPci("0000:41:00.0").running(0, 8).bound(plan(host, withPci("0000:41:00.0")));
        assertPlan(plan(host, bound, REPORT)).is(Outcome.ALIGNED).on(1).changesNothing(bound.build());
    }

    @Test
    void aGpuThatThisHostDoesNotHaveIsSaidSo() {
        Guests pci = withPci("0000:99:00.0");
        assertPlan(plan(twoRenderNodes(), pci))
                .is(Outcome.IGNORED)
                .mainlyBecause(Code.DEVICE_ABSENT)
                .saying("0000:99:00.0")
                .changesNothing(pci.build());
        assertPlan(plan(twoRenderNodes(), pci, REQUIRED)).is(Outcome.REFUSED).changesNothing(pci.build());

        UUID uuid = UUID.randomUUID();
        assertPlan(plan(twoRenderNodes(), guest().gpu(new GpuUse(GpuUse.Kind.MDEV, null, uuid.toString()))))
                .is(Outcome.IGNORED)
                .saying("no mediated device " + uuid);
    }

    @Test
    void aDeviceThatIsGoneIsSaidSoAndNotThatThereIsNoGpu() {
        Guests gone = guest().otherDevice("0000:99:00.0");
        assertPlan(plan(twoRenderNodes(), gone))
                .is(Outcome.IGNORED)
                .mainlyBecause(Code.DEVICE_ABSENT)
                .saying("0000:99:00.0")
                .changesNothing(gone.build());

        Guests there = guest().otherDevice("0000:17:00.0");
        assertPlan(plan(twoRenderNodes().device("0000:17:00.0", 0), there)).mainlyBecause(Code.NO_GPU);

        assertPlan(plan(twoRenderNodes(), withDisplay().otherDevice("0000:99:00.0")))
                .is(Outcome.DEFERRED)
                .because(Code.DEVICE_ABSENT);
    }

    @Test
    void aRenderNodeThatIsGoneIsSaidSo() {
        assertPlan(plan(twoRenderNodes(), withRenderNode("/dev/dri/renderD199")))
                .because(Code.DEVICE_ABSENT)
                .saying("no render node /dev/dri/renderD199");
        for (Guests there : new Guests[] {withRenderNode(D128), withDisplay()}) {
            assertThat(plan(twoRenderNodes(), there).reasons())
                    .extracting(Reason::code)
                    .doesNotContain(Code.DEVICE_ABSENT);
        }
    }

    @Test
    void ofARenderNodeThatIsNoPciGpusNobodyTellsWhetherItIsRight() {
        String platform = "/dev/dri/renderD140";
        RenderNodeNames names = new RenderNodeNames(Map.of(), Set.of(platform), Set.of(), Map.of());
        HostTopology host =
                With.with(twoRenderNodes().vfioGpu("0000:42:00.0", 1).build(), "names", names);
        Planner planner = new Planner();
        Guest alone = withRenderNode(platform).build();
        assertPlan(planner.plan(host, alone, Occupancy.NONE, PREFERRED, LIMITS))
                .is(Outcome.IGNORED)
                .mainlyBecause(Code.NODE_UNKNOWN)
                .saying("its render node " + platform + " is no PCI GPU's")
                .changesNothing(alone);
        Plan besideAGpu = planner.plan(
                host, withPci("0000:42:00.0").renderNode(platform).build(), Occupancy.NONE, PREFERRED, LIMITS);
        assertPlan(besideAGpu).on(1).because(Code.NODE_UNKNOWN).renderNode(platform);
        assertThat(besideAGpu.reasons()).extracting(Reason::code).doesNotContain(Code.DEVICE_ABSENT);

        HostTopology oneNode = With.with(host().node(0, "0-15", 64).build(), "names", names);
        assertPlan(planner.plan(oneNode, alone, Occupancy.NONE, PREFERRED, LIMITS))
                .is(Outcome.ALIGNED)
                .changesNothing(alone);
    }

    @Test
    void aRenderNodeOfNoPciGpuThatOnlyLibvirtHasPickedIsChangedForOneThatIsKnown() {
        String platform = "/dev/dri/renderD140";
        HostTopology host = With.with(
                twoRenderNodes().build(), "names", new RenderNodeNames(Map.of(), Set.of(platform), Set.of(), Map.of()));
        Guest picked = guest().gpu(new GpuUse(GpuUse.Kind.RENDER_NODE, null, platform))
                .open(platform)
                .build();
        Plan plan = new Planner().plan(host, picked, Occupancy.NONE, PREFERRED, LIMITS);
        assertPlan(plan).on(0).renderNode(D128).because(Code.NEEDS_START);
        assertThat(plan.reasons()).extracting(Reason::code).doesNotContain(Code.NODE_UNKNOWN, Code.DEVICE_ABSENT);
        assertPlan(new Planner().planWithoutRestart(host, picked, Occupancy.NONE, PREFERRED, LIMITS))
                .is(Outcome.DEFERRED)
                .renderNode(D128);
    }

    @Test
    void aGpuOfUnknownLocalityIsLeftAloneAndTheRemedyNamed() {
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", null);
        Guests guest = withPci("0000:41:00.0");
        assertPlan(plan(host, guest))
                .is(Outcome.IGNORED)
                .mainlyBecause(Code.NODE_UNKNOWN)
                .saying("add 0000:41:00.0=NODE to gpu_nodes")
                .changesNothing(guest.build());
        assertPlan(plan(host, guest, REQUIRED)).is(Outcome.REFUSED);
    }

    @Test
    void aNodeThatTheHostDoesNotHaveIsUnknown() {
        assertPlan(plan(twoNodes().vfioGpu("0000:41:00.0", 7), withPci("0000:41:00.0")))
                .is(Outcome.IGNORED)
                .mainlyBecause(Code.NODE_UNKNOWN)
                .saying("(node 7 does not exist)")
                .saying("add 0000:41:00.0=NODE to gpu_nodes in [gpu_binder]; this host has nodes 0-1");
    }

    @Test
    void aRenderNodeOfUnknownLocalityIsNeverChosen() {
        Hosts host = twoNodes().gpu("0000:21:00.0", null, D128).gpu("0000:41:00.0", 1, D129);
        assertPlan(plan(host, withRenderNode(D128))).on(1).renderNode(D129);
        Hosts none = twoNodes().gpu("0000:21:00.0", null, D128);
        assertPlan(plan(none, withRenderNode(D128))).is(Outcome.IGNORED).mainlyBecause(Code.NODE_UNKNOWN);
    }

    @Test
    void aHostWithOneNodeHasNothingToChoose() {
        Hosts host = host().node(0, "0-15", 64).vfioGpu("0000:41:00.0", null).gpu("0000:21:00.0", 0, D128);
        for (Guests guest : new Guests[] {
            withPci("0000:41:00.0"),
            withRenderNode(D128),
            withDisplay().running(4),
            withRenderNode(D128).running(4)
        }) {
            assertPlan(plan(host, guest))
                    .is(Outcome.ALIGNED)
                    .mainlyBecause(Code.SINGLE_NODE)
                    .on(0)
                    .changesNothing(guest.build());
        }
    }

    @Test
    void onAHostWithOneNodeAnAskedForRenderNodeIsStillGiven() {
        Hosts host = host().node(0, "0-15", 64).gpu("0000:21:00.0", null, D128).gpu("0000:41:00.0", 0, D129);
        Plan plan = plan(host, guest().canShowRenderNode(), users("0000:21:00.0", 2), ADD_RENDER_NODE);
        assertPlan(plan).is(Outcome.DEFERRED).mainlyBecause(Code.SINGLE_NODE).renderNode(D129);
        assertThat(plan.addDisplay()).isTrue();
        assertThat(plan.reasons()).contains(Reason.NO_SUSPEND);
        assertThat(plan.changes()).isTrue();
        assertThat(plan.target().pins().vcpus()).isEmpty();
        assertPlan(plan(host, guest().canShowRenderNode().running(4), ADD_RENDER_NODE))
                .is(Outcome.BOUND)
                .needsStart(true);
    }

    @Test
    void onAHostWithOneNodeARenderNodeThatIsGoneIsReplaced() {
        Hosts host = host().node(0, "0-15", 64).gpu("0000:21:00.0", 0, D128);
        assertPlan(plan(host, withRenderNode("/dev/dri/renderD200")))
                .is(Outcome.DEFERRED)
                .renderNode(D128);
        assertPlan(plan(host, withRenderNode("/dev/dri/renderD200").open("/dev/dri/renderD200")))
                .is(Outcome.BOUND)
                .renderNode(D128)
                .needsStart(true);
    }

    @Test
    void aRenderNodeThatIsAskedForButCannotBeShownIsSaidSo() {
        Guests guest = guest();
        assertPlan(plan(twoRenderNodes(), guest, ADD_RENDER_NODE))
                .is(Outcome.IGNORED)
                .mainlyBecause(Code.RENDER_NODE_NOT_POSSIBLE)
                .saying("hw_video_model=virtio")
                .changesNothing(guest.build());
        assertPlan(plan(twoRenderNodes().vfioGpu("0000:42:00.0", 1), withPci("0000:42:00.0"), ADD_RENDER_NODE))
                .is(Outcome.DEFERRED)
                .because(Code.NODE_OF_GPU, Code.RENDER_NODE_NOT_POSSIBLE);
    }

    @Test
    void aHostWithoutRenderNodeCannotGiveOne() {
        assertPlan(plan(twoNodes(), guest().canShowRenderNode(), ADD_RENDER_NODE))
                .is(Outcome.IGNORED)
                .mainlyBecause(Code.NO_RENDER_NODE);
        assertPlan(plan(twoNodes(), withRenderNode(D128), REQUIRED))
                .is(Outcome.REFUSED)
                .mainlyBecause(Code.NO_RENDER_NODE);
    }

    @Test
    void aVirtualGpuIsOnItsParentsNode() {
        UUID uuid = UUID.randomUUID();
        Hosts host = twoNodes().vfioGpu("0000:41:00.0", 1).mdev(uuid, "0000:41:00.0");
        assertPlan(plan(host, withMdev(uuid, "0000:41:00.0").running(8, 0)))
                .is(Outcome.DEFERRED)
                .on(1)
                .everythingPinnedTo(CPUS_1)
                .memory(preferred(1), MemoryWhen.NEXT_START)
                .because(Code.MEMORY_TOO_MUCH_TO_MOVE);
    }

    @Test
    void aBmcIsNoGpuToChoose() {
        Hosts host = twoNodes().bmc("0000:03:00.0", 0);
        assertPlan(plan(host, withDisplay())).is(Outcome.IGNORED).mainlyBecause(Code.NO_RENDER_NODE);
    }
}
