package org.novagpubinder.domain;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.placement.Tuning;

/**
 * A change of a domain XML: everything that {@link Tuning} covers becomes what {@code tuning} says, the rest stays.
 *
 * @param tuning what pins, memory placement and render node are to be; parts that are null or absent are taken out
 * @param display whether a display for the render node is added or one that we had added is taken out
 * @param record our metadata element as XML text; null takes it out
 */
public record DomainEdit(
        Tuning tuning, DisplayChange display, @Nullable String record) {

    /** What happens to the display with GL. */
    public enum DisplayChange {
        /** It stays as it is, but for its render node. */
        KEEP,
        /** An egl-headless display and {@code accel3d='yes'} of the virtio video are added. */
        ADD,
        /** The egl-headless display that we added, and accel3d, are taken out. */
        REMOVE
    }
}
