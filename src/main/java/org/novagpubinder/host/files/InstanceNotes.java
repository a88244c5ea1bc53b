package org.novagpubinder.host.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the next daemon has to know of an instance should this one end now, a file for each in the runtime directory. It need not
 * reach a disk: after a boot of the host it means nothing.
 *
 * @param directory where they stand; made when something is noted, if not before
 */
public record InstanceNotes(Path directory) {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceNotes.class);

    private static final Pattern NAME = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    /** Far more than a record of a restart is long. */
    private static final int MAX_BYTES = 1 << 20;

    /**
     * Notes that of the instance, in place of what was noted before.
     *
     * @throws IOException if it cannot be written; the message says where and why
     */
    public void write(UUID uuid, String text) throws IOException {
        Path next = directory.resolve(uuid + ".new");
        write(next, text, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.CREATE);
        try {
            // what was noted before is not lost by a file system that is full, nor by the process's end
            Files.move(next, file(uuid), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IOException(file(uuid) + " cannot be written: " + e, e);
        }
    }

    /**
     * The same of one of which nothing is noted.
     *
     * @throws IOException if something is, or if it cannot be written; the message says where and why
     */
    public void create(UUID uuid, String text) throws IOException {
        write(file(uuid), text, StandardOpenOption.CREATE_NEW);
    }

    private void write(Path file, String text, OpenOption... how) throws IOException {
        try {
            try {
                put(file, text, how);
            } catch (NoSuchFileException noDirectory) {
                makeDirectory();
                put(file, text, how);
            }
        } catch (IOException e) {
            throw new IOException(file + " cannot be written: " + e, e);
        }
    }

    /** Makes the directory if it is missing, so that {@link #write} need not. */
    public void makeDirectory() throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private static void put(Path file, String text, OpenOption... how) throws IOException {
        Set<OpenOption> all = new HashSet<>(List.of(how));
        all.add(StandardOpenOption.WRITE);
        all.add(LinkOption.NOFOLLOW_LINKS);
        try (FileChannel out = FileChannel.open(file, all)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
    }

    /** Nothing is noted of it any more. */
    public void remove(UUID uuid) {
        try {
            Files.deleteIfExists(file(uuid));
        } catch (IOException e) {
            LOG.warn("instance {}: what is over stays noted: {}", uuid, e.toString());
        }
    }

    /** What is noted of the instance; empty if nothing is, or if it cannot be read. */
    public Optional<String> of(UUID uuid) {
        try (InputStream in = Files.newInputStream(file(uuid), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
        } catch (NoSuchFileException | AccessDeniedException noneOfOurs) {
            // the directory is the daemon's: a command of somebody else's sees nothing
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("instance {}: what was noted of it cannot be read: {}", uuid, e.toString());
            return Optional.empty();
        }
    }

    /** Of which instances something is noted; none if that cannot be read. */
    public Set<UUID> all() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(NAME.asMatchPredicate())
                    .map(UUID::fromString)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException noneOfOurs) {
            return Set.of();
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("what a daemon before this one has noted cannot be read: {}", e.toString());
            return Set.of();
        }
    }

    private Path file(UUID uuid) {
        return directory.resolve(uuid.toString());
    }
}
