package org.novagpubinder.bench;

import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One plan on a machine of 256 CPUs, 16 nodes and 16 GPUs. */
@State(Scope.Benchmark)
public class PlanBenchmark {
    private static final Limits LIMITS = new Limits(null, 4.0, Hosts.GIB, Hosts.GIB);
    private static final Policy POLICY = new Policy(PolicyMode.PREFERRED, false);

    private final Planner planner = new Planner();
    private final HostTopology host = PlanCases.host();

    /** What the guest asks for and finds. */
    @Param({
        "pci beside its GPU",
        "pci GPU's node full",
        "pci needs 2 nodes",
        "pci needs 4 nodes",
        "pci needs 8 nodes",
        "pci in 4 cells",
        "pci a GPU in each of 4 cells",
        "pci host full",
        "render beside its GPU",
        "render GPU's node full",
        "render needs 8 nodes",
        "render in 4 cells",
        "render host full"
    })
    public String asked = "";

    private Guest guest = Guests.guest().build();
    private Occupancy others = Occupancy.NONE;

    /** Checks that the plan is the one that is to be measured. */
    @Setup
    public void setUp() {
        PlanCases.Case c = PlanCases.of(asked);
        guest = c.guest();
        others = c.others();
        Plan plan = plan();
        if (plan.outcome() != (c.nodes() > 0 ? Outcome.DEFERRED : Outcome.MISALIGNED)
                || plan.nodes().size() != c.nodes()) {
            throw new IllegalStateException(asked + " is not what is measured: " + plan.outcome() + " on nodes " + plan.nodes());
        }
    }

    @Benchmark
    public Plan plan() {
        return planner.plan(host, guest, others, POLICY, LIMITS);
    }
}
