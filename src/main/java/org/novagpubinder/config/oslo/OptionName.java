package org.novagpubinder.config.oslo;

/**
 * The name of an option.
 *
 * @param section in lower case, or DEFAULT
 * @param name as in the file
 */
public record OptionName(String section, String name) {
    @Override
    public String toString() {
        return "[" + section + "] " + name;
    }
}
