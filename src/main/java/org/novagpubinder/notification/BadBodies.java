package org.novagpubinder.notification;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import org.novagpubinder.notification.decode.DecodeException;
import org.novagpubinder.notification.decode.DecodeException.Kind;
import org.novagpubinder.notification.decode.NotificationDecoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs bodies that cannot be decoded: the first of each kind, and never what is in them (Nova's hold tokens). */
final class BadBodies {
    private static final Logger LOG = LoggerFactory.getLogger(BadBodies.class);

    private final Set<Kind> logged = EnumSet.noneOf(Kind.class);

    /** Takes note of one; by one thread. */
    void met(byte[] body, DecodeException fault) {
        if (logged.add(fault.kind())) {
            LOG.warn(
                    "a notification cannot be decoded and is dropped: {} ({} bytes, SHA-256 {}); further ones of this kind"
                            + " are only counted",
                    fault.getMessage(),
                    body.length,
                    sha256(body));
        }
    }

    /** Takes note of one that was too large to be received; by the same thread. */
    void leftOut(String routingKey, long bytes) {
        if (logged.add(Kind.TOO_LARGE)) {
            LOG.warn(
                    "a message of {} bytes with routing key '{}' is dropped unread: Nova's notifications have a few KiB, more"
                            + " than {} are not received; further ones are only counted",
                    bytes,
                    routingKey,
                    NotificationDecoder.MAX_BODY_BYTES);
        }
    }

    /** Takes note of one that has ended the process before; each is told, for each has cost a daemon twice. */
    void deadly(byte[] body) {
        LOG.error(
                "a message of {} bytes (SHA-256 {}) is dropped unread: the daemon has died while it handled it, and when it"
                        + " came again once more; what it told of is found by the next sweep",
                body.length,
                sha256(body));
    }

    static String sha256(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
