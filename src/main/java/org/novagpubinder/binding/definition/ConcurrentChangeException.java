package org.novagpubinder.binding.definition;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.placement.model.Reason;

/** Somebody else is at work on the domain, most likely Nova: what was begun is left, and done at the next event or sweep. */
public final class ConcurrentChangeException extends Exception {
    private final transient Reason reason;
    private final Left left;
    private final @Nullable String refused;

    /** How the guest was left by a restart. */
    public enum Left {
        /** It was not stopped. */
        UNTOUCHED,
        /** It runs, and may still go off by our call that was not answered. */
        MAY_GO_OFF,
        /** It was stopped, and Nova has begun what starts it, or wants it off. */
        TO_NOVA
    }

    /** @param reason what was met, before anything was stopped */
    public ConcurrentChangeException(Reason reason) {
        this(reason, Left.UNTOUCHED);
    }

    public ConcurrentChangeException(Reason reason, Left left) {
        this(reason, left, null);
    }

    private ConcurrentChangeException(Reason reason, Left left, @Nullable String refused) {
        super(reason.text());
        this.reason = reason;
        this.left = left;
        this.refused = refused;
    }

    /** The same of a guest whose new definition libvirt or QEMU had refused before. */
    public ConcurrentChangeException refused(String why) {
        return new ConcurrentChangeException(reason, left, why);
    }

    /** Why the guest did not start with its new definition; empty if that was not refused. */
    public Optional<String> refused() {
        return Optional.ofNullable(refused);
    }

    public Left left() {
        return left;
    }

    public Reason reason() {
        return reason;
    }
}
