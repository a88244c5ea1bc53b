package org.novagpubinder.placement.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Room;
import org.novagpubinder.placement.search.Weighed.Option;

/**
 * What one option's sets of nodes are built from, in a form in which thousands of sets are compared in a millisecond: the
 * nodes that are in every set, those of the GPUs' sockets ({@code near}) and those of other sockets ({@code away}), nearest
 * first. Its bounds look at one kind of resource at a time, and so are rather too hopeful: they never cut off what fits.
 */
final class Field {
    /** Above what rounding may take away: a bound must never cut off a set that fits. */
    private static final double ROUNDING = 1e-6;

    private final Option option;
    private final List<Spot> held;
    private final Side near;
    private final Side away;
    private final double[] needs;

    private Field(Option option, List<Spot> held, Side near, Side away, double[] needs) {
        this.option = option;
        this.held = held;
        this.near = near;
        this.away = away;
        this.needs = needs;
    }

    /** A node; {@code offers} is what it adds to a set at most: CPUs, vCPUs that they still take, memory by size of a page. */
    static final class Spot {
        final Room room;
        final int distance;
        private final double[] offers;

        private Spot(Situation s, Option option, Room room) {
            this.room = room;
            this.distance = Weighed.distance(s, option.home(), room.node());
            this.offers = new double[2 + s.rooms().needKiB().size()];
            int cpus = room.cpus().size();
            offers[0] = cpus;
            offers[1] = Math.max(0, cpus * s.limits().cpuAllocationRatio() - room.load()) + ROUNDING;
            int kind = 2;
            for (long pageKiB : s.rooms().needKiB().keySet()) {
                offers[kind++] = s.rooms().freeKiB(room.memoryNode(), pageKiB);
            }
        }

        double cpus() {
            return offers[0];
        }
    }

    /** Nodes, nearest first, and what the best of those from each on offers. */
    static final class Side {
        final List<Spot> spots;
        private final double[][] mostFrom;
        private final double[] leastLoadFrom;

        private Side(List<Spot> spots, int kinds) {
            this.spots = spots;
            this.mostFrom = new double[spots.size() + 1][kinds];
            this.leastLoadFrom = new double[spots.size() + 1];
            leastLoadFrom[spots.size()] = Double.MAX_VALUE;
            for (int i = spots.size() - 1; i >= 0; i--) {
                Spot spot = spots.get(i);
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

    static Field of(Situation s, Option option) {
        IdSet homes = option.home().intersect(s.rooms().nodes());
        List<Spot> held = new ArrayList<>();
        List<Spot> near = new ArrayList<>();
        List<Spot> away = new ArrayList<>();
        for (Room room : s.rooms().usable()) {
            Spot spot = new Spot(s, option, room);
            if (homes.size() > 1 && homes.contains(room.node())) {
                held.add(spot);
            } else if (Weighed.onAnotherSocket(s, option.home(), room.node())) {
                away.add(spot);
            } else {
                near.add(spot);
            }
        }
        Comparator<Spot> nearest = Comparator.<Spot>comparingInt(spot -> spot.distance)
                .thenComparingDouble(spot -> spot.room.load() / spot.cpus())
                .thenComparingInt(spot -> spot.room.node());
        near.sort(nearest);
        away.sort(nearest);
        double[] needs = needs(s);
        return new Field(option, held, new Side(near, needs.length), new Side(away, needs.length), needs);
    }

    private static double[] needs(Situation s) {
        double[] needs = new double[2 + s.rooms().needKiB().size()];
        needs[0] = s.guest().currentVcpus();
        needs[1] = s.guest().currentVcpus();
        int kind = 2;
        for (long kib : s.rooms().needKiB().values()) {
            needs[kind++] = kib;
        }
        return needs;
    }

    Option option() {
        return option;
    }

    /** The nodes that are in every set: those of GPUs on several nodes, for the guest may use all of them. */
    List<Spot> held() {
        return held;
    }

    /** The other nodes of the GPUs' sockets. */
    Side near() {
        return near;
    }

    /** The nodes of other sockets. */
    Side away() {
        return away;
    }

    /** All nodes that are not in every set. */
    List<Spot> nearestFirst() {
        List<Spot> all = new ArrayList<>(near.spots);
        all.addAll(away.spots);
        return all;
    }

    /** Whether the nodes that have been drawn and so many more of those that are left could add up to what is needed. */
    boolean maySuffice(List<Spot> drawn, int nearFrom, int nearMore, int awayFrom, int awayMore) {
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
    double leastLoadPerCpu(List<Spot> drawn, int nearFrom, int nearMore, int awayFrom, int awayMore) {
        double load = 0;
        double cpus = nearMore * near.mostFrom[nearFrom][0] + awayMore * away.mostFrom[awayFrom][0];
        for (int i = 0; i < drawn.size(); i++) {
            load += drawn.get(i).room.load();
            cpus += drawn.get(i).cpus();
        }
        load += nearMore == 0 ? 0 : nearMore * near.leastLoadFrom[nearFrom];
        load += awayMore == 0 ? 0 : awayMore * away.leastLoadFrom[awayFrom];
        return cpus == 0 ? 0 : load / cpus - ROUNDING;
    }
}
