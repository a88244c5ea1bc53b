package org.novagpubinder.config.settings;

import java.util.List;

/**
 * Whether and how this host's Nova notifies, for those who tell an operator why nothing is heard.
 *
 * @param drivers {@code [oslo_messaging_notifications] driver}; with none, or only noop and log, Nova sends nothing
 * @param compression {@code [oslo_messaging_rabbit] kombu_compression}; empty if it is not set
 * @param format {@code [notifications] notification_format}: both, versioned or unversioned
 * @param sentIn which of the two formats are sent to a topic: one whose list of topics is empty is not
 */
public record NovaNotifications(List<String> drivers, String compression, String format, List<String> sentIn) {
    public NovaNotifications {
        drivers = List.copyOf(drivers);
        sentIn = List.copyOf(sentIn);
    }

    /** Whether messages can be read in spite of how they are compressed (kombu/compression.py has the names). */
    public boolean readable() {
        return List.of("", "gzip", "zlib", "application/x-gzip", "bzip2", "bzip", "application/x-bz2")
                .contains(compression);
    }

    /** Whether it is the name that oslo.messaging's help has, but kombu does not know: each publish fails, RPC too. */
    public boolean unknownToKombu() {
        return compression.equals("bz2");
    }

    /** Whether a driver is set that sends messages (messaging, messagingv2, routing). */
    public boolean sent() {
        return drivers.stream().anyMatch(d -> d.equals("messaging") || d.equals("messagingv2") || d.equals("routing"));
    }
}
