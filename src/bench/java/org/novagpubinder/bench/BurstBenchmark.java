package org.novagpubinder.bench;

import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Allocation;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** 64 guests that come at once are planned one after the other for a host of 8 nodes and 8 GPUs, which they fill. */
@State(Scope.Benchmark)
public class BurstBenchmark {
    private static final Limits LIMITS = new Limits(null, 4.0, Hosts.GIB, Hosts.GIB);
    private static final Policy POLICY = new Policy(PolicyMode.PREFERRED, false);

    private final Planner planner = new Planner();
    private final HostTopology host = host();
    private final Guest guest = Guests.withDisplay().size(8, 8).build();

    @Benchmark
    public Occupancy of64Guests() {
        Occupancy others = Occupancy.NONE;
        for (int i = 0; i < 64; i++) {
            Plan plan = planner.plan(host, guest, others, POLICY, LIMITS);
            others = others.plus(host, Allocation.of(host, guest, plan));
        }
        return others;
    }

    private static HostTopology host() {
        Hosts host = Hosts.host();
        for (int node = 0; node < 8; node++) {
            host.node(node, IdSet.range(node * 16, node * 16 + 15).toString(), 72)
                    .socket(node / 4, node)
                    .gpu("0000:%02x:00.0".formatted(0x20 + node), node, "/dev/dri/renderD" + (128 + node));
        }
        return host.build();
    }
}
