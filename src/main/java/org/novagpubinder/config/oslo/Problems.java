package org.novagpubinder.config.oslo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/** Gathers what is wrong with a configuration, so that all of it can be told at once. Texts must hold no secret. */
public final class Problems {
    /** A file that is no configuration at all (a log, a script) would fill the screen. */
    private static final int MAX_PER_FILE = 20;

    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    private record Problem(Path file, int line, String text) {}

    /** An error about a whole file or directory. */
    public void error(Path file, String text) {
        errors.add(new Problem(file, 0, file + ": " + text));
    }

    public void error(Path file, int line, String text) {
        errors.add(new Problem(file, line, file + ":" + line + ": " + text));
    }

    public void error(Assignment at, String text) {
        errors.add(new Problem(at.file(), at.line(), at + ": " + text));
    }

    /** Something odd in an option that does no harm. */
    public void warning(Assignment at, String text) {
        warnings.add(new Problem(at.file(), at.line(), at + ": " + text));
    }

    /** The errors in the order of the files and of their lines. */
    public List<String> errors(List<Path> order) {
        // an option that is read for two purposes is wrong once
        List<Problem> sorted = new ArrayList<>(new LinkedHashSet<>(errors));
        sorted.sort(
                Comparator.comparingInt((Problem p) -> order.indexOf(p.file())).thenComparingInt(Problem::line));
        List<String> lines = new ArrayList<>();
        Path file = null;
        int inFile = 0;
        for (Problem p : sorted) {
            inFile = p.file().equals(file) ? inFile + 1 : 1;
            file = p.file();
            if (inFile <= MAX_PER_FILE) {
                lines.add(p.text());
            } else if (inFile == MAX_PER_FILE + 1) {
                lines.add(file + ": more errors in this file are not shown; is it a configuration file?");
            }
        }
        return List.copyOf(lines);
    }

    /** The warnings, in the order in which they were found. */
    public List<String> warnings() {
        return warnings.stream().map(Problem::text).distinct().toList();
    }
}
