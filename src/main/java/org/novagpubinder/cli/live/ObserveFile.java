package org.novagpubinder.cli.live;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.novagpubinder.config.ConfigLoader;

/**
 * The last configuration file of this host, which says that the daemon only looks. It is no part of the package: a new
 * installation writes it, {@code enable} deletes it, {@code disable} writes it again, and an upgrade leaves it alone.
 */
public record ObserveFile(Path path) {
    private static final Set<PosixFilePermission> READABLE = EnumSet.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.OTHERS_READ);

    private static final String TEXT = """
            # The daemon of this host only looks: it changes no guest. `nova-gpu-binder status --reconcile` tells
            # what it would do, `nova-gpu-binder enable` takes it live and deletes this file.
            [gpu_binder]
            observe_only = true
            """;

    public ObserveFile() {
        this(ConfigLoader.OBSERVE_FILE);
    }

    public boolean exists() {
        return Files.exists(path);
    }

    /**
     * Writes it, whole or not at all, and to the disk: whoever wants the daemon to change nothing may cut the host's power next.
     *
     * @throws IOException if it cannot be written, as by a user that is not root
     */
    public void write() throws IOException {
        Path directory = path.getParent();
        Files.createDirectories(directory);
        Path part = Files.createTempFile(directory, ".observe", ".part");
        try {
            Files.writeString(part, TEXT, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            Files.setPosixFilePermissions(part, READABLE);
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel entries = FileChannel.open(directory)) {
                entries.force(true);
            }
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /**
     * Deletes it.
     *
     * @throws IOException if it cannot be deleted, as by a user that is not root
     */
    public void delete() throws IOException {
        Files.deleteIfExists(path);
    }
}
