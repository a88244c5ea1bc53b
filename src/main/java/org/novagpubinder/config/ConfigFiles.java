package org.novagpubinder.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.novagpubinder.config.oslo.Problems;

/** Finds the configuration files and reads their text. */
record ConfigFiles(Problems problems) {
    /** nova.conf with all its comments has half a MiB. */
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    /**
     * The files to read, in oslo.config's order (cfg.py:ConfigOpts._parse_config_files): nova-compute's own files unless one
     * is named, its own directories unless one is named, then what is named. Ours come after Nova's.
     *
     * @param files named ones
     * @param directories named ones, whose *.conf are read sorted by name; hidden ones are left out, as by oslo's glob
     * @param environment has those that are read by themselves, as far as they exist
     */
    List<Path> find(List<Path> files, List<Path> directories, ConfigEnvironment environment) {
        List<Path> all = new ArrayList<>();
        for (Path place : environment.nova()) {
            if (Files.isDirectory(place)) {
                all.addAll(directories.isEmpty() ? confIn(place) : List.of());
            } else if (files.isEmpty() && mayBeThere(place)) {
                all.add(place);
            }
        }
        if (files.isEmpty()) {
            environment.defaultFiles().stream().filter(ConfigFiles::mayBeThere).forEach(all::add);
        }
        all.addAll(files);
        for (Path directory : directories) {
            all.addAll(confIn(directory));
        }
        environment.lastFiles().stream().filter(ConfigFiles::mayBeThere).forEach(all::add);
        return all;
    }

    /** notExists is false for what may not be looked at: reading it then says so. */
    private static boolean mayBeThere(Path path) {
        return !Files.notExists(path);
    }

    private List<Path> confIn(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.endsWith(".conf") && !name.startsWith(".");
                    })
                    .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .toList();
        } catch (NoSuchFileException e) {
            problems.error(directory, "no such directory; --config-dir needs one that exists");
        } catch (NotDirectoryException e) {
            problems.error(directory, "is no directory; name a file with --config-file");
        } catch (IOException | UncheckedIOException e) {
            problems.error(directory, cannotRead(e));
        }
        return List.of();
    }

    /** The text of a file; empty if it cannot be read, which the problems then say. */
    Optional<String> read(Path file) {
        if (Files.isDirectory(file)) {
            problems.error(file, "is a directory, not a file; name a directory with --config-dir");
            return Optional.empty();
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (NoSuchFileException e) {
            problems.error(file, "no such file; --config-file needs one that exists");
            return Optional.empty();
        } catch (IOException e) {
            problems.error(file, cannotRead(e));
            return Optional.empty();
        }
        if (bytes.length > MAX_BYTES) {
            problems.error(file, "larger than " + MAX_BYTES / 1024 / 1024 + " MiB; is it a configuration file?");
            return Optional.empty();
        }
        return decode(file, bytes);
    }

    private static String cannotRead(Exception e) {
        return e instanceof AccessDeniedException
                ? "may not be read by this user; run as root, or as a user in the group that owns it (nova)"
                : "cannot be read: " + e.getClass().getSimpleName();
    }

    private Optional<String> decode(Path file, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        // a new decoder reports what new String() would replace
        if (StandardCharsets.UTF_8.newDecoder().decode(in, out, true).isError()) {
            int line = 1;
            for (int i = 0; i < in.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            problems.error(file, line, "not UTF-8; save the file as UTF-8");
            return Optional.empty();
        }
        String text = out.flip().toString();
        if (text.startsWith("\ufeff")) {
            problems.error(file, 1, "begins with a byte order mark; save the file as UTF-8 without one");
            return Optional.empty();
        }
        return Optional.of(text);
    }
}
