package org.novagpubinder.config.oslo;

/** How the text of an option becomes a value. */
public interface OptionType<T> {
    /**
     * Reads a value.
     *
     * @throws BadValue if the text is none; the message must not repeat the text, which may be a secret
     */
    T read(String text) throws BadValue;

    /** What is allowed, for errors and the sample configuration: "a whole number of seconds from 1 to 300". */
    String allowed();

    /** A type of a reader and the words for what it reads. */
    static <T> OptionType<T> of(String allowed, Reader<T> reader) {
        return new OptionType<>() {
            @Override
            public T read(String text) throws BadValue {
                return reader.read(text);
            }

            @Override
            public String allowed() {
                return allowed;
            }
        };
    }

    /** The part of a type that reads. */
    interface Reader<T> {
        T read(String text) throws BadValue;
    }
}
