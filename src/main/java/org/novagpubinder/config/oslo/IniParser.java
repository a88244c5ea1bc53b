package org.novagpubinder.config.oslo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads oslo.config's INI dialect, rule for rule as {@code oslo_config/iniparser.py:BaseParser} and {@code
 * cfg.py:ConfigParser} (9.0.0) do: a line that begins with a space or a tab continues the value (even if it looks like a
 * comment); a blank line, a comment or a section ends it; there are no comments behind a value; quotes are taken off if
 * the first line of the value begins and ends with the same. Where oslo stops at the first error this goes on, so that all
 * of them are told.
 *
 * <p>Errors never show the line: it may be a password.
 */
public final class IniParser {
    private final Path file;
    private final Problems problems;
    private final List<Assignment> assignments = new ArrayList<>();

    private @Nullable String section;
    /** After an error: what follows belongs to it and is skipped without another error. */
    private boolean sectionLost;

    private boolean valueLost;
    private @Nullable String key;
    private int keyLine;
    private final StringBuilder value = new StringBuilder();

    private IniParser(Path file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    /** The assignments of a file, in its order; what is wrong goes to {@code problems}. */
    public static List<Assignment> parse(Path file, String text, Problems problems) {
        IniParser parser = new IniParser(file, problems);
        int number = 0;
        // Python's universal newlines
        for (String line : text.split("\r\n|\r|\n", -1)) {
            parser.line(++number, PythonText.stripEnd(line));
        }
        parser.endOfValue();
        return parser.assignments;
    }

    private void line(int number, String line) {
        if (line.isEmpty()) {
            endOfValue();
        } else if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
            continuation(number, line);
        } else {
            endOfValue();
            if (line.charAt(0) == '[') {
                section(number, line);
            } else if (line.charAt(0) != '#' && line.charAt(0) != ';') {
                keyAndValue(number, line);
            }
        }
    }

    private void continuation(int number, String line) {
        if (key != null) {
            value.append('\n').append(PythonText.stripStart(line));
        } else if (!valueLost) {
            problems.error(
                    file,
                    number,
                    "begins with white space but continues no value; options, sections and comments begin in the first"
                            + " column, and a value that is continued must not be followed by a blank line or comment");
            valueLost = true;
        }
    }

    private void section(int number, String line) {
        sectionLost = true;
        if (!line.endsWith("]")) {
            problems.error(file, number, "section without its ']'; a section is [name] and nothing behind it");
        } else if (line.length() <= 2) {
            problems.error(file, number, "section without a name; a section is [name]");
        } else {
            section = line.substring(1, line.length() - 1);
            sectionLost = false;
        }
    }

    private void keyAndValue(int number, String line) {
        int equal = line.indexOf('=');
        int colon = line.indexOf(':');
        int split = equal < 0 ? colon : colon < 0 ? equal : Math.min(equal, colon);
        if (split < 0) {
            valueLost = true;
            problems.error(file, number, "no '=' in the line; an option is 'name = value', a comment begins with '#'");
            return;
        }
        String name = PythonText.strip(line.substring(0, split));
        if (name.isEmpty()) {
            valueLost = true;
            problems.error(
                    file, number, "no name before the '" + line.charAt(split) + "'; an option is 'name = value'");
            return;
        }
        key = name;
        keyLine = number;
        value.append(unquoted(PythonText.strip(line.substring(split + 1))));
    }

    private static String unquoted(String text) {
        if (text.isEmpty()
                || (text.charAt(0) != '"' && text.charAt(0) != '\'')
                || text.charAt(0) != text.charAt(text.length() - 1)) {
            return text;
        }
        // a single quote character is both ends at once
        return text.length() < 2 ? "" : text.substring(1, text.length() - 1);
    }

    private void endOfValue() {
        if (key != null && section != null && !sectionLost) {
            assignments.add(new Assignment(file, keyLine, section, key, value.toString()));
        } else if (key != null && !sectionLost) {
            problems.error(file, keyLine, "option before the first section; put [DEFAULT] or its section above it");
            sectionLost = true;
        }
        key = null;
        valueLost = false;
        value.setLength(0);
    }
}
