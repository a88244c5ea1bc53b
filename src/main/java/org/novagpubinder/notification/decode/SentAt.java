package org.novagpubinder.notification.decode;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.notification.decode.JsonCursor.Value;

/** When a notification was sent: oslo.messaging writes {@code str(timeutils.utcnow())} (oslo_messaging/notify/notifier.py). */
final class SentAt {
    /** "2026-11-23 10:53:25.386613", and some digits to spare. */
    private static final int LONGEST = 40;

    private SentAt() {}

    /** The time; null if there is none. One that cannot be read is none: it makes no message a bad one. */
    static @Nullable Instant of(@Nullable Value timestamp) {
        String text = timestamp == null ? null : timestamp.text();
        if (text == null || text.length() > LONGEST) {
            return null;
        }
        try {
            return LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
