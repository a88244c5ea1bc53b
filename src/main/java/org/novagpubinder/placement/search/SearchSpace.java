package org.novagpubinder.placement.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.NodeCapacity;
import org.novagpubinder.placement.search.NodeSetCandidate.Option;

/**
 * What one option's sets of nodes are built from, in a form in which thousands of sets are compared in a millisecond: the
 * nodes that are in every set, those of the GPUs' sockets ({@code near}) and those of other sockets ({@code away}), nearest
 * first. Its bounds look at one kind of resource at a time, and so are rather too hopeful: they never cut off what fits.
 */
final class SearchSpace {
    /** Above what rounding takes away from a load, a sum of shares: neither a bound nor an exact fit may be lost to it. */
    static final double ROUNDING = 1e-6;

    private final Option option;
    private final List<FreeNode> held;
    private final NodeGroup near;
    private final NodeGroup away;
    private final double[] needs;

    private SearchSpace(Option option, List<FreeNode> held, NodeGroup near, NodeGroup away, double[] needs) {
        this.option = option;
        this.held = held;
        this.near = near;
        this.away = away;
        this.needs = needs;
    }

    /** A node; {@code offers} is what it adds to a set at most: CPUs, vCPUs that they still take, memory by size of a page. */
    static final class FreeNode {
        final NodeCapacity room;
        final int distance;
        private final double[] offers;

        private FreeNode(PlanningContext s, Option option, NodeCapacity room) {
            this.room = room;
            this.distance = NodeSetCandidate.distance(s, option.home(), room.node());
            this.offers = new double[2 + s.usableNodes().needKiB().size()];
            int cpus = room.cpus().size();
            offers[0] = cpus;
            offers[1] = Math.max(0, cpus * s.limits().cpuAllocationRatio() - room.load()) + ROUNDING;
            int kind = 2;
            for (long pageKiB : s.usableNodes().needKiB().keySet()) {
                offers[kind++] = s.usableNodes().freeKiB(room.memoryNode(), pageKiB);
            }
        }

        double cpus() {
            return offers[0];
        }
    }

    /** Nodes, nearest first, and what the best of those from each on offers. */
    static final class NodeGroup {
        final List<FreeNode> spots;
        private final double[][] mostFrom;
        private final double[] leastLoadFrom;

        private NodeGroup(List<FreeNode> spots, int kinds) {
            this.spots = spots;
            this.mostFrom = new double[spots.size() + 1][kinds];
            this.leastLoadFrom = new double[spots.size() + 1];
            leastLoadFrom[spots.size()] = Double.MAX_VALUE;
            for (int i = spots.size() - 1; i >= 0; i--) {
                FreeNode spot = spots.get(i);
                leastLoadFrom[i] = Math.min(leastLoadFrom[i + 1], spot.room.load());
                for (int kind = 0; kind < kinds; kind++) {
                    mostFrom[i][kind] = Math.max(mostFrom[i + 1][kind], spot.offers[kind]);
                }
            }
        }

        /** The distance of the next {@code count} nodes together. */
        int distance(int from, int count) {
            int sum = 0;
            for (int i = from; i < from + count; i++) {
                sum += spots.get(i).distance;
            }
            return sum;
        }
    }

    static SearchSpace of(PlanningContext s, Option option) {
        IdSet homes = option.home().intersect(s.usableNodes().nodes());
        List<FreeNode> held = new ArrayList<>();
        List<FreeNode> near = new ArrayList<>();
        List<FreeNode> away = new ArrayList<>();
        for (NodeCapacity room : s.usableNodes().usable()) {
            FreeNode spot = new FreeNode(s, option, room);
            if (homes.size() > 1 && homes.contains(room.node())) {
                held.add(spot);
            } else if (NodeSetCandidate.onAnotherSocket(s, option.home(), room.node())) {
                away.add(spot);
            } else {
                near.add(spot);
            }
        }
        Comparator<FreeNode> nearest = Comparator.<FreeNode>comparingInt(spot -> spot.distance)
                .thenComparingDouble(spot -> spot.room.load() / spot.cpus());
        near.sort(nearest);
        away.sort(nearest);
        double[] needs = needs(s);
        return new SearchSpace(
                option, held, new NodeGroup(near, needs.length), new NodeGroup(away, needs.length), needs);
    }

    private static double[] needs(PlanningContext s) {
        double[] needs = new double[2 + s.usableNodes().needKiB().size()];
        needs[0] = s.guest().currentVcpus();
        needs[1] = s.guest().currentVcpus();
        int kind = 2;
        for (long kib : s.usableNodes().needKiB().values()) {
            needs[kind++] = kib;
        }
        return needs;
    }

    Option option() {
        return option;
    }

    /** The nodes that are in every set: those of GPUs on several nodes, for the guest may use all of them. */
    List<FreeNode> held() {
        return held;
    }

    /** The other nodes of the GPUs' sockets. */
    NodeGroup near() {
        return near;
    }

    /** The nodes of other sockets. */
    NodeGroup away() {
        return away;
    }

    /** All nodes that are not in every set. */
    List<FreeNode> nearestFirst() {
        List<FreeNode> all = new ArrayList<>(near.spots);
        all.addAll(away.spots);
        return all;
    }

    /** Whether the nodes that have been drawn and so many more of those that are left could add up to what is needed. */
    boolean maySuffice(List<FreeNode> drawn, int nearFrom, int nearMore, int awayFrom, int awayMore) {
        for (int kind = 0; kind < needs.length; kind++) {
            double most = nearMore * near.mostFrom[nearFrom][kind] + awayMore * away.mostFrom[awayFrom][kind];
            for (int i = 0; i < drawn.size(); i++) {
                most += drawn.get(i).offers[kind];
            }
            if (most < needs[kind]) {
                return false;
            }
        }
        return true;
    }

    /** The least load a CPU that a set can have with the nodes drawn and so many more. */
    double leastLoadPerCpu(List<FreeNode> drawn, int nearFrom, int nearMore, int awayFrom, int awayMore) {
        double load = nearMore * near.leastLoadFrom[nearFrom] + awayMore * away.leastLoadFrom[awayFrom];
        double cpus = nearMore * near.mostFrom[nearFrom][0] + awayMore * away.mostFrom[awayFrom][0];
        for (int i = 0; i < drawn.size(); i++) {
            load += drawn.get(i).room.load();
            cpus += drawn.get(i).cpus();
        }
        return load / cpus - ROUNDING;
    }
}
