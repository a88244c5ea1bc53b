package org.novagpubinder.binding;

import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.config.BinderConfig;
import org.novagpubinder.domain.BindingRecord;
import org.novagpubinder.domain.BindingRecord.State;
import org.novagpubinder.domain.DomainEdit;
import org.novagpubinder.domain.DomainSummary;
import org.novagpubinder.domain.DomainXml;
import org.novagpubinder.domain.InvalidDomainXml;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.domain.RecordXml;
import org.novagpubinder.host.QemuProcesses;
import org.novagpubinder.placement.Outcome;
import org.novagpubinder.placement.Tuning;
import org.novagpubinder.restarts.RestartFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes a restart that a daemon before us left half-done, or that we gave up: the definition says so, and the domain is
 * off.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    /**
     * Nova takes a guest that is off for 15 s for stopped (facts: nova.md 4), and may have resized or evacuated it since: to
     * start it here then could be to run it twice on the same disks.
     */
    private static final Duration OWN = Duration.ofMinutes(15);

    private final Libvirt libvirt;

    /** For a guest that is off. */
    private final Libvirt urgent;

    private final DomainXml xml;
    private final String host;
    private final Clock clock;
    private final QemuProcesses processes;
    private final OwnRestarts own;
    private final NovaTasks tasks;
    private final RestartFailures failures;

    @Inject
    Recovery(
            Libvirt libvirt,
            DomainXml xml,
            BinderConfig config,
            Clock clock,
            QemuProcesses processes,
            OwnRestarts own,
            NovaTasks tasks,
            RestartFailures failures) {
        this.libvirt = libvirt;
        this.urgent = libvirt.urgent();
        this.xml = xml;
        this.host = config.host();
        this.clock = clock;
        this.processes = processes;
        this.own = own;
        this.tasks = tasks;
        this.failures = failures;
    }

    /** Starts the domain if its restart is half-done: with the new definition, or if that fails with the former one. */
    void finish(UUID uuid) throws LibvirtFailure {
        Optional<DomainSummary> domain = libvirt.find(uuid);
        if (domain.isEmpty() || domain.get().active() || !domain.get().persistent()) {
            return;
        }
        String definition = urgent.secureInactiveXml(uuid);
        Optional<BindingRecord> record = restarting(definition);
        if (record.isEmpty() || isNovas(uuid, record.get())) {
            return;
        }
        if (!recent(record.get())) {
            LOG.info("instance {}: was being restarted long ago; its being off is Nova's now", uuid);
            return;
        }
        LOG.warn(
                "instance {} ({}): was being restarted when {}; starting it",
                uuid,
                domain.get().name(),
                ours(uuid, record.get()).isPresent() ? "something came in between" : "its daemon ended");
        if (record.get().outcome() == Outcome.FAILED) {
            // its daemon ended on the way back
            failures.failed(uuid, domain.get().name(), "it did not start with the new definition");
        }
        try {
            urgent.create(uuid);
        } catch (LibvirtFailure e) {
            boolean away = e.kind() == LibvirtFailure.Kind.CONNECTION || e.kind() == LibvirtFailure.Kind.NO_DOMAIN;
            if (away || nothingOfOurs(record.get())) {
                throw e;
            }
            if (urgent.find(uuid).filter(DomainSummary::active).isPresent()) {
                // somebody else was faster
                return;
            }
            LOG.error(
                    "instance {}: does not start with this definition, going back to Nova's: {}", uuid, e.getMessage());
            failures.failed(uuid, domain.get().name(), e.getMessage());
            urgent.define(former(definition, record.get()));
            urgent.create(uuid);
        }
    }

    /** The instance has left: if it is off in mid-restart, it is Nova's from now on. */
    void leave(UUID uuid) throws LibvirtFailure {
        if (own.latest(uuid).isEmpty()) {
            return;
        }
        Optional<DomainSummary> domain = libvirt.find(uuid);
        if (domain.isPresent() && !domain.get().active() && domain.get().persistent()) {
            Optional<BindingRecord> mark = restarting(urgent.secureInactiveXml(uuid));
            if (mark.isPresent()) {
                isNovas(uuid, mark.get());
            }
        }
    }

    private Optional<OwnRestarts.Own> ours(UUID uuid, BindingRecord mark) {
        return own.latest(uuid).filter(restart -> restart.ends() == mark.start());
    }

    /**
     * Whether a guest that we have stopped is Nova's: she has begun what stops or starts it since. While that goes on the mark
     * stays, for it may fail; afterwards, and if the guest ran again meanwhile, it goes.
     */
    private boolean isNovas(UUID uuid, BindingRecord mark) throws LibvirtFailure {
        Optional<OwnRestarts.Own> restart = ours(uuid, mark);
        Optional<String> task = restart.flatMap(r -> tasks.stopsSince(uuid, r.began()));
        if (task.isEmpty()) {
            return false;
        }
        if (restart.get().ran() || tasks.running(uuid).isEmpty()) {
            LOG.debug("instance {}: off, and left so, after {} of Nova's in mid-restart", uuid, task.get());
            urgent.setRecord(uuid, RecordXml.write(mark.settled(0)));
        }
        return true;
    }

    private boolean recent(BindingRecord mark) {
        Optional<Duration> age = mark.start() == 0 ? Optional.empty() : processes.since(mark.start());
        if (age.isEmpty()) {
            return Duration.between(mark.time(), clock.instant()).compareTo(OWN) <= 0;
        }
        // before the host's last boot: guests of a host that was down Nova may have rebuilt elsewhere
        return !age.get().isNegative() && age.get().compareTo(OWN) <= 0;
    }

    /** Whether nothing of ours is left in the definition that could be taken off. */
    private static boolean nothingOfOurs(BindingRecord mark) {
        return mark.outcome() == Outcome.FAILED && mark.set().equals(Tuning.NONE) && !mark.displayAdded();
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
            Tuning now = xml.read(definition).tuning();
            return xml.edit(definition, DomainEdit.undoing(record, now, RecordXml.write(record.wayBack())));
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(LibvirtFailure.Kind.ERROR, 0, "its definition cannot be read: " + e.getMessage());
        }
    }
}
