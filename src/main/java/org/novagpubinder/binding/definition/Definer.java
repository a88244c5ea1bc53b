package org.novagpubinder.binding.definition;

import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainStand;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.libvirt.LibvirtHold;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/**
 * Changes the definition of a domain beside Nova, who may change it in the same moment: libvirt has no compare-and-swap. So
 * the definition is fetched once more as the last call before the define, and if it is not, byte for byte, what the edit was
 * made on, the edit is made anew on what is there. Afterwards it is read back. What is left is the time from libvirt's answer
 * to its taking our define in: what somebody defines or attaches within it is lost, and a domain that is stopped and
 * undefined within it (both) comes back.
 */
public record Definer(Libvirt libvirt, DomainXml xml) {
    /** A definition that changes each time that it is looked at is somebody else's for now. */
    private static final int TRIES = 5;

    @Inject
    public Definer {}

    /** What becomes of a definition; may be asked several times, each time with what is there then. */
    @FunctionalInterface
    public interface Change {
        /**
         * The new definition.
         *
         * @param definition the one that is there, with secrets
         * @throws ConcurrentChangeException if it is no longer one that may be changed
         */
        String of(String definition) throws InvalidDomainXml, ConcurrentChangeException;
    }

    /**
     * Changes the definition, if the domain still is as it was looked at.
     *
     * @param running whether it ran then
     * @return what was defined, with secrets
     * @throws ConcurrentChangeException if it is not so any more, or if Nova has defined it right afterwards
     * @throws LibvirtFailure of kind NO_DOMAIN if it was deleted
     */
    public String change(UUID uuid, boolean running, Change change)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        try (LibvirtHold lane = libvirt.lane()) {
            return change(lane.calls(), uuid, running, change);
        }
    }

    /** The same over a way to libvirt that is held already. */
    public String change(Libvirt held, UUID uuid, boolean running, Change change)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        String there = held.draftXml(uuid);
        for (int i = 0; i < TRIES; i++) {
            String wanted = edited(held, uuid, running, change, there);
            String now = standing(held, uuid, running);
            if (now.equals(there)) {
                held.define(wanted);
                if (!holds(held, uuid, wanted)) {
                    throw changed("Nova has defined it in the same moment: its definition stays");
                }
                return wanted;
            }
            there = now;
        }
        throw changed("its definition is being changed by somebody else; left to them");
    }

    private static String edited(Libvirt held, UUID uuid, boolean running, Change change, String there)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        try {
            return change.of(there);
        } catch (ConcurrentChangeException e) {
            // that it was stopped, or is transient at the moment, says more than that its definition is another
            standing(held, uuid, running);
            throw e;
        }
    }

    /** The definition, with secrets, of a domain that stands as it was looked at. */
    private static String standing(Libvirt held, UUID uuid, boolean running)
            throws LibvirtFailure, ConcurrentChangeException {
        DomainStand now =
                held.stand(uuid).orElseThrow(() -> new LibvirtFailure(Kind.NO_DOMAIN, 0, "it was deleted meanwhile"));
        if (now.definition() == null) {
            throw new ConcurrentChangeException(new Reason(
                    Code.TRANSIENT, "the domain is transient at the moment, as in a live snapshot: not defined now"));
        }
        if (now.active() != running) {
            throw changed("it was " + (running ? "stopped" : "started") + " meanwhile by somebody else; left to them");
        }
        return now.definition();
    }

    /** What was looked at is not there any more. */
    public static ConcurrentChangeException changed() {
        return changed("its definition was changed meanwhile by somebody else; left to them");
    }

    /** Whether the definition is what was written, and nobody has written another since. */
    private boolean holds(Libvirt held, UUID uuid, String wrote) throws LibvirtFailure, InvalidDomainXml {
        DomainDefinition ours = xml.read(wrote);
        DomainDefinition now;
        try {
            now = xml.read(held.inactiveXml(uuid));
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.REFUSED) {
                // transient: undefined since
                return false;
            }
            throw e;
        }
        Optional<BindingRecord> wanted = RecordXml.found(ours.record());
        return wanted.isPresent()
                ? RecordXml.found(now.record())
                        .filter(r -> Records.sameWriting(r, wanted.get()))
                        .isPresent()
                : now.tuning().equals(ours.tuning());
    }

    public static ConcurrentChangeException changed(String text) {
        return new ConcurrentChangeException(new Reason(Code.NOVA_CHANGED_IT, text));
    }
}
