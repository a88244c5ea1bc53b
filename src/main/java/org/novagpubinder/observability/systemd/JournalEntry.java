package org.novagpubinder.observability.systemd;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One entry for journald in its native form: fields that {@code journalctl FIELD=VALUE} finds (systemd's native journal protocol). */
public final class JournalEntry {
    /** A datagram that is larger would have to be passed as a file. */
    public static final int MOST_BYTES = 48 * 1024;

    private static final int LONGEST_NAME = 64;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);

    /** Adds a field; its name in any case, made up of letters, digits and '_'. Cut if the entry gets too long. */
    JournalEntry field(String name, String value) {
        String key = name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_");
        if (key.isEmpty() || key.length() > LONGEST_NAME || !Character.isLetter(key.charAt(0))) {
            throw new IllegalArgumentException("no field of the journal can be called '" + name + "'");
        }
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, MOST_BYTES - bytes.size());
        if (length <= 0 && text.length > 0) {
            return this;
        }
        bytes.writeBytes(key.getBytes(StandardCharsets.US_ASCII));
        if (value.indexOf('\n') < 0) {
            bytes.write('=');
        } else {
            // a value of several lines goes by its length
            bytes.write('\n');
            bytes.writeBytes(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(length)
                    .array());
        }
        bytes.write(text, 0, length);
        bytes.write('\n');
        return this;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
