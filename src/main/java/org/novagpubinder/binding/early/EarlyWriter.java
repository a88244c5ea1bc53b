package org.novagpubinder.binding.early;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.early.EarlyStarts.Early;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.restart.DefinitionDraft;
import org.novagpubinder.binding.steps.Steps;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a binding into Nova's definition before the start, if that still stands there and the start is still to come. */
record EarlyWriter(Records records, EarlyStarts starts, NovaTasks tasks, InstantSource time) {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyWriter.class);

    /** What was fetched longer ago is fetched again, and must be the same. */
    private static final Duration FRESH = Duration.ofMillis(50);

    @Inject
    EarlyWriter {}

    /** A definition, and when it was asked for. */
    record Fetched(String xml, Instant at) {}

    Fetched fetch(Libvirt lane, UUID uuid) throws LibvirtFailure {
        Instant at = time.instant();
        return new Fetched(lane.secureXml(uuid), at);
    }

    enum Written {
        YES,
        NO,
        /** The definition has become another meanwhile. */
        DEFINED_ANEW
    }

    /** What is to be defined, and the record that is in it. */
    record Wanted(String xml, BindingRecord record) {}

    /** @param former Nova's definition, parsed and read */
    Wanted wanted(Planned planned, DomainXml.Parsed former, DomainDefinition d) throws InvalidDomainXml {
        DefinitionDraft draft = DefinitionDraft.of(planned, d);
        List<Reason> reasons = Stream.concat(
                        Stream.of(Steps.BEFORE_START),
                        planned.plan().reasons().stream().filter(r -> r.code() != Code.NOT_RUNNING))
                .toList();
        BindingRecord record = draft.record(records, planned, State.SET, Outcome.DEFERRED, reasons, 0);
        return new Wanted(former.edit(draft.edit(RecordXml.write(record))), record);
    }

    /**
     * Writes it.
     *
     * @param operation the task in which Nova is to start the guest
     * @param former what was fetched, parsed
     * @param d the same, read
     */
    Written write(
            Libvirt lane,
            String operation,
            Planned planned,
            DomainDefinition d,
            Fetched fetched,
            DomainXml.Parsed former,
            EarlyLaps laps)
            throws LibvirtFailure, InvalidDomainXml {
        UUID uuid = planned.observation().domain().uuid();
        Wanted wanted = wanted(planned, former, d);
        starts.note(uuid);
        laps.lap("noted");
        Written written = Written.NO;
        if (Duration.between(fetched.at(), time.instant()).compareTo(FRESH) > 0
                && !lane.secureXml(uuid).equals(fetched.xml())) {
            written = Written.DEFINED_ANEW;
        } else if (tasks.starting(uuid).isPresent()) {
            written = define(
                    lane, new Early(operation, d.name(), wanted.record(), time.instant()), uuid, wanted.xml(), laps);
        }
        if (written != Written.YES) {
            starts.over(uuid);
        }
        return written;
    }

    private Written define(Libvirt lane, Early early, UUID uuid, String xml, EarlyLaps laps) throws LibvirtFailure {
        starts.expect(uuid, early);
        laps.lap("edited");
        try {
            lane.define(xml);
        } catch (LibvirtFailure e) {
            e.throwUnlessRefused();
            // nothing was changed: it is bound at its start and after its task, as ever
            starts.settle(uuid);
            LOG.warn(
                    "instance {} ({}): libvirt does not take its definition with the binding, so it is bound after its"
                            + " start: {}",
                    uuid,
                    early.name(),
                    e.getMessage());
            return Written.NO;
        }
        starts.written(uuid);
        laps.lap("defined");
        LOG.debug("instance {} ({}): bound before its start ({}): {}", uuid, early.name(), early.operation(), laps);
        return Written.YES;
    }
}
