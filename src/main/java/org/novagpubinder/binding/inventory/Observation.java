package org.novagpubinder.binding.inventory;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.placement.model.MemoryFacts;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/**
 * One domain as it was looked at.
 *
 * @param domain libvirt's line about it
 * @param live the running domain; null if it is shut off
 * @param definition what it starts from; null for a transient domain
 * @param record its record, another host's as {@link BindingRecord#fromElsewhere}; null without, or if it cannot be used
 * @param process the QEMU process; null if there is none or it could not be found
 * @param residentKiB its resident memory by node, KiB; empty if not looked at
 * @param recordTrouble why its record cannot be used: {@code RECORD_NEWER} or {@code RECORD_INVALID}; null if it can, or if
 *     it has none
 * @param memory what else was seen of its memory; {@link MemoryFacts#NONE} if not looked at
 */
public record Observation(
        DomainSummary domain,
        @Nullable DomainDefinition live,
        @Nullable DomainDefinition definition,
        @Nullable BindingRecord record,
        @Nullable QemuProcess process,
        Map<Integer, Long> residentKiB,
        @Nullable Reason recordTrouble,
        MemoryFacts memory) {
    public Observation(
            DomainSummary domain,
            @Nullable DomainDefinition live,
            @Nullable DomainDefinition definition,
            @Nullable BindingRecord record,
            @Nullable QemuProcess process,
            Map<Integer, Long> residentKiB) {
        this(domain, live, definition, record, process, residentKiB, null, MemoryFacts.NONE);
    }

    /** The XML in force: of the running domain, else of the definition. */
    public DomainDefinition current() {
        DomainDefinition d = live != null ? live : definition;
        if (d == null) {
            throw new IllegalStateException("neither running nor defined: " + domain.uuid());
        }
        return d;
    }

    public Optional<BindingRecord> ours() {
        return Optional.ofNullable(record);
    }

    /** Whether a restart of this very process' start has failed: what did not start must not be tried again for it. */
    public boolean failedAtThisStart() {
        return record != null
                && record.outcome() == Outcome.FAILED
                && process != null
                && record.start() == process.startTicks();
    }

    public boolean running() {
        return live != null;
    }
}
