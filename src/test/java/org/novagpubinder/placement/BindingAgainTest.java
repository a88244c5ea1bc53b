package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.random.ForAll.forAll;
import static org.novagpubinder.testing.Hosts.GIB;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.NodeSource;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.Allocation;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.placement.random.BruteForce;
import org.novagpubinder.placement.random.RandomCase;

/** What comes after a plan, on random cases: it is looked at again, it is released, the host gets another GPU. */
class BindingAgainTest {
    @Test
    void aBoundGuestIsFoundBound() {
        forAll(c -> {
            Plan first = c.plan();
            // what it frees where it was can be counted only afterwards, if its pages are of several sizes
            boolean told = c.terms().memory().size() == 1;
            // one that stayed where memory was short may be found to have room once its own memory can be counted
            boolean memoryShort = first.reasons().stream()
                    .anyMatch(r -> r.code() == Reason.Code.MEMORY_FULL || r.code() == Reason.Code.HUGE_PAGES_SHORT);
            boolean remote = first.reasons().get(0).code() == Reason.Code.REMOTE;
            if (first.changes() && told && !(memoryShort && remote)) {
                assertFoundBound(c.boundAndStarted(first), first);
                if (c.guest().running() == null) {
                    assertFoundBound(c.boundAndOff(first), first);
                }
            }
        });
    }

    private static void assertFoundBound(RandomCase bound, Plan first) {
        Plan second = bound.plan();
        assertThat(second.outcome()).as("%s", second).isIn(Outcome.ALIGNED, Outcome.MISALIGNED);
        assertThat(second.nodes()).as("%s", second).isEqualTo(first.nodes());
        assertThat(second.target()).as("%s", second).isEqualTo(first.target());
        assertThat(second.ours()).as("%s", second).isEqualTo(first.ours());
        assertThat(second.needsStart()).as("%s", second).isFalse();
        assertThat(second.memoryWhen()).as("%s", second).isIn(Plan.MemoryWhen.UNCHANGED, Plan.MemoryWhen.NEXT_START);
    }

    /** As the record has it: what was set, and what stood there before. */
    @Test
    void releasingAfterBindingGivesBackTheOriginal() {
        forAll(c -> {
            Plan plan = c.plan();
            if (plan.changes()) {
                Tuning defined = c.base().with(plan.ours());
                assertThat(defined.undone(plan.ours(), c.base().only(plan.ours())))
                        .isEqualTo(c.base());
                assertThat(defined).isEqualTo(plan.target());
            }
        });
    }

    @Test
    void oneMoreFreeGpuNeverMakesAPlanWorse() {
        forAll(any -> {
            RandomCase c = any.acting();
            Plan before = c.plan();
            List<Node> nodes =
                    c.host().nodes().stream().filter(n -> !n.cpus().isEmpty()).toList();
            if (!nodes.isEmpty()) {
                Node node = nodes.get((int) (c.guest().memoryKiB() / GIB % nodes.size()));
                compare(c, before, c.withGpu(gpu(node, "/dev/dri/renderD190")), true);
                compare(c, before, c.withGpu(gpu(node, null)), false);
            }
        });
    }

    private static Gpu gpu(Node node, String renderNode) {
        return new Gpu(
                PciAddress.parse("0000:f0:00.0"),
                "1002",
                "740f",
                "038000",
                "amdgpu",
                node.id(),
                NodeSource.NUMA_NODE,
                renderNode,
                true,
                null,
                null,
                null);
    }

    private static void compare(RandomCase c, Plan before, RandomCase more, boolean renderNode) {
        Plan after = more.plan();
        boolean fixed = c.guest().gpus().stream().anyMatch(u -> u.kind() != GpuUse.Kind.RENDER_NODE);
        boolean wantsRenderNode = c.policy().addRenderNode()
                || c.guest().gpus().stream().anyMatch(u -> u.kind() == GpuUse.Kind.RENDER_NODE);
        if (!renderNode || !wantsRenderNode) {
            assertThat(after.nodes()).as("%s\n%s", before, after).isEqualTo(before.nodes());
            assertThat(after.outcome()).as("%s\n%s", before, after).isEqualTo(before.outcome());
        }
        if (!renderNode) {
            assertThat(after.ours()).as("%s\n%s", before, after).isEqualTo(before.ours());
            return;
        }
        // a first render node may be a remote one, which is better than none
        boolean first = before.reasons().stream()
                .anyMatch(r -> r.code() == Reason.Code.NO_RENDER_NODE || r.code() == Reason.Code.NODE_UNKNOWN);
        if (fixed && first) {
            return;
        }
        assertThat(rank(after.outcome())).as("%s\n%s", before, after).isLessThanOrEqualTo(rank(before.outcome()));
        if (c.rules().choosesNodes()
                && !fixed
                && before.changes()
                && after.changes()
                && BestPlaceTest.cpus(c.guest().ours()).isEmpty()
                && c.guest().cells().size() < 2) {
            BruteForce rules = more.rules();
            assertThat(cost(rules, after)).as("%s\n%s", before, after).isLessThanOrEqualTo(cost(rules, before));
        }
    }

    private static BruteForce.Cost cost(BruteForce rules, Plan plan) {
        String path = plan.target().renderNode();
        BruteForce.Option option = rules.options().stream()
                .filter(o -> path != null && path.equals(o.renderNode()))
                .findFirst()
                .orElseThrow();
        return rules.cost(option, plan.nodes());
    }

    private static int rank(Outcome outcome) {
        return switch (outcome) {
            case BOUND, ALIGNED, OFF, DEFERRED -> 0;
            case MISALIGNED -> 1;
            case REFUSED, IGNORED, FAILED -> 2;
        };
    }

    /** 64 guests of 8 vCPUs on a host for just so many. */
    @Test
    void aBurstIsSpreadEvenlyOverGpusAndNodes() {
        var host = org.novagpubinder.testing.Hosts.host();
        for (int node = 0; node < 8; node++) {
            host.node(node, IdSet.range(node * 16, node * 16 + 15).toString(), 72)
                    .socket(node / 4, node)
                    .gpu("0000:%02x:00.0".formatted(0x20 + node), node, "/dev/dri/renderD" + (128 + node));
        }
        var topology = host.build();
        Guest guest = org.novagpubinder.testing.Guests.withDisplay().size(8, 8).build();
        Occupancy others = Occupancy.NONE;
        for (int i = 0; i < 64; i++) {
            Plan plan = new Planner().plan(topology, guest, others, Planning.PREFERRED, Planning.LIMITS);
            assertThat(plan.outcome()).isEqualTo(Outcome.DEFERRED);
            others = others.plus(topology, Allocation.of(topology, guest, plan));
        }
        assertThat(others.gpuUsers()).hasSize(8).allSatisfy((gpu, users) -> assertThat(users)
                .isEqualTo(8));
        assertThat(others.vcpuLoad()).hasSize(8).allSatisfy((node, load) -> assertThat(load)
                .isEqualTo(64.0));
        assertThat(others.claimedKiB()).hasSize(8).allSatisfy((node, kib) -> assertThat(kib)
                .isEqualTo(64 << 20));
        Plan oneTooMany = new Planner().plan(topology, guest, others, Planning.PREFERRED, Planning.LIMITS);
        assertThat(oneTooMany.outcome()).isEqualTo(Outcome.MISALIGNED);
        assertThat(oneTooMany.changes()).isFalse();
    }
}
