package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Observer;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.restarts.RestartFailures;

/** Takes the mark of a restart off a domain that runs: the restart is over, and its daemon may have ended before it. */
public record MarkSettler(Observer observer, RestartRecords restarts, RestartFailures failures) {
    @Inject
    public MarkSettler {}

    /** The domain as it is without the mark; empty if libvirt does not have it. */
    public Optional<Observation> settled(UUID uuid) throws LibvirtFailure, InvalidDomainXml {
        Optional<Observation> looked = observer.observe(uuid);
        return looked.isPresent() && settle(looked.get()) ? observer.observe(uuid) : looked;
    }

    private boolean settle(Observation o) throws LibvirtFailure {
        boolean settled = restarts.settle(o);
        if (settled && o.record() != null && o.record().outcome() == Outcome.FAILED) {
            // its daemon ended on the way back
            failures.failed(
                    o.domain().uuid(),
                    o.domain().name(),
                    "it was found on its former definition, with its restart's mark");
        }
        return settled;
    }
}
