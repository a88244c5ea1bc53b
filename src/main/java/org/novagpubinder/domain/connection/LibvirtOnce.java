package org.novagpubinder.domain.connection;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.libvirt.jna.Libvirt.VirConnectCloseFunc;
import org.libvirt.jna.Libvirt.VirConnectDomainEventCallback;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtErrors;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlDocuments;

/** A connection for one command: opened, used, closed, never made again. */
public final class LibvirtOnce implements AutoCloseable {
    // native code may hold on to these two
    private final VirConnectCloseFunc onClose = (connection, reason, opaque) -> {};
    private final VirConnectDomainEventCallback onEvent = (connection, domain, type, detail, opaque) -> 0;
    private final LibvirtSession session;
    private final Libvirt calls;

    private LibvirtOnce(LibvirtSession session) {
        this.session = session;
        this.calls = new LibvirtCalls(() -> session, new DomainXml());
    }

    /**
     * Connects.
     *
     * @param uri libvirt's, e.g. qemu:///system
     * @param timeout how long to wait for libvirtd's answer
     * @throws LibvirtFailure of kind CONNECTION if libvirtd cannot be reached, of kind ERROR if libvirt is not installed
     */
    public static LibvirtOnce open(String uri, Duration timeout) throws LibvirtFailure {
        LibvirtLibrary library = LibvirtLibrary.load();
        EventLoop.ofTheProcess().acquire(library);
        SessionOpener opener = new SessionOpener(library, uri);
        boolean open = false;
        try {
            LibvirtOnce once = new LibvirtOnce(opener.open(timeout));
            open = true;
            return once;
        } catch (InterruptedException e) {
            throw LibvirtSession.interrupted("connecting to libvirt");
        } finally {
            if (!open) {
                opener.abandon();
                EventLoop.ofTheProcess().release();
            }
        }
    }

    /** The URI without a password, for people. */
    public static String shown(String uri) {
        return LibvirtSession.shown(uri);
    }

    public Libvirt calls() {
        return calls;
    }

    /** The version of the libvirtd at the other end, e.g. 9.0.0. */
    public String version() throws LibvirtFailure {
        LibvirtLibrary library = session.library();
        return session.call(connection -> {
            LongByReference version = new LongByReference();
            if (library.vir().virConnectGetLibVersion(connection, version) < 0) {
                throw library.lastError("cannot ask libvirt for its version", session::alive);
            }
            long v = version.getValue();
            return v / 1_000_000 + "." + v / 1_000 % 1_000 + "." + v % 1_000;
        });
    }

    /** The kinds of {@code <graphics>} that libvirt says its QEMU offers to domains. */
    public Set<String> graphics() throws LibvirtFailure {
        LibvirtLibrary library = session.library();
        String capabilities = session.call(connection -> {
            Pointer xml = library.extra().virConnectGetDomainCapabilities(connection, null, null, null, null, 0);
            if (xml == null) {
                throw library.lastError("cannot ask libvirt for the domain capabilities", session::alive);
            }
            return LibvirtLibrary.take(xml);
        });
        try {
            return XmlDocuments.parse(capabilities).all("devices", "graphics", "enum").stream()
                    .filter(e -> e.has("name", "type"))
                    .flatMap(e -> e.all("value").stream())
                    .map(v -> v.text().strip())
                    .collect(Collectors.toSet());
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(Kind.ERROR, 0, "libvirt's domain capabilities cannot be read: " + e.getMessage());
        }
    }

    /**
     * Whether domains may be changed over this connection: libvirt looks at that before it reads a definition, and this one
     * cannot be read (libvirt-domain.c:virDomainDefineXML).
     */
    public boolean writable() throws LibvirtFailure {
        try {
            calls.define("<check/>");
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.CONNECTION) {
                throw e;
            }
            return e.code() != LibvirtErrors.OPERATION_DENIED;
        }
        throw new IllegalStateException("libvirt has defined what is no domain");
    }

    /**
     * Asks libvirt to tell of domains' lives, and takes that back.
     *
     * @throws LibvirtFailure if it cannot
     */
    public void tryEvents() throws LibvirtFailure {
        session.unregister(onClose, session.register(onClose, onEvent));
    }

    @Override
    public void close() {
        session.close();
        EventLoop.ofTheProcess().release();
    }
}
