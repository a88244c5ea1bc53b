package org.novagpubinder.placement.random;

import static org.novagpubinder.testing.Hosts.GIB;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.HugePages;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.MemoryFacts;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Tuning;

/**
 * A random machine with a random guest, others on it, and a policy: everything that a real one could be, and worse.
 *
 * @param base the guest's tuning as it was before the binder touched it
 */
public record RandomCase(HostTopology host, Guest guest, Occupancy others, Policy policy, Limits limits, Tuning base) {
    private static final List<Double> RATIOS = List.of(1.0, 1.5, 4.0, 4.0, 16.0);

    static RandomCase of(long seed) {
        Random r = new Random(seed);
        // the first numbers of neighbouring seeds are alike
        r.nextLong();
        HostTopology host = RandomHost.of(r);
        Guest guest = RandomGuest.of(r, host);
        RandomCase c =
                new RandomCase(host, guest, others(r, host), policy(r), limits(r, host.onlineCpus()), guest.tuning());
        if (guest.placed() || r.nextInt(3) > 0) {
            return c;
        }
        // bound by an earlier plan, when the others, the policy or the limits were others
        RandomCase former = With.with(c, "others", others(r, host));
        former = r.nextInt(3) == 0
                ? former
                : With.with(
                        former,
                        "policy",
                        new Policy(PolicyMode.PREFERRED, c.policy().addRenderNode()));
        former = r.nextInt(4) > 0 ? former : With.with(former, "limits", limits(r, host.onlineCpus()));
        Plan earlier = former.plan();
        Guest.@Nullable Running running = guest.running();
        if (running != null && earlier.addDisplay()) {
            running = new Guest.Running(running.residentKiB(), earlier.target().renderNode(), MemoryFacts.NONE);
        }
        return earlier.changes() ? c.with(bound(guest, earlier, running)) : c;
    }

    private static Policy policy(Random r) {
        PolicyMode mode =
                switch (r.nextInt(10)) {
                    case 0 -> PolicyMode.OFF;
                    case 1 -> PolicyMode.REPORT;
                    case 2, 3 -> PolicyMode.REQUIRED;
                    default -> PolicyMode.PREFERRED;
                };
        return new Policy(mode, r.nextInt(3) == 0);
    }

    private static Limits limits(Random r, IdSet online) {
        IdSet some = IdSet.of(online.union(IdSet.of(299)).stream().filter(cpu -> r.nextInt(4) > 0));
        return new Limits(
                r.nextInt(4) > 0 ? null : some,
                RATIOS.get(r.nextInt(RATIOS.size())),
                r.nextInt(3) * GIB,
                r.nextInt(5) * GIB);
    }

    private static Occupancy others(Random r, HostTopology host) {
        Map<PciAddress, Integer> users = new HashMap<>();
        host.gpus().forEach(g -> users.put(g.physical(), r.nextInt(3)));
        Map<Integer, Double> load = new HashMap<>();
        Map<Integer, Long> claimed = new HashMap<>();
        Map<Integer, Map<Long, Long>> huge = new HashMap<>();
        boolean busy = r.nextInt(4) == 0;
        host.nodes().forEach(n -> {
            load.put(n.id(), busy ? r.nextInt(24) / 2.0 : r.nextInt(3));
            claimed.put(n.id(), r.nextInt(busy ? 8 : 2) * GIB);
            for (HugePages p : n.hugePages()) {
                if (r.nextInt(3) == 0) {
                    huge.computeIfAbsent(n.id(), x -> new HashMap<>()).put(p.sizeKiB(), r.nextInt(6) * GIB);
                }
            }
        });
        return new Occupancy(users, load, claimed, huge);
    }

    public Plan plan() {
        return new Planner().plan(host, guest, others, policy, limits);
    }

    public Plan planWithoutRestart() {
        return new Planner().planWithoutRestart(host, guest, others, policy, limits);
    }

    /** The terms of the rules. */
    public Terms terms() {
        return new Terms(this);
    }

    /** The rules, for checking the plan. */
    public BruteForce rules() {
        return new BruteForce(this, true);
    }

    /** The same with policy preferred instead of report, which plans the same but shows no target. */
    public RandomCase acting() {
        return policy.mode() == PolicyMode.REPORT
                ? With.with(this, "policy", With.with(policy, "mode", PolicyMode.PREFERRED))
                : this;
    }

    /** Whether a cell has no vCPUs: its node shows in no pin. */
    public boolean hasCellWithoutVcpus() {
        return guest.cells().stream().anyMatch(cell -> cell.vcpus().isEmpty());
    }

    public RandomCase with(Guest other) {
        return With.with(this, "guest", other);
    }

    /** The same once the plan is carried out and the guest is off. */
    public RandomCase boundAndOff(Plan plan) {
        return with(bound(guest, plan, null));
    }

    /** The same once the plan is carried out and the guest was started with it: its memory is where it belongs. */
    public RandomCase boundAndStarted(Plan plan) {
        Started started = new Started(this);
        Map<Long, Long> rest = new HashMap<>(terms().memory());
        for (GuestCell cell : guest.cells()) {
            MemoryPlacement memnode = plan.target().memnodes().get(cell.id());
            if (memnode != null) {
                started.touch(memnode.nodeset(), cell.hugePageKiB(), cell.memoryKiB());
                rest.merge(cell.hugePageKiB(), -cell.memoryKiB(), Long::sum);
            }
        }
        MemoryPlacement memory = plan.target().memory();
        IdSet nodes = memory != null ? memory.nodeset() : terms().memoryNodes(plan.nodes());
        rest.forEach((page, kib) -> started.touch(nodes, page, kib));
        boolean display = plan.addDisplay() || guest.gpus().stream().anyMatch(g -> g.kind() == GpuUse.Kind.RENDER_NODE);
        String open = display ? plan.target().renderNode() : null;
        return With.with(
                with(bound(guest, plan, new Guest.Running(started.residentKiB(), open, MemoryFacts.NONE))),
                "host",
                started.host());
    }

    private static Guest bound(Guest guest, Plan plan, Guest.@Nullable Running running) {
        List<GpuUse> gpus = new ArrayList<>(guest.gpus());
        if (plan.addDisplay()) {
            gpus.add(new GpuUse(GpuUse.Kind.RENDER_NODE, null, plan.target().renderNode()));
        }
        Guest bound = With.with(guest, "gpus", gpus);
        bound = With.with(bound, "canShowRenderNode", guest.canShowRenderNode() && !plan.addDisplay());
        bound = With.with(bound, "tuning", plan.target());
        bound = With.with(bound, "ours", plan.ours());
        return With.with(bound, "running", running);
    }

    /** The same host with one GPU more. */
    public RandomCase withGpu(Gpu gpu) {
        List<Gpu> gpus = new ArrayList<>(host.gpus());
        gpus.add(gpu);
        Map<PciAddress, Integer> pciNodes = new HashMap<>(host.pciNodes());
        gpu.node().ifPresent(n -> pciNodes.put(gpu.address(), n));
        return With.with(this, "host", With.with(With.with(host, "gpus", gpus), "pciNodes", pciNodes));
    }
}
