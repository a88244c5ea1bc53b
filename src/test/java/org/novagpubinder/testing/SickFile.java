package org.novagpubinder.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A pipe in the place of a file: who opens it to read waits until somebody writes, as before a process' locked memory. */
public final class SickFile implements AutoCloseable {
    private final Path pipe;

    /** Takes the place of what is there. */
    public SickFile(Path pipe) throws IOException, InterruptedException {
        this.pipe = pipe;
        Files.createDirectories(pipe.getParent());
        Files.deleteIfExists(pipe);
        if (new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor() != 0) {
            throw new IOException("no pipe at " + pipe);
        }
    }

    /** Whoever waits in this moment gets an answer. There has to be somebody. */
    public void answers(String text) throws IOException {
        Files.writeString(pipe, text, StandardOpenOption.WRITE);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(pipe);
    }
}
