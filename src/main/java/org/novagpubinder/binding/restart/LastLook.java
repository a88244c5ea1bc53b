package org.novagpubinder.binding.restart;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.placement.model.Reason;

/** What a guest and Nova are doing, in the moment. */
public interface LastLook {
    /**
     * What was looked at so long ago is looked at again before the guest is stopped: it may have gone on. Longer only for a host
     * whose CPUs are emulated, where all goes on as much slower.
     */
    Duration FRESH = Duration.ofMillis(Long.getLong("nova-gpu-binder.fresh_ms", 200));

    /** What a start needs, files, devices and networks, does not go on as a guest does, and is slow to look at. */
    Duration NEEDS_FRESH = FRESH.multipliedBy(10);

    int LOOKS = 10;

    /**
     * Why it must not be stopped now; empty if it may.
     *
     * @param held to look by
     */
    Optional<Reason> forbids(Libvirt held) throws LibvirtFailure;

    /**
     * What its start would lack now; empty if nothing. Asked first: it is the longest look.
     *
     * @param held to look by
     */
    default Optional<Reason> lacks(Libvirt held) throws LibvirtFailure {
        return Optional.empty();
    }

    /** Why it is not known what Nova has begun; empty if it is. Asked next: it may take seconds. */
    default Optional<Reason> unread() {
        return Optional.empty();
    }

    /** Why it must not be started any more once it was stopped: Nova has taken it over. Empty if it must. */
    default Optional<Reason> takenOver() {
        return Optional.empty();
    }

    /** One look; empty if it forbids nothing. */
    @FunctionalInterface
    interface Look {
        Optional<Reason> forbids(Libvirt held) throws LibvirtFailure;
    }

    /** The same without another look. */
    default void allows(Libvirt held, InstantSource time) throws LibvirtFailure, ConcurrentChangeException {
        allows(held, time, look -> Optional.empty());
    }

    /**
     * Looks until it has looked fast enough.
     *
     * @param held to look by
     * @param besides what is looked at in the moment as well
     * @throws ConcurrentChangeException if the guest must not be stopped
     */
    default void allows(Libvirt held, InstantSource time, Look besides)
            throws LibvirtFailure, ConcurrentChangeException {
        for (int i = 0; i < LOOKS; i++) {
            Instant needsLooked = time.instant();
            giveWay(lacks(held));
            giveWay(unread());
            if (Duration.between(needsLooked, time.instant()).compareTo(NEEDS_FRESH) > 0) {
                // else a broker that is slow each time would let it go stale each time
                needsLooked = time.instant();
                giveWay(lacks(held));
            }
            Instant began = time.instant();
            giveWay(besides.forbids(held));
            giveWay(forbids(held));
            Instant now = time.instant();
            if (Duration.between(began, now).compareTo(FRESH) <= 0
                    && Duration.between(needsLooked, now).compareTo(NEEDS_FRESH) <= 0) {
                return;
            }
        }
        throw new ConcurrentChangeException(new Reason(
                Reason.Code.RESTART_NOT_ALLOWED,
                "libvirt or /proc answers too slowly: what was seen of the guest is too old to stop it by"));
    }

    private static void giveWay(Optional<Reason> why) throws ConcurrentChangeException {
        if (why.isPresent()) {
            throw new ConcurrentChangeException(why.get());
        }
    }
}
