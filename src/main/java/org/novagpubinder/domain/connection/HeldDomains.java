package org.novagpubinder.domain.connection;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The domains of the last calls and events, held so that the next call on such a one needs no look-up, which is a round trip
 * of its own. libvirt's pointer to a domain carries its UUID and its name and nothing that changes but its ID: one that is
 * gone meanwhile says so itself, and one that was defined anew is the same.
 */
final class HeldDomains {
    private static final int MOST = 16;

    private final Map<UUID, LibvirtDomain> held = new LinkedHashMap<>();
    private boolean closed;

    /** The domain, which is the caller's alone until it is put back or freed; null if none is held. */
    synchronized @Nullable LibvirtDomain take(UUID uuid) {
        return held.remove(uuid);
    }

    /** Holds it for the next call; the caller does not use it any more. */
    synchronized void put(LibvirtDomain domain) {
        if (closed) {
            domain.free();
            return;
        }
        LibvirtDomain former = held.put(domain.uuid(), domain);
        if (former != null) {
            former.free();
        }
        Iterator<LibvirtDomain> oldest = held.values().iterator();
        if (held.size() > MOST) {
            oldest.next().free();
            oldest.remove();
        }
    }

    /** Lets all go; none is held any more. */
    synchronized void close() {
        closed = true;
        held.values().forEach(LibvirtDomain::free);
        held.clear();
    }
}
