package org.novagpubinder.notification.decode;

import org.jspecify.annotations.Nullable;

/** Reads publisher_id: {@code compute.HOST} (nova/rpc.py, get_notifier) or {@code nova-compute:HOST} (versioned). */
final class Publisher {
    private static final String UNVERSIONED = "compute.";
    private static final String VERSIONED = "nova-compute:";

    private Publisher() {}

    /**
     * The host of the nova-compute that published the event; null if another service did, or if that cannot be told:
     * instance.update comes as nova-compute from nova-api and nova-conductor as well, with the controller's host.
     */
    static @Nullable String computeHost(@Nullable String publisher, String event) {
        if (publisher == null || event.equals("instance.update")) {
            return null;
        }
        String prefix = publisher.startsWith(VERSIONED) ? VERSIONED : UNVERSIONED;
        // the host itself may have dots and colons
        return publisher.startsWith(prefix) && publisher.length() > prefix.length()
                ? publisher.substring(prefix.length())
                : null;
    }
}
