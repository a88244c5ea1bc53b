package org.novagpubinder.binding;

import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.config.BinderConfig;
import org.novagpubinder.domain.BindingRecord;
import org.novagpubinder.domain.BindingRecord.State;
import org.novagpubinder.domain.DomainEdit;
import org.novagpubinder.domain.DomainEdit.DisplayChange;
import org.novagpubinder.domain.DomainSummary;
import org.novagpubinder.domain.DomainXml;
import org.novagpubinder.domain.InvalidDomainXml;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.domain.RecordXml;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finishes a restart that a daemon before us left half-done: the definition says so, and the domain is off. */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Libvirt libvirt;
    private final DomainXml xml;
    private final String host;

    @Inject
    Recovery(Libvirt libvirt, DomainXml xml, BinderConfig config) {
        this.libvirt = libvirt;
        this.xml = xml;
        this.host = config.host();
    }

    /** Starts the domain if its restart is half-done: with the new definition, or if that fails with the former one. */
    void finish(UUID uuid) throws LibvirtFailure {
        Optional<DomainSummary> domain = libvirt.find(uuid);
        if (domain.isEmpty() || domain.get().active() || !domain.get().persistent()) {
            return;
        }
        String definition = libvirt.secureInactiveXml(uuid);
        Optional<BindingRecord> record = restarting(definition);
        if (record.isEmpty()) {
            return;
        }
        LOG.warn(
                "instance {} ({}): was being restarted when its daemon ended; starting it",
                uuid,
                domain.get().name());
        try {
            libvirt.create(uuid);
        } catch (LibvirtFailure e) {
            LOG.error("instance {}: does not start with the new definition, going back: {}", uuid, e.getMessage());
            libvirt.define(former(definition, record.get()));
            libvirt.create(uuid);
        }
    }

    private Optional<BindingRecord> restarting(String definition) {
        try {
            return Optional.ofNullable(xml.read(definition).record())
                    .flatMap(text -> RecordXml.read(text).found())
                    .filter(r -> r.state() == State.RESTARTING && r.host().equals(host));
        } catch (InvalidDomainXml e) {
            return Optional.empty();
        }
    }

    private String former(String definition, BindingRecord record) throws LibvirtFailure {
        try {
            DisplayChange display = record.displayAdded() ? DisplayChange.REMOVE : DisplayChange.KEEP;
            return xml.edit(
                    definition,
                    new DomainEdit(xml.read(definition).tuning().undone(record.set(), record.before()), display, null));
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(LibvirtFailure.Kind.ERROR, 0, "its definition cannot be read: " + e.getMessage());
        }
    }
}
