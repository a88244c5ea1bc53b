package org.novagpubinder.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.Weighed.Option;

/**
 * What one option's sets of nodes are built from.
 *
 * @param option the GPU side of it
 * @param held the nodes that are in every set: those of GPUs on several nodes, for the guest may use all of them
 * @param near the other nodes of the GPUs' sockets, nearest first
 * @param away the nodes of other sockets, nearest first
 * @param needs what a set has to add up to: CPUs, vCPUs that they still take, memory by size of a page
 */
record Field(Option option, List<Spot> held, List<Spot> near, List<Spot> away, List<Double> needs) {
    /** Above what rounding may take away: a bound must never cut off a set that fits. */
    private static final double ROUNDING = 1e-6;

    /**
     * A node.
     *
     * @param distance from the nearest of the GPUs' nodes
     * @param offers what it adds to a set at most, in the order of {@link Field#needs}
     */
    record Spot(Room room, int distance, List<Double> offers) {}

    static Field of(Situation s, Option option) {
        IdSet homes = option.home().intersect(s.rooms().nodes());
        List<Spot> held = new ArrayList<>();
        List<Spot> near = new ArrayList<>();
        List<Spot> away = new ArrayList<>();
        for (Room room : s.rooms().usable()) {
            Spot spot = new Spot(room, Weighed.distance(s, option.home(), room.node()), offers(s, room));
            if (homes.size() > 1 && homes.contains(room.node())) {
                held.add(spot);
            } else if (Weighed.onAnotherSocket(s, option.home(), room.node())) {
                away.add(spot);
            } else {
                near.add(spot);
            }
        }
        Comparator<Spot> nearest = Comparator.comparingInt(Spot::distance)
                .thenComparingDouble(
                        spot -> spot.room().load() / spot.room().cpus().size())
                .thenComparingInt(spot -> spot.room().node());
        near.sort(nearest);
        away.sort(nearest);
        return new Field(option, held, near, away, needs(s));
    }

    private static List<Double> offers(Situation s, Room room) {
        List<Double> offers = new ArrayList<>();
        int cpus = room.cpus().size();
        offers.add((double) cpus);
        offers.add(Math.max(0, cpus * s.limits().cpuAllocationRatio() - room.load()) + ROUNDING);
        s.rooms()
                .needKiB()
                .keySet()
                .forEach(size -> offers.add((double) s.rooms().freeKiB(room.memoryNode(), size)));
        return offers;
    }

    private static List<Double> needs(Situation s) {
        List<Double> needs = new ArrayList<>();
        needs.add((double) s.guest().currentVcpus());
        needs.add((double) s.guest().currentVcpus());
        s.rooms().needKiB().values().forEach(kib -> needs.add((double) kib));
        return needs;
    }

    /** Whether the nodes that have been drawn and so many more of those that are left could add up to what is needed. */
    boolean maySuffice(List<Spot> drawn, int nearFrom, int nearMore, int awayFrom, int awayMore) {
        for (int kind = 0; kind < needs.size(); kind++) {
            double most = nearMore * most(near, nearFrom, kind) + awayMore * most(away, awayFrom, kind);
            for (Spot spot : drawn) {
                most += spot.offers().get(kind);
            }
            if (most < needs.get(kind)) {
                return false;
            }
        }
        return true;
    }

    private static double most(List<Spot> spots, int from, int kind) {
        double most = 0;
        for (int i = from; i < spots.size(); i++) {
            most = Math.max(most, spots.get(i).offers().get(kind));
        }
        return most;
    }
}
