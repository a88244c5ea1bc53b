package org.novagpubinder.config.oslo;

/** A value that an option cannot have. The message continues a sentence ("is no number") and holds no secret. */
public final class BadValue extends Exception {
    public BadValue(String message) {
        super(message);
    }
}
