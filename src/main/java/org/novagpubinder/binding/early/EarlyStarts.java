package org.novagpubinder.binding.early;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.host.files.InstanceNotes;
import org.novagpubinder.host.files.RuntimeDirectory;
import org.novagpubinder.host.proc.HostBoot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The domains whose definition was changed before a start of Nova's that has not been seen yet. */
@Singleton
public final class EarlyStarts {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyStarts.class);

    /** A start that does not come within this time is another one. */
    static final Duration LONGEST = Duration.ofMinutes(10);

    private static final int MOST_DOUBTED = 10_000;

    /**
     * One of them.
     *
     * @param operation the task in which Nova starts it, such as "create"
     * @param name libvirt's name of the domain
     * @param record the record that was written with it
     * @param at when it was defined, by the steady clock
     * @param written whether libvirt has said that it is defined so
     * @param undefined whether Nova has undefined the domain since
     * @param cleared whether a failure of the task is none of the definition's: the guest has started with it or without, or
     *     was undefined before it was written
     */
    record Early(
            String operation,
            String name,
            BindingRecord record,
            Instant at,
            boolean written,
            boolean undefined,
            boolean cleared) {
        /** One that is about to be written. */
        Early(String operation, String name, BindingRecord record, Instant at) {
            this(operation, name, record, at, false, false, false);
        }

        /** Whether that XML carries what was written. */
        boolean isIn(DomainDefinition d) {
            return RecordXml.found(d.record())
                    .filter(r -> Records.sameWriting(r, record))
                    .isPresent();
        }

        private Early there() {
            return new Early(operation, name, record, at, true, undefined, cleared);
        }

        /** Nova undefines it after a failed start too. */
        private Early gone() {
            return new Early(operation, name, record, at, written, true, cleared || !written);
        }

        private Early clear() {
            return new Early(operation, name, record, at, written, undefined, true);
        }
    }

    private final InstantSource time;
    private final HostBoot boot;
    private final Map<UUID, Early> waiting = new ConcurrentHashMap<>();
    private final Map<UUID, Boolean> undefinedMeanwhile = new ConcurrentHashMap<>();
    private final Set<UUID> doubted = ConcurrentHashMap.newKeySet();

    /** Of what is in {@link #waiting}, for the next daemon. */
    private final InstanceNotes notes;

    /** What a daemon before this one has written for a start that it has not seen. */
    private final Set<UUID> inherited = ConcurrentHashMap.newKeySet();

    /** Of which something stands in {@link #notes} by this daemon or the one before it. */
    private final Set<UUID> noted = ConcurrentHashMap.newKeySet();

    @Inject
    EarlyStarts(InstantSource time, BinderConfig config, RuntimeDirectory directory, HostBoot boot) {
        this.time = time;
        this.boot = boot;
        this.notes = new InstanceNotes(
                directory.of(config.operator().runtimeDirectory()).resolve("starting"));
    }

    /** A daemon begins, not a command: what one before it has noted is its own now. */
    public void inherit() {
        for (UUID uuid : notes.all()) {
            if (notes.of(uuid).filter(boot()::equals).isPresent()) {
                inherited.add(uuid);
                noted.add(uuid);
            } else {
                notes.remove(uuid);
            }
        }
        try {
            notes.makeDirectory();
        } catch (IOException e) {
            LOG.debug("what is about to start cannot be noted yet", e);
        }
    }

    private String boot() {
        return boot.id().orElse("unknown");
    }

    /** From now on, until {@link #watched}, it is noted whether Nova undefines the domain. */
    void watch(UUID uuid) {
        undefinedMeanwhile.put(uuid, false);
    }

    void watched(UUID uuid) {
        undefinedMeanwhile.remove(uuid);
    }

    /**
     * Its definition may be about to be changed: that is noted for the next daemon. Apart from {@link #expect}, for Nova may be
     * about to start it and a file system may be slow.
     */
    void note(UUID uuid) {
        noted.add(uuid);
        try {
            notes.write(uuid, boot());
        } catch (IOException e) {
            LOG.warn(
                    "instance {}: should this daemon end now and its start fail, the next one would not know why: {}",
                    uuid,
                    e.getMessage());
        }
    }

    /** Its definition is about to be changed. */
    void expect(UUID uuid, Early early) {
        Instant now = time.instant();
        waiting.forEach((other, e) -> {
            if (e.at().plus(LONGEST).isBefore(now) && waiting.remove(other, e) && !other.equals(uuid)) {
                over(other);
            }
        });
        waiting.put(uuid, undefinedMeanwhile.getOrDefault(uuid, false) ? early.gone() : early);
    }

    void written(UUID uuid) {
        waiting.computeIfPresent(uuid, (u, e) -> e.there());
    }

    /**
     * A start of the guest has failed, if not by a definition of this daemon's then by one of a daemon before it, or for another
     * reason: its next start is as Nova defines it.
     */
    public void doubt(UUID uuid) {
        if (doubted.size() >= MOST_DOUBTED) {
            doubted.clear();
        }
        doubted.add(uuid);
    }

    boolean isDoubted(UUID uuid) {
        return doubted.contains(uuid) || inherited.contains(uuid);
    }

    /** libvirt has told that the guest has started. */
    public void started(UUID uuid) {
        doubted.remove(uuid);
        clear(uuid);
        inherited.remove(uuid);
    }

    /** Whether a start of it is noted for the next daemon, so that {@link #over} has something to do. */
    public boolean isNoted(UUID uuid) {
        return noted.contains(uuid);
    }

    /** The start for which it was written has come, or never will: no daemon need look out for it. */
    public void over(UUID uuid) {
        inherited.remove(uuid);
        if (noted.remove(uuid)) {
            notes.remove(uuid);
        }
    }

    /** From now on no failure is the definition's. */
    void clear(UUID uuid) {
        waiting.computeIfPresent(uuid, (u, e) -> e.clear());
    }

    /** Starts may have gone unseen: no failure is known to be a definition's any more. */
    public void clearAll() {
        waiting.replaceAll((u, e) -> e.clear());
    }

    /** What was written for a start that has not been seen. */
    public Optional<Early> of(UUID uuid) {
        return Optional.ofNullable(waiting.get(uuid));
    }

    /** It was seen to start, or has failed, or is no more expected to. */
    Optional<Early> settle(UUID uuid) {
        over(uuid);
        return Optional.ofNullable(waiting.remove(uuid));
    }

    /** libvirt has told that the domain was undefined. */
    public void undefined(UUID uuid) {
        undefinedMeanwhile.computeIfPresent(uuid, (u, before) -> true);
        waiting.computeIfPresent(uuid, (u, e) -> e.gone());
    }

    Duration age(Early early) {
        return Duration.between(early.at(), time.instant());
    }
}
