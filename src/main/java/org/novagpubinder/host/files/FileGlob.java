package org.novagpubinder.host.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Files by the form of their names. */
public final class FileGlob {
    private FileGlob() {}

    /** What the directory has of that form, in no order; nothing where it cannot be read. */
    public static Stream<Path> in(Path directory, String form) {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, form)) {
            found.forEach(all::add);
        } catch (IOException | DirectoryIteratorException none) {
            return Stream.of();
        }
        return all.stream();
    }
}
