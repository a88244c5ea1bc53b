package org.novagpubinder.binding.inventory;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.definition.RestartMark;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainName;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.common.Printable;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.placement.model.MemoryFacts;
import org.novagpubinder.placement.model.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at one domain: libvirt's XML of it, its process, its memory, its record, of whichever host and version that is. */
@Singleton
public final class Observer {
    private static final Logger LOG = LoggerFactory.getLogger(Observer.class);

    /** So many records are told once; then all are told again. */
    private static final int MOST_TOLD = 1_000;

    private static final int LONGEST_SHOWN = 200;

    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private final Libvirt libvirt;
    private final DomainXml xml;
    private final QemuProcesses processes;
    private final GuestMemory memory;
    private final Records records;
    private final RestartMark mark;

    @Inject
    Observer(
            Libvirt libvirt,
            DomainXml xml,
            QemuProcesses processes,
            GuestMemory memory,
            Records records,
            RestartMark mark) {
        this.libvirt = libvirt;
        this.xml = xml;
        this.processes = processes;
        this.memory = memory;
        this.records = records;
        this.mark = mark;
    }

    /**
     * The domain without its memory, which is costly to read (the kernel walks the page tables).
     *
     * @return empty if libvirt does not have it
     */
    public Optional<Observation> observe(UUID uuid) throws LibvirtFailure, InvalidDomainXml {
        Optional<DomainName> found = libvirt.seek(uuid);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        DomainName name = found.get();
        // before what libvirt tells of it: of a guest that is started anew meanwhile this is the process that has ended
        QemuProcess process = name.active() ? processes.find(uuid, name.name()).orElse(null) : null;
        DomainDefinition live = name.active() ? xml.read(libvirt.liveXml(uuid)) : null;
        Optional<String> defined = libvirt.definition(uuid);
        DomainDefinition definition = defined.isPresent() ? xml.read(defined.get()) : null;
        if (live == null && definition == null) {
            return Optional.empty();
        }
        DomainSummary domain = name.summary(definition != null);
        Found record = record(domain, live, definition);
        return Optional.of(new Observation(
                domain, live, definition, record.record(), process, Map.of(), record.trouble(), MemoryFacts.NONE));
    }

    /**
     * Begins to look at the memory of its process by node, so that something else can be done meanwhile; whoever asks for it
     * waits for it.
     */
    public Supplier<Observation> beginMemory(Observation o) {
        if (o.live() == null) {
            return () -> o;
        }
        Supplier<GuestMemory.Seen> look = memory.begin(o.live(), o.process());
        return () -> with(o, look.get());
    }

    private static Observation with(Observation o, GuestMemory.Seen seen) {
        return new Observation(
                o.domain(),
                o.live(),
                o.definition(),
                o.record(),
                o.process(),
                seen.residentKiB(),
                o.recordTrouble(),
                seen.facts());
    }

    /**
     * What was found in the place of a record.
     *
     * @param record null without, or if it cannot be used
     * @param trouble why it cannot be used; null if it can, or there is none
     */
    private record Found(
            @Nullable BindingRecord record, @Nullable Reason trouble) {
        static final Found NONE = new Found(null, null);
    }

    private Found record(DomainSummary domain, @Nullable DomainDefinition live, @Nullable DomainDefinition definition) {
        DomainDefinition carrier = definition != null ? definition : live;
        if (carrier == null || carrier.record() == null) {
            return Found.NONE;
        }
        RecordXml.Reading reading = RecordXml.read(carrier.record());
        if (!reading.unknown().isEmpty()) {
            String version = reading.found()
                    .map(BindingRecord::version)
                    .map(v -> " " + v)
                    .orElse("");
            return trouble(
                    domain,
                    Reason.Code.RECORD_NEWER,
                    "its record is of a newer version" + version + " of nova-gpu-binder (this one does not know "
                            + Printable.atMost(LONGEST_SHOWN, String.join(", ", reading.unknown()))
                            + "): left as it is; that version can bind or release it, Nova's next hard reboot ends it");
        }
        if (reading.trouble() != null) {
            return trouble(
                    domain,
                    Reason.Code.RECORD_INVALID,
                    "its record cannot be read (" + Printable.atMost(LONGEST_SHOWN, reading.trouble())
                            + "): what it has counts as Nova's, until its next hard reboot");
        }
        // a live migration brings the record of the host that the guest came from: what it says was set is still not
        // Nova's, but its restart and its failures were another host's
        return new Found(
                reading.found()
                        .map(r -> r.host().equals(records.host()) ? ofThisBoot(r) : r.fromElsewhere())
                        .orElse(null),
                null);
    }

    private BindingRecord ofThisBoot(BindingRecord r) {
        return r.start() == 0 || mark.ofThisBoot(r) ? r : r.withoutStart();
    }

    private Found trouble(DomainSummary domain, Reason.Code code, String text) {
        if (told.size() >= MOST_TOLD) {
            told.clear();
        }
        // every sweep finds it again
        if (told.add(domain.uuid() + " " + text)) {
            LOG.warn("instance {} ({}): {}", domain.uuid(), domain.name(), text);
        }
        return new Found(null, new Reason(code, text));
    }
}
