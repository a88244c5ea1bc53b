package org.novagpubinder.picture.svg;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.Node;

/**
 * A row of the picture, from left to right: a node, the guests on it, its GPUs.
 *
 * @param kind what it is the row of
 * @param node its node; null unless it is a node's
 * @param y its upper edge
 * @param height from there to its lower edge
 * @param others the guests that there is no room for, told of together; null if none
 */
record Band(
        Kind kind,
        @Nullable Node node,
        double y,
        double height,
        List<Seat<DomainStatus>> guests,
        @Nullable Seat<List<DomainStatus>> others,
        List<Seat<Gpu>> gpus) {

    enum Kind {
        NODE,
        /** GPUs whose node nobody knows. */
        UNKNOWN_NODE,
        /** Guests whose vCPUs may run on several nodes. */
        SEVERAL_NODES,
        /** Guests that do not run. */
        OFF
    }

    record Seat<T>(T what, double x, double y, double width, double height) {
        double middle() {
            return y + height / 2;
        }

        double right() {
            return x + width;
        }

        double bottom() {
            return y + height;
        }
    }

    /** Whether there is nothing in it but what one line tells of its node. */
    boolean collapsed() {
        return height <= Columns.COLLAPSED;
    }
}
