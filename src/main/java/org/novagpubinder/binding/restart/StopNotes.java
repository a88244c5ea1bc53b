package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.host.files.RuntimeDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The marks of restarts under way once more, a file for each guest in the runtime directory: where Nova defines a guest anew
 * while it is off, the mark in its definition is gone. Daemon and commands share them. They need not reach a disk: a host that
 * went down starts nobody by them.
 */
@Singleton
final class StopNotes {
    private static final Logger LOG = LoggerFactory.getLogger(StopNotes.class);

    private final Path directory;

    @Inject
    StopNotes(BinderConfig config, RuntimeDirectory directory) {
        this.directory = directory.of(config.operator().runtimeDirectory()).resolve("restarting");
    }

    /**
     * The guest is about to be stopped.
     *
     * @throws IOException if that cannot be noted; the message says where and why
     */
    void stopping(UUID uuid, BindingRecord mark) throws IOException {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.writeString(file(uuid), RecordXml.write(mark), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IOException(file(uuid) + " cannot be written: " + e, e);
        }
    }

    /** It runs again, or is nobody's to start. */
    void over(UUID uuid) {
        try {
            Files.deleteIfExists(file(uuid));
        } catch (IOException e) {
            LOG.warn("instance {}: that its restart is over is not noted: {}", uuid, e.toString());
        }
    }

    /** The mark of the restart that has stopped the guest; empty if none is under way, or if that cannot be read. */
    Optional<BindingRecord> of(UUID uuid) {
        try {
            return RecordXml.read(Files.readString(file(uuid), StandardCharsets.UTF_8))
                    .found()
                    .filter(r -> r.state() == State.RESTARTING);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("instance {}: whether its restart is under way cannot be read: {}", uuid, e.toString());
            return Optional.empty();
        }
    }

    private Path file(UUID uuid) {
        return directory.resolve(uuid.toString());
    }
}
