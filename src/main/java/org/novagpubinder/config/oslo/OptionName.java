package org.novagpubinder.config.oslo;

/**
 * The name of an option.
 *
 * @param section in lower case, or DEFAULT
 * @param name as in the file
 */
public record OptionName(String section, String name) {
    // a record's own are made at their first use, which takes a start some 15 ms
    @Override
    public boolean equals(Object o) {
        return o instanceof OptionName other && name.equals(other.name) && section.equals(other.section);
    }

    @Override
    public int hashCode() {
        return 31 * section.hashCode() + name.hashCode();
    }

    @Override
    public String toString() {
        return "[" + section + "] " + name;
    }
}
