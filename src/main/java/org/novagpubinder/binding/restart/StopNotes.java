package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.host.files.InstanceNotes;
import org.novagpubinder.host.files.RuntimeDirectory;

/**
 * The marks of restarts under way once more, beside libvirt: where Nova defines a guest anew while it is off, the mark in its
 * definition is gone. Daemon and commands share them.
 */
final class StopNotes {
    private final InstanceNotes notes;

    @Inject
    StopNotes(BinderConfig config, RuntimeDirectory directory) {
        this.notes = new InstanceNotes(
                directory.of(config.operator().runtimeDirectory()).resolve("restarting"));
    }

    /**
     * The guest is about to be stopped.
     *
     * @throws IOException if that cannot be noted; the message says where and why
     */
    void stopping(UUID uuid, BindingRecord mark) throws IOException {
        notes.write(uuid, RecordXml.write(mark));
    }

    /** It runs again, or is nobody's to start. */
    void over(UUID uuid) {
        notes.remove(uuid);
    }

    /** The mark of the restart that has stopped the guest; empty if none is under way, or if that cannot be read. */
    Optional<BindingRecord> of(UUID uuid) {
        return notes.of(uuid).flatMap(text -> RecordXml.read(text).found()).filter(r -> r.state() == State.RESTARTING);
    }
}
