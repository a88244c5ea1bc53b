package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.definition.Holdings;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/**
 * What a restart would take from a guest, or give back to it, though nobody wants that: what was plugged in or out, or changed,
 * in the running domain alone.
 */
final class LiveChanges {
    private final DomainXml xml;

    @Inject
    LiveChanges(DomainXml xml) {
        this.xml = xml;
    }

    /** Why the running guest is another than its definition; empty if it is the same. */
    Optional<Reason> of(Libvirt on, UUID uuid) throws LibvirtFailure {
        try {
            Holdings live = xml.holdings(on.liveXml(uuid));
            Holdings defined = xml.holdings(on.inactiveXml(uuid));
            List<String> lost = live.beyond(defined);
            List<String> back = defined.beyond(live);
            return lost.isEmpty() && back.isEmpty()
                    ? Optional.empty()
                    : because("it was changed while it runs, and a restart would undo that:"
                            + words(" it lacks ", back)
                            + (lost.isEmpty() || back.isEmpty() ? "" : " and")
                            + words(" it has ", lost)
                            + ", other than in its definition");
        } catch (InvalidDomainXml e) {
            return because("whether it was changed while it runs is not known: " + e.getMessage());
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.CONNECTION || e.kind() == Kind.NO_DOMAIN) {
                throw e;
            }
            return because("whether it was changed while it runs is not known: " + e.getMessage());
        }
    }

    private static String words(String first, List<String> things) {
        return things.isEmpty() ? "" : first + String.join(", ", things);
    }

    private static Optional<Reason> because(String text) {
        return Optional.of(new Reason(Code.RESTART_NOT_ALLOWED, text));
    }
}
