package org.novagpubinder.notification.decode;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Tells by a body's bytes alone that it concerns other hosts. Whatever tells the host of an event ends with the host's name and
 * a quotation mark: payload.host, or publisher_id. A name of letters, digits, '.', '_' and '-' can be written in JSON as it
 * stands, or with {@code \}{@code u00XX} for some of it; a body that has neither tells another host, or none.
 *
 * <p>Whether such a body could be decoded is not known then; one that cannot be a notification is not told of.
 */
public final class ForeignLook {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Needle ESCAPED_ASCII = new Needle("\\u00");
    private static final Needle EVENT_TYPE = new Needle("event_type");
    private static final Needle PUBLISHER = new Needle("publisher_id");

    private final Needle host;
    private final boolean plain;

    /** @param host nova.conf's host; of one with other characters nothing is ever known */
    public ForeignLook(String host) {
        this.host = new Needle(host);
        this.plain = PLAIN.matcher(host).matches();
    }

    /**
     * Whether the event is surely of no concern to the host: {@link NotificationDecoder#decode} would tell another one, none,
     * or that the body is no notification. False if that is not sure.
     */
    public boolean foreign(byte[] body) {
        // a compressed body begins otherwise
        return plain
                && body.length > 1
                && body.length <= NotificationDecoder.MAX_BODY_BYTES
                && body[0] == '{'
                && body[body.length - 1] == '}'
                && EVENT_TYPE.in(body, 0) >= 0
                && PUBLISHER.in(body, 0) >= 0
                && !names(body)
                && !escapesAscii(body);
    }

    private boolean names(byte[] body) {
        for (int at = host.in(body, 0); at >= 0; at = host.in(body, at + 1)) {
            int end = at + host.length();
            // in oslo's envelope the quotation mark is escaped
            if (end >= body.length || body[end] == '"' || body[end] == '\\') {
                return true;
            }
        }
        return false;
    }

    /** Python escapes other characters only, é and 中 in names that tenants have chosen. */
    private static boolean escapesAscii(byte[] body) {
        for (int at = ESCAPED_ASCII.in(body, 0); at >= 0; at = ESCAPED_ASCII.in(body, at + 1)) {
            int end = at + ESCAPED_ASCII.length();
            if (end >= body.length || (body[end] >= '2' && body[end] <= '7')) {
                return true;
            }
        }
        return false;
    }

    /** Bytes that are looked for, most places left out (R. N. Horspool, Practical fast searching in strings, 1980). */
    private static final class Needle {
        private final byte[] bytes;
        private final byte[] skip = new byte[256];

        Needle(String text) {
            bytes = text.getBytes(StandardCharsets.UTF_8);
            for (int b = 0; b < skip.length; b++) {
                skip[b] = (byte) Math.min(bytes.length, Byte.MAX_VALUE);
            }
            for (int i = 0; i < bytes.length - 1; i++) {
                skip[bytes[i] & 0xff] = (byte) Math.min(bytes.length - 1 - i, Byte.MAX_VALUE);
            }
        }

        int length() {
            return bytes.length;
        }

        /** Where they begin first, not before {@code from}; -1 if nowhere. */
        int in(byte[] text, int from) {
            int last = bytes.length - 1;
            byte end = bytes[last];
            for (int at = from + last; at < text.length; at += skip[text[at] & 0xff]) {
                if (text[at] == end && matches(text, at - last)) {
                    return at - last;
                }
            }
            return -1;
        }

        private boolean matches(byte[] text, int at) {
            for (int i = 0; i < bytes.length; i++) {
                if (text[at + i] != bytes[i]) {
                    return false;
                }
            }
            return true;
        }
    }
}
