package org.novagpubinder.host.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.proc.PatientReader;
import org.novagpubinder.host.topology.IdSet;

/**
 * A directory of sysfs or procfs below a root that may be another machine's captured tree. Links are followed inside
 * that root only, absolute ones too, so that a captured tree never shows this machine's own files.
 *
 * @param root the root, without links
 * @param path this directory, without links, at or below the root
 * @param strict whether what cannot be opened for another cause than its absence or this process' rights (too many open files) is
 *     an {@link UncheckedIOException}; else it is absent too
 */
public record Dir(Path root, Path path, boolean strict) {
    /** As Linux' MAXSYMLINKS: what follows more links than that is a loop. */
    private static final int MAX_LINKS = 40;

    /** sysfs attributes fit a page; lists of CPUs and meminfo are the longest that are read here. */
    private static final int MAX_TEXT = 256 * 1024;

    /** More processes or devices than any host has; bounds what a hostile tree can make us hold. */
    private static final int MAX_NAMES = 1_000_000;

    /**
     * ENODEV and ENXIO of a device that goes in mid-read, ENOTDIR, ENOTCONN of a mount whose program has ended: what is told by
     * no exception of its own.
     */
    private static final Set<String> GONE = Set.of(
            "No such device", "No such device or address", "Not a directory", "Transport endpoint is not connected");

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern SHORT_NUMBER = Pattern.compile("[0-9]{1,5}");

    /** A directory that is not strict. */
    public Dir(Path root, Path path) {
        this(root, path, false);
    }

    /** The root itself, strict. */
    public static Dir open(Path root) throws IOException {
        Path real = root.toRealPath();
        return new Dir(real, real, true);
    }

    /** Returns if what was not read counts as absent. */
    private void absent(IOException e) {
        boolean absent = e instanceof NoSuchFileException
                || e instanceof NotDirectoryException
                || e instanceof NotLinkException
                || e instanceof AccessDeniedException
                || GONE.contains(String.valueOf(e instanceof FileSystemException f ? f.getReason() : e.getMessage()));
        if (strict && !absent) {
            throw new UncheckedIOException(e);
        }
    }

    /** The directory at that path below a root; empty if it is absent, no directory, or beyond reach, as is all without a root. */
    public static Optional<Dir> below(Path root, String relative) {
        try {
            Path real = root.toRealPath();
            return new Dir(real, real).dir(relative);
        } catch (IOException noRoot) {
            return Optional.empty();
        }
    }

    /** The directory at that path, below this one; empty if it is absent, no directory, or beyond reach. */
    public Optional<Dir> dir(String relative) {
        return at(relative).filter(End::directory).map(end -> new Dir(root, end.path(), strict));
    }

    /** Where that path, below this directory, leads; empty if nothing is there, or if it is a loop. */
    Optional<Path> resolved(String relative) {
        return at(relative).map(End::path);
    }

    private record End(Path path, boolean directory) {}

    private Optional<End> at(String relative) {
        Deque<String> rest = new ArrayDeque<>(List.of(relative.split("/", -1)));
        End at = new End(path, true);
        boolean seen = false;
        int links = 0;
        while (!rest.isEmpty()) {
            String name = rest.pop();
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            if (!at.directory()) {
                return Optional.empty();
            }
            if (name.equals("..")) {
                at = new End(above(at.path()), true);
                continue;
            }
            Path next = at.path().resolve(name);
            BasicFileAttributes attributes = attributes(next);
            if (attributes == null) {
                return Optional.empty();
            }
            seen = true;
            if (!attributes.isSymbolicLink()) {
                at = new End(next, attributes.isDirectory());
                continue;
            }
            Optional<Path> target = target(next);
            if (target.isEmpty() || ++links > MAX_LINKS) {
                return Optional.empty();
            }
            if (target.get().isAbsolute()) {
                at = new End(root, true);
            }
            for (int i = target.get().getNameCount() - 1; i >= 0; i--) {
                rest.push(target.get().getName(i).toString());
            }
        }
        return seen || Files.isDirectory(at.path(), LinkOption.NOFOLLOW_LINKS) ? Optional.of(at) : Optional.empty();
    }

    /** Of what is there itself, be it a link; null if nothing is. */
    @Nullable
    BasicFileAttributes attributes(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            absent(e);
            return null;
        }
    }

    /** The directory that this one is in; the root itself above the root. */
    public Dir above() {
        return new Dir(root, above(path), strict);
    }

    private Path above(Path at) {
        Path parent = at.equals(root) ? null : at.getParent();
        return parent == null ? root : parent;
    }

    private Optional<Path> target(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link));
        } catch (IOException e) {
            absent(e);
            return Optional.empty();
        }
    }

    /** The text that the link of that name holds, wherever it leads; empty if it is no link or gone. */
    public Optional<String> link(String name) {
        return target(path.resolve(name)).map(Path::toString);
    }

    /** The last part of where the link of that name leads: a driver's name, a physical function's address. */
    public Optional<String> linkName(String name) {
        return target(path.resolve(name)).map(Path::getFileName).map(Path::toString);
    }

    /** The file's text without white space around it; empty if it is absent, unreadable or has none. */
    public Optional<String> text(String name) {
        return text(name, MAX_TEXT).map(String::strip).filter(t -> !t.isEmpty());
    }

    /** The file's first {@code limit} bytes as they are; empty if it is absent or unreadable. */
    public Optional<String> text(String name, int limit) {
        // an attribute is never a link, which in a captured tree might lead to this machine's files, nor a pipe, which
        // would be waited for
        BasicFileAttributes file = attributes(path.resolve(name));
        return file != null && file.isRegularFile() ? anyText(name, limit) : Optional.empty();
    }

    /**
     * The same of whatever is there but a link, a pipe too: may wait for ever, so only for those who let a {@link
     * PatientReader} do it.
     */
    public Optional<String> anyText(String name, int limit) {
        InputStream file;
        try {
            file = Files.newInputStream(path.resolve(name), LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            absent(e);
            return Optional.empty();
        }
        try (file) {
            return Optional.of(new String(file.readNBytes(limit), StandardCharsets.UTF_8));
        } catch (IOException refused) {
            // what a driver does not tell of its device is not known, and does not fail the look at the host
            return Optional.empty();
        }
    }

    /** The file's decimal number; empty if it is absent or anything else. */
    public OptionalLong number(String name) {
        Optional<String> number = text(name).filter(t -> NUMBER.matcher(t).matches());
        return number.isPresent() ? OptionalLong.of(Long.parseLong(number.get())) : OptionalLong.empty();
    }

    /** The file's set of CPUs or nodes in list form; empty if it is absent or malformed. */
    public Optional<IdSet> list(String name) {
        try {
            return text(name, MAX_TEXT).map(IdSet::parse);
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    /** The names in this directory, sorted; none if it cannot be read. */
    public List<String> names() {
        try {
            return namesOrFail();
        } catch (IOException e) {
            absent(e);
            return List.of();
        }
    }

    /** The ids of processes among the names in this directory, in order: of /proc all processes. */
    public List<Integer> pids() {
        return names().stream()
                .filter(n -> n.matches("[1-9][0-9]{0,8}"))
                .map(Integer::valueOf)
                .sorted()
                .toList();
    }

    /** The names in this directory, sorted. */
    public List<String> namesOrFail() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                if (names.size() == MAX_NAMES) {
                    throw new IOException(path + " has more than " + MAX_NAMES + " entries");
                }
                names.add(String.valueOf(entry.getFileName()));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(names);
        return names;
    }

    /** Of the names those that are a prefix and a number, such as node0: the numbers. */
    public static IdSet numbered(List<String> names, String prefix) {
        return IdSet.of(names.stream()
                .filter(n -> n.startsWith(prefix)
                        && SHORT_NUMBER
                                .matcher(n)
                                .region(prefix.length(), n.length())
                                .matches())
                .mapToInt(n -> Integer.parseInt(n.substring(prefix.length())))
                .filter(id -> id <= IdSet.MAX_ID));
    }
}
