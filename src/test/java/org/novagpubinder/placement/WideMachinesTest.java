package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.PlanAssert.assertPlan;
import static org.novagpubinder.placement.Planning.*;
import static org.novagpubinder.testing.Guests.withDisplay;
import static org.novagpubinder.testing.Guests.withPci;
import static org.novagpubinder.testing.Hosts.host;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.testing.Hosts;

/** Machines with more sets of nodes than are looked at: what cannot be the best has to be seen before it is built. */
class WideMachinesTest {
    private static final String GPU = "0000:41:00.0";

    /** Nodes of 8 CPUs on one socket. */
    private static Hosts nodes(int count) {
        Hosts host = host();
        for (int n = 0; n < count; n++) {
            host.node(n, 8 * n + "-" + (8 * n + 7), 16).socket(0, n);
        }
        return host;
    }

    /** 48 of them with a GPU each, of which the last has the lowest address. */
    private static Hosts manyGpus() {
        Hosts host = nodes(48);
        for (int n = 0; n < 48; n++) {
            host.gpu("0000:%02x:00.0".formatted(64 - n), n, "/dev/dri/renderD" + (128 + n));
        }
        return host;
    }

    private static Occupancy loads(int count, IntToDoubleFunction load) {
        Map<Integer, Double> loads = new HashMap<>();
        for (int n = 0; n < count; n++) {
            loads.put(n, load.applyAsDouble(n));
        }
        return new Occupancy(Map.of(), loads, Map.of(), Map.of());
    }

    @Test
    void theOnlyThreeNodesWithRoomAreFoundThoughTheyAreTheFarthest() {
        Hosts host = nodes(20).vfioGpu(GPU, 0);
        for (int n = 1; n < 20; n++) {
            host.distance(0, n, 20 + n);
        }
        assertPlan(plan(host, withPci(GPU).size(24, 8), loads(20, n -> n < 17 ? 31.9 : 22)))
                .on(17, 18, 19);
    }

    @Test
    void theGpuWithTheNearestNeighboursIsFoundThoughItIsTheLast() {
        Hosts host = manyGpus();
        for (int a = 0; a < 48; a++) {
            for (int b = a + 1; b < 48; b++) {
                host.distance(a, b, 20 + b - a);
            }
        }
        host.distance(45, 47, 12).distance(46, 47, 11);
        assertPlan(plan(host, withDisplay().size(24, 8))).on(45, 46, 47).renderNode("/dev/dri/renderD175");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theIdlestOfPlacesAsFarIsFoundThoughItIsTheLast(boolean oneSocket) {
        Hosts host = manyGpus();
        for (int n = 0; n < 48 && !oneSocket; n++) {
            host.socket(n, n);
        }
        assertPlan(plan(host, withDisplay().size(24, 8), loads(48, n -> (50 - n) / 4.0)))
                .on(45, 46, 47)
                .renderNode("/dev/dri/renderD175");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void ofSetsAsGoodTheOneOfTheLowerNumbersIsTakenThoughItIsFoundLater(int socket) {
        Hosts host = host().node(0, "0-7", 16)
                .node(1, "8-15", 16)
                .node(2, "16-23", 16)
                .node(3, "24-25", 16)
                .node(4, "26-39", 16)
                .socket(socket, 1, 2, 3, 4)
                .distance(0, 3, 12)
                .distance(0, 4, 30)
                .vfioGpu(GPU, 0);
        double[] load = {0.5, 0.5, 0.5, 0.125, 0.875};
        assertPlan(plan(host, withPci(GPU).size(24, 8), loads(5, n -> load[n]))).on(0, 1, 2);
    }

    @Test
    void aMachineWithManyNodesIsPlannedForABigGuest() {
        Hosts host = host();
        for (int n = 0; n < 32; n++) {
            host.node(n, 4 * n + "-" + (4 * n + 3), 16);
        }
        host.distance(9, 20, 11).distance(9, 4, 12).vfioGpu(GPU, 9);
        Plan plan = plan(host, withPci(GPU).size(50, 64));
        assertThat(plan.nodes().size()).isEqualTo(13);
        assertThat(plan.nodes().containsAll(IdSet.of(4, 9, 20))).isTrue();
    }

    /** Nodes with CPUs beside nodes with memory: each kind promises what no small set of both holds. */
    @Test
    void whereTheSearchIsTooLongTheNearestNodesThatAreEnoughAreTaken() {
        Hosts host = host();
        for (int n = 0; n < 16; n++) {
            String cpus = n % 2 == 0 ? 8 * n + "-" + (8 * n + 7) : Integer.toString(8 * n);
            host.node(n, cpus, n % 2 == 0 ? 2 : 17)
                    .socket(0, n)
                    .gpu("0000:%02x:00.0".formatted(n), n, "/dev/dri/renderD" + (128 + n));
        }
        assertPlan(plan(host, withDisplay().size(56, 112), users("0000:00:00.0", 1)))
                .on(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
                .renderNode(D129);
    }
}
