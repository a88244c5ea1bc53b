package org.novagpubinder.config.oslo;

/**
 * How the text of an option becomes a value.
 *
 * @param allowed what is allowed, for errors and the sample configuration: "a whole number of seconds from 1 to 300"
 */
public record OptionType<T>(String allowed, Reader<T> reader) {
    /** The part of a type that reads. {@link BadValue} must not repeat the text, which may be a secret. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(String text) throws BadValue;
    }

    public T read(String text) throws BadValue {
        return reader.read(text);
    }
}
