package org.novagpubinder.binding.restart;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For how long a guest is off while its start is tried: by the mark of its restart, which is kept young, and by the pauses. */
final class OffClock {
    private static final Logger LOG = LoggerFactory.getLogger(OffClock.class);

    /**
     * A guest that is off for longer may have been evacuated: where Nova is not heard it is not started any more, for that
     * could be to run it twice on the same disks.
     */
    private static final long DEAF_MS = 45_000;

    /** Nova takes a guest that is off for 15 s for stopped; reading what it has sent may take 3 s of that. */
    private static final Duration SHORT = Duration.ofSeconds(8);

    private final Records records;
    private final StopNotes notes;
    private final UUID uuid;
    private final Starter.Ways ways;
    private BindingRecord mark;
    private long pausedMs;

    OffClock(Records records, StopNotes notes, UUID uuid, Starter.Ways ways) {
        this.records = records;
        this.notes = notes;
        this.uuid = uuid;
        this.ways = ways;
        this.mark = ways.last();
    }

    void pauses(long millis) {
        pausedMs += millis;
    }

    /** The pauses do not tell alone: libvirt lets a start wait for its lock for half a minute. */
    boolean forLong() {
        return pausedMs > DEAF_MS || off().compareTo(NovaWait.MOST_UNHEARD) > 0;
    }

    /** Whether what Nova has begun can still be read before Nova takes the guest for stopped. */
    boolean notForLong() {
        return off().compareTo(SHORT) < 0;
    }

    private Duration off() {
        return records.age(mark).minus(ways.markedBefore());
    }

    /** A definition was written. */
    void wrote(String definition) throws InvalidDomainXml {
        mark = ways.mark(definition).orElse(mark);
    }

    /**
     * A daemon that goes on where this one ends starts the guest by a young mark only, and all the tries take minutes. A
     * failure must not keep the guest from its start.
     */
    void renewMark(Libvirt held) {
        Optional<BindingRecord> due = records.renewed(mark);
        if (due.isEmpty()) {
            return;
        }
        notes.renew(uuid, due.get());
        try {
            Optional<BindingRecord> there = ways.mark(held.inactiveXml(uuid));
            Optional<BindingRecord> renewed = there.flatMap(records::renewed);
            if (renewed.isPresent()) {
                held.setRecord(uuid, RecordXml.write(renewed.get()));
            }
            mark = renewed.or(() -> there).orElse(due.get());
        } catch (LibvirtFailure | InvalidDomainXml e) {
            LOG.debug("instance {}: its mark could not be renewed", uuid, e);
        }
    }
}
