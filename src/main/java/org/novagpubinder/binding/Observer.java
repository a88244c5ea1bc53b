package org.novagpubinder.binding;

import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.BinderConfig;
import org.novagpubinder.domain.BindingRecord;
import org.novagpubinder.domain.DomainDefinition;
import org.novagpubinder.domain.DomainSummary;
import org.novagpubinder.domain.DomainXml;
import org.novagpubinder.domain.InvalidDomainXml;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.domain.RecordXml;
import org.novagpubinder.host.NumaMaps;
import org.novagpubinder.host.QemuProcess;
import org.novagpubinder.host.QemuProcesses;
import org.novagpubinder.host.Residency;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at one domain: libvirt's XML of it, its process, its memory. */
final class Observer {
    private static final Logger LOG = LoggerFactory.getLogger(Observer.class);

    private final Libvirt libvirt;
    private final DomainXml xml;
    private final QemuProcesses processes;
    private final NumaMaps numaMaps;
    private final String host;

    @Inject
    Observer(Libvirt libvirt, DomainXml xml, QemuProcesses processes, NumaMaps numaMaps, BinderConfig config) {
        this.libvirt = libvirt;
        this.xml = xml;
        this.processes = processes;
        this.numaMaps = numaMaps;
        this.host = config.host();
    }

    /**
     * The domain without its memory, which is costly to read (the kernel walks the page tables).
     *
     * @return empty if libvirt does not have it
     */
    Optional<Observation> observe(UUID uuid) throws LibvirtFailure, InvalidDomainXml {
        Optional<DomainSummary> found = libvirt.find(uuid);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        DomainSummary domain = found.get();
        DomainDefinition live = domain.active() ? xml.read(libvirt.liveXml(uuid)) : null;
        DomainDefinition definition = domain.persistent() ? xml.read(libvirt.inactiveXml(uuid)) : null;
        if (live == null && definition == null) {
            return Optional.empty();
        }
        QemuProcess process = live == null ? null : processes.find(uuid).orElse(null);
        return Optional.of(new Observation(domain, live, definition, record(live, definition), process, Map.of()));
    }

    /** The same with the process' memory by node. */
    Observation withMemory(Observation o) {
        if (o.process() == null) {
            return o;
        }
        return new Observation(
                o.domain(),
                o.live(),
                o.definition(),
                o.record(),
                o.process(),
                numaMaps.residency(o.process().pid()).map(Residency::ownKiB).orElse(Map.of()));
    }

    private @Nullable BindingRecord record(@Nullable DomainDefinition live, @Nullable DomainDefinition definition) {
        DomainDefinition carrier = definition != null ? definition : live;
        if (carrier == null || carrier.record() == null) {
            return null;
        }
        RecordXml.Reading reading = RecordXml.read(carrier.record());
        reading.reason().ifPresent(why -> LOG.warn("domain {}: planned anew: {}", carrier.name(), why));
        // a live migration brings the record of the host that the guest came from: what it says was set is still not
        // Nova's, but its restart and its failures were another host's
        return reading.found()
                .map(r -> r.host().equals(host) ? r : r.fromElsewhere())
                .orElse(null);
    }
}
