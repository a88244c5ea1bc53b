package org.novagpubinder.domain.definition;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.VideoState;
import org.novagpubinder.placement.model.Tuning;

/**
 * A change of a domain XML: everything that {@link Tuning} covers becomes what {@code tuning} says, the rest stays.
 *
 * @param tuning what pins, memory placement and render node are to be; parts that are null or absent are taken out
 * @param display whether a display for the render node is added or one that we had added is taken out
 * @param record our metadata element as XML text; null takes it out
 * @param video what the video is to say of 3D once our display is taken out. Means nothing otherwise
 */
public record DomainEdit(
        Tuning tuning, DisplayChange display, @Nullable String record, VideoState video) {
    /** An edit that takes no display out, or one that came with its acceleration. */
    public DomainEdit(Tuning tuning, DisplayChange display, @Nullable String record) {
        this(tuning, display, record, VideoState.NONE);
    }

    /**
     * Takes a binding off: what it set becomes what stood there before, and what somebody else has changed since stays.
     *
     * @param now the tuning of the XML that is edited
     * @param newRecord our metadata element afterwards; null without
     */
    public static DomainEdit undoing(BindingRecord binding, Tuning now, @Nullable String newRecord) {
        return new DomainEdit(
                now.undone(binding.set(), binding.before()),
                binding.displayAdded() ? DisplayChange.REMOVE : DisplayChange.KEEP,
                newRecord,
                binding.videoBefore());
    }

    /** What happens to the display with GL. */
    public enum DisplayChange {
        /** It stays as it is, but for its render node. */
        KEEP,
        /** An egl-headless display and {@code accel3d='yes'} of the virtio video are added. */
        ADD,
        /** The egl-headless display that we added is taken out, and accel3d becomes what it was. */
        REMOVE
    }
}
