package org.novagpubinder.binding;

import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.domain.BindingRecord;
import org.novagpubinder.domain.DomainDefinition;
import org.novagpubinder.domain.DomainSummary;
import org.novagpubinder.domain.DomainXml;
import org.novagpubinder.domain.InvalidDomainXml;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.domain.LibvirtFailure.Kind;
import org.novagpubinder.domain.RecordXml;
import org.novagpubinder.placement.Reason;
import org.novagpubinder.placement.Reason.Code;

/**
 * Defines a domain beside Nova, who may define it in the same moment: libvirt has no compare-and-swap. So the domain is
 * looked up right before, and read back right after. What is left is one round trip to libvirt, a few tenths of a
 * millisecond: a definition that Nova writes within it is lost, and a domain that is stopped and undefined within it (both)
 * comes back.
 */
final class Definer {
    private final Libvirt libvirt;
    private final DomainXml xml;

    @Inject
    Definer(Libvirt libvirt, DomainXml xml) {
        this.libvirt = libvirt;
        this.xml = xml;
    }

    /** The same for a guest that is off, see {@link Libvirt#urgent}. */
    Definer urgent() {
        return new Definer(libvirt.urgent(), xml);
    }

    /**
     * Defines the domain if it still is there as it was looked at.
     *
     * @param running whether it ran then
     * @throws GaveWay if it is not so any more, or if Nova has defined it right afterwards
     * @throws LibvirtFailure of kind NO_DOMAIN if it was deleted
     */
    void define(UUID uuid, String wanted, boolean running) throws LibvirtFailure, InvalidDomainXml, GaveWay {
        DomainSummary now =
                libvirt.find(uuid).orElseThrow(() -> new LibvirtFailure(Kind.NO_DOMAIN, 0, "it was deleted meanwhile"));
        if (!now.persistent()) {
            throw new GaveWay(new Reason(
                    Code.TRANSIENT, "the domain is transient at the moment, as in a live snapshot: not defined now"));
        }
        if (now.active() != running) {
            throw changed("it was " + (running ? "stopped" : "started") + " meanwhile by somebody else; left to them");
        }
        libvirt.define(wanted);
        if (!holds(uuid, wanted)) {
            throw changed("Nova has defined it in the same moment: her definition stays");
        }
    }

    /** Whether the definition is what was written, and nobody has written another since. */
    boolean holds(UUID uuid, String wrote) throws LibvirtFailure, InvalidDomainXml {
        DomainDefinition ours = xml.read(wrote);
        DomainDefinition now;
        try {
            now = xml.read(libvirt.inactiveXml(uuid));
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.REFUSED) {
                // transient: undefined since
                return false;
            }
            throw e;
        }
        Optional<BindingRecord> wanted = record(ours);
        return wanted.isPresent()
                ? record(now).filter(r -> Records.sameWriting(r, wanted.get())).isPresent()
                : now.tuning().equals(ours.tuning());
    }

    private static Optional<BindingRecord> record(DomainDefinition d) {
        return Optional.ofNullable(d.record())
                .flatMap(text -> RecordXml.read(text).found());
    }

    static GaveWay changed(String text) {
        return new GaveWay(new Reason(Code.NOVA_CHANGED_IT, text));
    }
}
