package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.novagpubinder.binding.definition.RestartMark;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.host.files.InstanceNotes;
import org.novagpubinder.host.files.RuntimeDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The marks of restarts under way once more, beside libvirt: where Nova defines a guest anew while it is off, the mark in its
 * definition is gone. Daemon and commands share them.
 */
@Singleton
final class StopNotes {
    private static final Logger LOG = LoggerFactory.getLogger(StopNotes.class);

    private final InstanceNotes notes;
    private final RestartMark mark;

    /** Of which guests this process has noted a mark, or has found one when it last looked for all. */
    private final Set<UUID> known = ConcurrentHashMap.newKeySet();

    private volatile boolean looked;

    @Inject
    StopNotes(BinderConfig config, RuntimeDirectory directory, RestartMark mark) {
        this.mark = mark;
        this.notes = new InstanceNotes(
                directory.of(config.operator().runtimeDirectory()).resolve("restarting"));
    }

    /**
     * The guest is about to be stopped. Gives way if another process, a command beside the daemon, is about to do so.
     *
     * @throws IOException if that cannot be noted; the message says where and why
     */
    void stopping(UUID uuid, BindingRecord restart) throws IOException {
        Optional<BindingRecord> former = of(uuid);
        if (former.filter(n -> n.start() == restart.start() && mark.underWay(n)).isPresent()) {
            throw new IOException(
                    "another restart of it, begun at " + former.get().time() + ", is noted");
        }
        notes.remove(uuid);
        known.add(uuid);
        notes.create(uuid, RecordXml.write(restart));
    }

    /** Nova has begun what stops or starts it: no daemon but its own may start it by what is noted. */
    void leftToNova(UUID uuid) {
        Optional<BindingRecord> noted = of(uuid).filter(n -> n.start() != 0);
        if (noted.isEmpty()) {
            return;
        }
        try {
            notes.write(uuid, RecordXml.write(noted.get().withoutStart()));
        } catch (IOException e) {
            LOG.warn("instance {}: {}", uuid, e.getMessage());
            over(uuid);
        }
    }

    /** Its start is tried still; nothing if another restart is noted, or none. */
    void renew(UUID uuid, BindingRecord tried) {
        if (of(uuid).filter(n -> n.start() == tried.start()).isEmpty()) {
            return;
        }
        try {
            notes.write(uuid, RecordXml.write(tried));
        } catch (IOException e) {
            LOG.debug("instance {}: not renewed", uuid, e);
        }
    }

    /** Of which guests a mark is noted. */
    Set<UUID> all() {
        Set<UUID> all = notes.all();
        known.addAll(all);
        looked = true;
        return all;
    }

    /** The same as {@link #of} for a guest that runs, of which another process may have noted one since {@link #all}. */
    Optional<BindingRecord> ofRunning(UUID uuid) {
        if (!looked) {
            all();
        }
        return known.contains(uuid) ? of(uuid) : Optional.empty();
    }

    /** It runs again, or is nobody's to start. */
    void over(UUID uuid) {
        notes.remove(uuid);
        known.remove(uuid);
    }

    /** The mark of the restart that has stopped the guest; empty if none is under way, or if that cannot be read. */
    Optional<BindingRecord> of(UUID uuid) {
        return notes.of(uuid).flatMap(text -> RecordXml.read(text).found()).filter(r -> r.state() == State.RESTARTING);
    }
}
