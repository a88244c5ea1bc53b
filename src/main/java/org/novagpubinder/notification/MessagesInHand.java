package org.novagpubinder.notification;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which messages that the broker has sent once before are being handled, in files that outlive the process. A message during
 * which the process has died comes again to the next one. If that dies as well, its file is there still when the message
 * comes for the third time: it is not taken any more. From any thread.
 */
final class MessagesInHand implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MessagesInHand.class);

    private static final String PREFIX = "message-";

    /** Longer than a queue is kept by default; what is older never comes again. */
    private static final Duration KEPT = Duration.ofDays(2);

    private final @Nullable Path directory;
    private final Set<String> leftByTheDead = new HashSet<>();
    private final Set<String> ours = new HashSet<>();
    private boolean complained;
    private boolean closed;

    /** @param directory that outlives the process, made if it is not there; null: nothing is remembered */
    MessagesInHand(@Nullable Path directory) {
        this.directory = directory;
        if (directory != null && Files.isDirectory(directory)) {
            find(directory);
        }
    }

    private void find(Path in) {
        List<Path> files;
        try (Stream<Path> all = Files.list(in)) {
            files = all.filter(f -> name(f).startsWith(PREFIX)).toList();
            for (Path f : files) {
                if (Files.getLastModifiedTime(f)
                        .toInstant()
                        .isBefore(Instant.now().minus(KEPT))) {
                    Files.deleteIfExists(f);
                } else {
                    leftByTheDead.add(name(f).substring(PREFIX.length()));
                }
            }
        } catch (IOException e) {
            complain(e);
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    /** Whether a process has died while it had the message in hand although it had come before. */
    synchronized boolean deadly(String digest) {
        return leftByTheDead.contains(digest);
    }

    /** The message will not come again. */
    synchronized void done(String digest) {
        leftByTheDead.remove(digest);
        remove(digest);
    }

    synchronized void taken(String digest) {
        if (directory == null || closed) {
            return;
        }
        try {
            Files.createDirectories(directory);
            Files.createFile(directory.resolve(PREFIX + digest));
            ours.add(digest);
        } catch (FileAlreadyExistsException twice) {
            ours.add(digest);
        } catch (IOException e) {
            complain(e);
        }
    }

    /** The process ends in good order: what it has in hand is to blame for nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        Set.copyOf(ours).forEach(this::remove);
    }

    private void remove(String digest) {
        ours.remove(digest);
        if (directory == null) {
            return;
        }
        try {
            Files.deleteIfExists(directory.resolve(PREFIX + digest));
        } catch (IOException e) {
            complain(e);
        }
    }

    private void complain(IOException e) {
        if (!complained) {
            complained = true;
            LOG.warn(
                    "it cannot be remembered in {} which messages are being handled ({}): one that ends the daemon would do"
                            + " so again and again; give root write access there, or set [gpu_binder] runtime_directory",
                    directory,
                    e.toString());
        }
    }
}
