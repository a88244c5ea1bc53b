package org.novagpubinder.notification.decode;

import java.util.Locale;

/** A body that is no notification. The message is one line and holds nothing of the body but names of fields and types. */
public final class DecodeException extends Exception {
    private final Kind kind;

    /** @param message one line, without content of the body */
    public DecodeException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** Sorts of faults; each is logged once and counted. */
    public enum Kind {
        /** More bytes than {@link NotificationDecoder#MAX_BODY_BYTES}. */
        TOO_LARGE,
        /** Compressed, but not as it can be undone. */
        COMPRESSED,
        NOT_UTF8,
        /** Not JSON, or cut off. */
        NOT_JSON,
        /** Nested too deeply, or a name or number of absurd length. */
        TOO_DEEP,
        /** JSON, but a field that every notification has is not there. */
        INCOMPLETE,
        /** JSON, but a field is of another type or form than Nova writes. */
        WRONG_TYPE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
