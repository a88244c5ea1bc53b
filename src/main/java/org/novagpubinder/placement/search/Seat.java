package org.novagpubinder.placement.search;

import java.util.Comparator;
import org.novagpubinder.placement.model.Room;
import org.novagpubinder.placement.search.Weighed.Option;

/**
 * A node as a place for a guest's cell, seen from the GPUs of an option.
 *
 * @param room the node
 * @param distance from the nearest of the GPUs' nodes
 * @param away 1 if it is on another socket than all of them, else 0
 */
record Seat(Room room, int distance, int away) {
    static final Comparator<Seat> BY_DISTANCE =
            Comparator.comparingInt(Seat::distance).thenComparingInt(Seat::node);
    static final Comparator<Seat> NEAREST = Comparator.comparingInt(Seat::away).thenComparing(BY_DISTANCE);

    static Seat of(Situation s, Option option, Room room) {
        return new Seat(
                room,
                Weighed.distance(s, option.home(), room.node()),
                Weighed.onAnotherSocket(s, option.home(), room.node()) ? 1 : 0);
    }

    int node() {
        return room.node();
    }
}
