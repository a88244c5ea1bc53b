package org.novagpubinder.domain.connection;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.libvirt.jna.DomainPointer;

/**
 * Domains that events have told of, held so that the next call on such a one needs no look-up: between Nova's define and
 * Nova's start each round trip counts. A domain that is gone meanwhile says so itself.
 */
final class ToldDomains {
    private static final int MOST = 16;

    private final LibvirtLibrary library;
    private final Map<UUID, DomainPointer> held = new LinkedHashMap<>();
    private boolean closed;

    ToldDomains(LibvirtLibrary library) {
        this.library = library;
    }

    /** @param domain libvirt's, which is freed when the event's callback returns: a reference of our own is taken */
    synchronized void hold(UUID uuid, DomainPointer domain) {
        if (closed || library.extra().virDomainRef(domain) < 0) {
            return;
        }
        free(held.put(uuid, domain));
        Iterator<DomainPointer> oldest = held.values().iterator();
        if (held.size() > MOST) {
            free(oldest.next());
            oldest.remove();
        }
    }

    /** The domain, for the caller to free; null if none is held. */
    synchronized @Nullable DomainPointer take(UUID uuid) {
        return held.remove(uuid);
    }

    /** Lets all go; none is held any more. */
    synchronized void close() {
        closed = true;
        held.values().forEach(this::free);
        held.clear();
    }

    private void free(@Nullable DomainPointer domain) {
        if (domain != null) {
            library.vir().virDomainFree(domain);
        }
    }
}
