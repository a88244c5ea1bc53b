package org.novagpubinder.domain.connection;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;

/**
 * A connection for one guest, opened before it is stopped, so that its start waits for nobody. If it is lost, because libvirtd
 * has ended or hangs, the next call opens another.
 */
final class OwnConnection implements CallWay.Source {
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(5);

    private final SessionOpener opener;
    private final Libvirt calls;
    private @Nullable LibvirtSession current;

    private OwnConnection(SessionOpener opener, DomainXml xml) {
        this.opener = opener;
        this.calls = new LibvirtCalls(this, xml);
    }

    static OwnConnection like(LibvirtSession other, DomainXml xml) throws LibvirtFailure {
        OwnConnection own = new OwnConnection(new SessionOpener(other.library(), other.uri()), xml);
        try {
            own.session();
        } catch (LibvirtFailure e) {
            // it may open yet
            own.close();
            throw e;
        }
        return own;
    }

    Libvirt calls() {
        return calls;
    }

    @Override
    public LibvirtSession session() throws LibvirtFailure {
        LibvirtSession session = current;
        if (session != null && session.alive()) {
            return session;
        }
        if (session != null) {
            current = null;
            session.close();
        }
        try {
            session = opener.open(OPEN_TIMEOUT);
        } catch (InterruptedException e) {
            throw LibvirtSession.interrupted("connecting to libvirt");
        }
        current = session;
        return session;
    }

    void close() {
        LibvirtSession session = current;
        current = null;
        if (session == null) {
            opener.abandon();
        } else {
            session.close();
        }
    }
}
