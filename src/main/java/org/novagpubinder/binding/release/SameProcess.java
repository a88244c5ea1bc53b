package org.novagpubinder.binding.release;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Observer;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.placement.model.Tuning;

/**
 * Whether a guest is in the process that was planned for still. libvirt pins whatever runs by that name: in a guest that was
 * started anew since the look, the next process, whose memory may be elsewhere and which perhaps nobody wants pinned. Nobody
 * would take those pins off it before its next start.
 */
public record SameProcess(QemuProcesses processes, Observer observer, PinRestorer restorer) {
    @Inject
    public SameProcess {}

    /**
     * To be asked after what was set in the running guest.
     *
     * @param o how it was looked at before
     * @param set what was set
     * @throws ConcurrentChangeException if it was started anew meanwhile: what was set is off that process again, as far as libvirt can
     */
    public void orTakeOff(Observation o, Tuning set, HostTopology host)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        if (takenOffTheNext(o, set, host)) {
            throw new ConcurrentChangeException(new Reason(
                    Code.NOT_RUNNING,
                    "it was started anew meanwhile: what was meant for the process before is off it again"));
        }
    }

    /**
     * {@link PinRestorer#takeOff} of the process that was looked at.
     *
     * @throws ConcurrentChangeException as {@link #orTakeOff} does
     */
    List<String> takeOff(
            Observation o, Tuning set, Tuning under, @Nullable Predicate<IdSet> alsoUnrecorded, HostTopology host)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        List<String> done = restorer.takeOff(o, set, under, alsoUnrecorded, host);
        orTakeOff(o, PinRestorer.leftFree(o.current(), host), host);
        return done;
    }

    /** Takes it off the process that has followed the one that was looked at; false if none has. */
    boolean takenOffTheNext(Observation o, Tuning set, HostTopology host) throws LibvirtFailure, InvalidDomainXml {
        QemuProcess before = o.process();
        if (before == null
                || processes
                        .find(o.domain().uuid(), o.domain().name())
                        .filter(now -> now.startTicks() != before.startTicks())
                        .isEmpty()) {
            return false;
        }
        Optional<Observation> now = observer.observe(o.domain().uuid());
        if (now.isPresent() && now.get().running() && now.get().definition() != null) {
            restorer.takeOff(now.get(), set, now.get().definition().tuning(), null, host);
        }
        return true;
    }
}
