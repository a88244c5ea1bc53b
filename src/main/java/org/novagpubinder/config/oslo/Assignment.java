package org.novagpubinder.config.oslo;

import java.nio.file.Path;
import java.util.Locale;

/**
 * One {@code key = value} of a file.
 *
 * @param line line of the key, from 1
 * @param section as written, without brackets
 * @param key as written
 * @param value continuation lines joined by newline, quotes taken off, nothing substituted yet; it may be a secret
 */
public record Assignment(Path file, int line, String section, String key, String value) {
    /** Sections in lower case, but for DEFAULT (oslo_config/cfg.py:_normalize_group_name). */
    public static String normalized(String section) {
        return section.equals("DEFAULT") ? section : section.toLowerCase(Locale.ROOT);
    }

    /** Whether this is the option of that section and name. */
    boolean is(OptionName name) {
        return key.equals(name.name()) && normalized(section).equals(name.section());
    }

    /** Where and what, without the value. */
    @Override
    public String toString() {
        return file + ":" + line + ": [" + section + "] " + key;
    }
}
