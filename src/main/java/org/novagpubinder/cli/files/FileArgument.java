package org.novagpubinder.cli.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine.TypeConversionException;

/** A file's name on the command line. */
public final class FileArgument {
    private static final String LOCALE = "cannot be a file's name in this locale; set LC_ALL=C.UTF-8 and try again";

    private FileArgument() {}

    /**
     * The file of that name.
     *
     * @throws TypeConversionException if it is the name of none, or the JVM cannot name such a file: under LC_ALL=C it takes
     *     ASCII only
     */
    public static Path path(String name) {
        if (name.isEmpty()) {
            throw new TypeConversionException("an empty text is no file's name");
        }
        if (name.matches("[A-Za-z][A-Za-z0-9+.-]*://.*")) {
            throw new TypeConversionException("'" + name + "' is a URL: a file of this machine is asked for");
        }
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("'" + name + "' " + LOCALE);
        }
    }

    /** The file's bytes; what cannot be read gives an exception whose {@link #why} does not repeat the name. */
    public static InputStream open(String name) throws IOException {
        Path file;
        try {
            file = Path.of(name);
        } catch (InvalidPathException e) {
            throw new IOException(LOCALE, e);
        }
        if (name.isEmpty()) {
            throw new IOException("an empty text is no file's name");
        }
        if (Files.isDirectory(file)) {
            throw new IOException("it is a directory: name the files in it");
        }
        return Files.newInputStream(file);
    }

    /** What hinders reading a file, in a few words. */
    public static String why(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        return e instanceof AccessDeniedException ? "this user may not read it" : String.valueOf(e.getMessage());
    }
}
