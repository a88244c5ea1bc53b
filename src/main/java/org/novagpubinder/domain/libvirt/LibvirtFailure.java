package org.novagpubinder.domain.libvirt;

import java.util.Optional;

/** A libvirt call that failed: an expected event, with a policy for each {@link Kind}. */
public final class LibvirtFailure extends Exception {
    private final Kind kind;
    private final int code;
    private final String text;
    private final String remedy;

    /**
     * @param kind what can be done about it
     * @param code libvirt's virErrorNumber, or 0 if libvirt told none
     * @param message what failed, on which domain, and libvirt's own words
     */
    public LibvirtFailure(Kind kind, int code, String message) {
        this(kind, code, message, "");
    }

    /**
     * One that an operator can mend; the message tells both.
     *
     * @param text what failed, and libvirt's own words
     * @param remedy what to do; empty if that is not known
     */
    public LibvirtFailure(Kind kind, int code, String text, String remedy) {
        super(text);
        this.kind = kind;
        this.code = code;
        this.text = text;
        this.remedy = remedy;
    }

    @Override
    public String getMessage() {
        return remedy.isEmpty() ? text : text + "; " + remedy;
    }

    /** What failed, without what to do. */
    public String text() {
        return text;
    }

    /** What to do; empty if that is not known. */
    public String remedy() {
        return remedy;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the domain or the connection is gone: that says nothing of a domain that is there. */
    public boolean gone() {
        return kind == Kind.NO_DOMAIN || kind == Kind.CONNECTION;
    }

    /** Throws it, unless it says that the domain is gone. */
    public void throwUnlessDeleted() throws LibvirtFailure {
        if (kind != Kind.NO_DOMAIN) {
            throw this;
        }
    }

    /** Throws it, unless libvirt has refused what was asked: then nothing but that is known to be wrong. */
    public void throwUnlessRefused() throws LibvirtFailure {
        if (gone() || kind == Kind.BUSY) {
            throw this;
        }
    }

    /**
     * What to tell of one domain among many, which must not hide the others; empty if it is gone.
     *
     * @throws LibvirtFailure this one, if the connection is: then there are no others
     */
    public Optional<String> ofOneAmongMany() throws LibvirtFailure {
        if (kind == Kind.CONNECTION) {
            throw this;
        }
        return kind == Kind.NO_DOMAIN ? Optional.empty() : Optional.of(getMessage());
    }

    /** libvirt's virErrorNumber; 0 if it told none. */
    public int code() {
        return code;
    }

    /** What can be done about a failure. */
    public enum Kind {
        /** The domain is gone (VIR_ERR_NO_DOMAIN): forget it. */
        NO_DOMAIN,
        /** The connection is lost or cannot be made: wait for the next one, then reconcile. */
        CONNECTION,
        /** Another job holds the domain (VIR_ERR_OPERATION_TIMEOUT): try again later. */
        BUSY,
        /** libvirt refuses this on this domain in this state (VIR_ERR_OPERATION_INVALID, CONFIG_UNSUPPORTED): defer. */
        REFUSED,
        /** Anything else: give back. */
        ERROR
    }
}
