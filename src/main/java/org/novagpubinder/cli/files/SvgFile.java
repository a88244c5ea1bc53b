package org.novagpubinder.cli.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.novagpubinder.cli.terminal.CommandFailure;

/** Writes a file as a whole: whoever reads it meanwhile sees the old one or the new one. */
public final class SvgFile {
    private SvgFile() {}

    /**
     * Writes the file as a whole.
     *
     * @throws CommandFailure if it cannot be written, saying why; then a file that was there is as it was
     */
    public static void write(Path file, String text) throws CommandFailure {
        Path target = refuse(file);
        Path part = target.resolveSibling(
                "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        try {
            try {
                Files.writeString(
                        part, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw failure(file, why(e));
        }
    }

    /** What is no file must not be replaced by one: a device, a pipe, a directory. A link stays one. */
    private static Path refuse(Path file) throws CommandFailure {
        try {
            Path absolute = file.toAbsolutePath();
            Path target = Files.isSymbolicLink(absolute) ? absolute.toRealPath() : absolute;
            Path directory = target.getParent();
            if (Files.isDirectory(target) || directory == null) {
                throw failure(file, "it is a directory: name the file in it");
            }
            if (!Files.isDirectory(directory)) {
                throw failure(file, "there is no directory " + directory);
            }
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(target)) {
                throw failure(file, "it is no regular file; --svg - prints to standard output");
            }
            return target;
        } catch (IOException e) {
            throw failure(file, "its link leads nowhere");
        }
    }

    private static CommandFailure failure(Path file, String why) {
        return new CommandFailure("cannot write " + file + ": " + why);
    }

    private static String why(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "this user may not write there";
        }
        if (e instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + " is left from an earlier attempt: remove it";
        }
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }
}
