package org.novagpubinder.domain.connection;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;
import org.novagpubinder.domain.libvirt.DomainName;
import org.novagpubinder.domain.libvirt.DomainStand;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt.WhyOff;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.record.BindingRecord;

/** A domain that was looked up, or that an event has told of; it has to be freed. */
record LibvirtDomain(LibvirtSession session, DomainPointer pointer, String name, UUID uuid) {
    /** @param pointer which is this object's from now on */
    LibvirtDomain(LibvirtSession session, DomainPointer pointer) {
        this(
                session,
                pointer,
                session.library().name(pointer),
                session.library().uuid(pointer));
    }

    interface Action<T> {
        T on(LibvirtDomain domain) throws LibvirtFailure;
    }

    /**
     * The domain that a call of libvirt's has returned.
     *
     * @param found null if the call failed
     * @param otherwise what to say then
     */
    static LibvirtDomain of(LibvirtSession session, @Nullable DomainPointer found, String otherwise)
            throws LibvirtFailure {
        if (found == null) {
            throw session.library().lastError(otherwise, session::alive);
        }
        return new LibvirtDomain(session, found);
    }

    static LibvirtDomain lookUp(LibvirtSession session, ConnectionPointer connection, UUID uuid) throws LibvirtFailure {
        return of(
                session,
                session.library().extra().virDomainLookupByUUIDString(connection, uuid.toString()),
                "no domain " + uuid);
    }

    static LibvirtDomain lookUp(LibvirtSession session, ConnectionPointer connection, String name)
            throws LibvirtFailure {
        return of(session, session.library().extra().virDomainLookupByName(connection, name), "no domain " + name);
    }

    /** What virConnectListAllDomains gives, copied and freed. */
    static List<DomainName> list(LibvirtSession session, ConnectionPointer connection, int flags)
            throws LibvirtFailure {
        LibvirtLibrary library = session.library();
        PointerByReference array = new PointerByReference();
        int count = library.extra().virConnectListAllDomains(connection, array, flags);
        if (count < 0) {
            throw library.lastError("cannot list the domains", session::alive);
        }
        Pointer domains = array.getValue();
        List<DomainName> found = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            DomainPointer domain = new DomainPointer(domains.getPointer((long) i * Native.POINTER_SIZE));
            boolean active = library.vir().virDomainGetID(domain) >= 0;
            found.add(new DomainName(library.uuid(domain), library.name(domain), active));
            library.vir().virDomainFree(domain);
        }
        if (domains != null) {
            Native.free(Pointer.nativeValue(domains));
        }
        return found;
    }

    /** Does something with the domain, and holds it for the next call; after a failure it is looked up anew. */
    <T> T use(Action<T> action) throws LibvirtFailure {
        boolean done = false;
        try {
            T result = action.on(this);
            done = true;
            return result;
        } finally {
            if (done) {
                session.held().put(this);
            } else {
                free();
            }
        }
    }

    void free() {
        library().vir().virDomainFree(pointer);
    }

    LibvirtLibrary library() {
        return session.library();
    }

    /** Whether it ran when it was looked up: the ID is of that moment, and costs no round trip. */
    boolean activeWhenLookedUp() {
        return library().vir().virDomainGetID(pointer) >= 0;
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
        return LibvirtLibrary.take(text);
    }

    String definition(int flags) throws LibvirtFailure {
        if (!persistent()) {
            throw refused("cannot read the definition", "the domain is transient and has none");
        }
        return xml(flags);
    }

    DomainSummary summary() throws LibvirtFailure {
        return new DomainSummary(uuid, name, activeWhenLookedUp(), persistent());
    }

    /** One call fewer than both: whether it is persistent is asked once. */
    DomainStand stand() throws LibvirtFailure {
        return new DomainStand(
                activeWhenLookedUp(), persistent() ? xml(VirExtra.XML_INACTIVE | VirExtra.XML_SECURE) : null);
    }

    WhyOff whyOff() throws LibvirtFailure {
        IntByReference state = new IntByReference();
        IntByReference reason = new IntByReference();
        check("cannot ask for the state", library().extra().virDomainGetState(pointer, state, reason, 0));
        return state.getValue() == VirExtra.STATE_SHUTOFF
                ? switch (reason.getValue()) {
                    case VirExtra.SHUTOFF_UNKNOWN -> WhyOff.UNKNOWN;
                    case VirExtra.SHUTOFF_SHUTDOWN -> WhyOff.SHUT_DOWN;
                    case VirExtra.SHUTOFF_MIGRATED -> WhyOff.MIGRATED;
                    case VirExtra.SHUTOFF_SAVED -> WhyOff.SAVED;
                    default -> WhyOff.STOPPED;
                }
                : WhyOff.RUNS;
    }

    int setRecord(@Nullable String element, int flags) throws LibvirtFailure {
        return check(
                "cannot write the record",
                library()
                        .extra()
                        .virDomainSetMetadata(
                                pointer,
                                VirExtra.METADATA_ELEMENT,
                                element,
                                BindingRecord.PREFIX,
                                BindingRecord.NAMESPACE,
                                flags));
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

    LibvirtFailure refused(String doing, String why) {
        return new LibvirtFailure(Kind.REFUSED, 0, about(doing) + ": " + why);
    }

    /** Asks libvirt nothing: that would wipe the error that is about to be reported. */
    private String about(String doing) {
        return doing + " (domain " + name + ", " + uuid + ")";
    }
}
