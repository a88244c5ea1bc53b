package org.novagpubinder.config;

/**
 * The name of an option.
 *
 * @param section in lower case, or DEFAULT
 * @param name as in the file
 */
record OptionName(String section, String name) {
    @Override
    public String toString() {
        return "[" + section + "] " + name;
    }
}
