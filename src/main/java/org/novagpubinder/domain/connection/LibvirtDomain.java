package org.novagpubinder.domain.connection;

import com.sun.jna.Pointer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.libvirt.jna.DomainPointer;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;

/** A domain while a call holds it. */
final class LibvirtDomain {
    private final LibvirtSession session;
    private final DomainPointer pointer;
    private final String name;
    private final UUID uuid;

    private LibvirtDomain(LibvirtSession session, DomainPointer pointer) {
        this.session = session;
        this.pointer = pointer;
        String known = session.library().extra().virDomainGetName(pointer);
        this.name = known == null ? "" : known;
        this.uuid = LibvirtCalls.uuid(session.library(), pointer);
    }

    /** What is done with a domain. */
    interface Action<T> {
        T on(LibvirtDomain domain) throws LibvirtFailure;
    }

    /**
     * Does something with a domain that was looked up, and frees it.
     *
     * @param found null if the look-up failed
     * @param otherwise what to say then
     */
    static <T> T use(LibvirtSession session, @Nullable DomainPointer found, String otherwise, Action<T> action)
            throws LibvirtFailure {
        if (found == null) {
            throw session.library().lastError(otherwise, session::alive);
        }
        try {
            return action.on(new LibvirtDomain(session, found));
        } finally {
            session.library().vir().virDomainFree(found);
        }
    }

    LibvirtSession session() {
        return session;
    }

    LibvirtLibrary library() {
        return session.library();
    }

    DomainPointer pointer() {
        return pointer;
    }

    String name() {
        return name;
    }

    UUID uuid() {
        return uuid;
    }

    boolean active() throws LibvirtFailure {
        return check("cannot ask whether it runs", library().vir().virDomainIsActive(pointer)) == 1;
    }

    boolean persistent() throws LibvirtFailure {
        return check("cannot ask whether it is persistent", library().vir().virDomainIsPersistent(pointer)) == 1;
    }

    /** Its XML (virDomainXMLFlags). */
    String xml(int flags) throws LibvirtFailure {
        Pointer text = library().extra().virDomainGetXMLDesc(pointer, flags);
        if (text == null) {
            throw failure("cannot read the XML");
        }
        return LibvirtCalls.take(text);
    }

    /** The result of a libvirt call, unless it is negative. */
    int check(String doing, int result) throws LibvirtFailure {
        if (result < 0) {
            throw failure(doing);
        }
        return result;
    }

    /** What libvirt says about the call that just failed. */
    LibvirtFailure failure(String doing) {
        return library().lastError(about(doing), session::alive);
    }

    /** A refusal of our own. */
    LibvirtFailure refused(String doing, String why) {
        return new LibvirtFailure(Kind.REFUSED, 0, about(doing) + ": " + why);
    }

    /** Asks libvirt nothing: that would wipe the error that is about to be reported. */
    private String about(String doing) {
        return doing + " (domain " + name + ", " + uuid + ")";
    }
}
