package org.novagpubinder.restarts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code restarts.json} in the runtime directory, which the daemon and the commands share. Readers see the former
 * or the new text, never half of one; writers take turns.
 */
final class RestartFile {
    private static final Set<PosixFilePermission> OWNERS = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNERS_DIRECTORY = PosixFilePermissions.fromString("rwx------");

    /** A thousand guests with the longest texts are 2 MiB. */
    private static final int MOST_BYTES = 8 << 20;

    /** This user may not read it: the daemon's can. */
    static final String DENIED = "access denied";

    private static final long PAUSE_NS = 10_000_000;

    private final Path directory;
    private final Path file;
    private final Duration patience;
    private final Supplier<Optional<String>> boot;
    private final MemoryJson json = new MemoryJson();

    /** What it said last: somebody may clear the directory away, and that is no operator's word. */
    private RestartMemory last = RestartMemory.EMPTY;

    /**
     * @param directory where it stands; made when something has to be written
     * @param patience so long other writers are waited for
     * @param boot the id of this boot
     */
    RestartFile(Path directory, Duration patience, Supplier<Optional<String>> boot) {
        this.directory = directory;
        this.file = directory.resolve("restarts.json");
        this.patience = patience;
        this.boot = boot;
    }

    Path path() {
        return file;
    }

    /**
     * What the file says.
     *
     * @param trouble why it cannot be read, one clause; null if it can, or is not there
     */
    record Reading(RestartMemory memory, @Nullable String trouble) {}

    Reading read() {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                return new Reading(RestartMemory.EMPTY, "it is too large");
            }
            last = json.read(new String(bytes, StandardCharsets.UTF_8), boot.get());
            return new Reading(last, null);
        } catch (NoSuchFileException none) {
            return new Reading(last, null);
        } catch (MemoryJson.Invalid e) {
            return new Reading(RestartMemory.EMPTY, e.getMessage());
        } catch (IOException e) {
            return new Reading(RestartMemory.EMPTY, why(e));
        }
    }

    /** @throws IOException if it can be neither read nor written; the message says why, in one clause */
    void update(UnaryOperator<RestartMemory> change) throws IOException {
        locked(() -> {
            Reading now = read();
            if (now.trouble() != null) {
                throw new IOException(now.trouble());
            }
            RestartMemory next = change.apply(now.memory());
            if (!next.equals(now.memory()) || isLost()) {
                write(next);
            }
        });
    }

    /** Whether there was something in it, and it is not there any more. */
    boolean isLost() {
        return !last.equals(RestartMemory.EMPTY) && Files.notExists(file);
    }

    /** Writes it anew, whatever it says now. */
    void replace(RestartMemory memory) throws IOException {
        locked(() -> write(memory));
    }

    interface Work {
        void run() throws IOException;
    }

    /** An interrupt would close the channels, and with them what has to be remembered would be lost: it waits. */
    @SuppressWarnings("try") // the lock is held, not used
    private void locked(Work work) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNERS_DIRECTORY));
            }
            Set<OpenOption> how =
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            try (FileChannel lock = FileChannel.open(
                            directory.resolve("restarts.lock"), how, PosixFilePermissions.asFileAttribute(OWNERS));
                    FileLock held = lock(lock)) {
                work.run();
            }
        } catch (FileSystemException e) {
            throw new IOException(why(e), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private FileLock lock(FileChannel channel) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        do {
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException another) {
                // of this process
            }
            LockSupport.parkNanos(PAUSE_NS);
        } while (System.nanoTime() < end);
        throw new IOException("another process has held restarts.lock beside it for " + patience.toSeconds() + " s");
    }

    private void write(RestartMemory memory) throws IOException {
        Path next = directory.resolve("restarts.json.new");
        Set<OpenOption> how = Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        try (FileChannel out = FileChannel.open(next, how, PosixFilePermissions.asFileAttribute(OWNERS))) {
            ByteBuffer bytes = ByteBuffer.wrap(json.write(memory, boot.get()).getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        last = memory;
    }

    private static String why(IOException e) {
        if (e instanceof AccessDeniedException) {
            return DENIED;
        }
        if (e instanceof NotDirectoryException || e instanceof FileAlreadyExistsException) {
            return "not a directory";
        }
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }
}
