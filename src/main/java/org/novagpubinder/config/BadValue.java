package org.novagpubinder.config;

/** A value that an option cannot have. The message continues a sentence ("is no number") and holds no secret. */
final class BadValue extends Exception {
    private static final long serialVersionUID = 1;

    BadValue(String message) {
        super(message);
    }
}
