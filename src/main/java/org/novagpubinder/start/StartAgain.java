package org.novagpubinder.start;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.definition.Holdings;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/**
 * Whether a start of a running guest would give the same guest again: all is there that it needs, and nothing was plugged in
 * or out, or changed, in the running domain alone.
 */
public record StartAgain(StartNeeds needs, DomainXml xml) {
    @Inject
    public StartAgain {}

    /**
     * Why it would not, or that nobody can tell; empty if it would.
     *
     * @throws LibvirtFailure of kind CONNECTION or NO_DOMAIN
     */
    public Optional<Reason> forbids(Libvirt on, UUID uuid) throws LibvirtFailure {
        return StartNeeds.known(() -> {
            String definition = on.inactiveXml(uuid);
            Optional<Reason> missing = needs.missing(on, definition);
            // the running domain last: it changes sooner than what its start needs
            return missing.isPresent() ? missing : changed(on, uuid, definition);
        });
    }

    /** The same of what changes from one moment to the next: that the running domain is another than its definition. */
    public Optional<Reason> changed(Libvirt on, UUID uuid) throws LibvirtFailure {
        return StartNeeds.known(() -> changed(on, uuid, on.inactiveXml(uuid)), StartAgain::unknown);
    }

    private Optional<Reason> changed(Libvirt on, UUID uuid, String definition) throws LibvirtFailure {
        return StartNeeds.known(
                () -> changed(xml.holdings(on.liveXml(uuid)), xml.holdings(definition)), StartAgain::unknown);
    }

    private static Optional<Reason> unknown(String why) {
        return because("whether it was changed while it runs is not known: " + why);
    }

    /** What a restart would take from it, or give back to it, though nobody wants that. */
    private static Optional<Reason> changed(Holdings live, Holdings defined) {
        List<String> lost = live.beyond(defined);
        List<String> back = defined.beyond(live);
        return lost.isEmpty() && back.isEmpty()
                ? Optional.empty()
                : because("it was changed while it runs, and a restart would undo that:"
                        + words(" it lacks ", back)
                        + (lost.isEmpty() || back.isEmpty() ? "" : " and")
                        + words(" it has ", lost)
                        + ", other than in its definition");
    }

    private static String words(String first, List<String> things) {
        return things.isEmpty() ? "" : first + String.join(", ", things);
    }

    private static Optional<Reason> because(String text) {
        return Code.RESTART_NOT_ALLOWED.because(text);
    }
}
