package org.novagpubinder.config;

import java.util.List;
import java.util.Optional;

/**
 * Whether and how this host's Nova notifies, for those who tell an operator why nothing is heard.
 *
 * @param drivers {@code [oslo_messaging_notifications] driver}; with none, or only noop and log, Nova sends nothing
 * @param format {@code [notifications] notification_format}: both, versioned or unversioned
 */
public record NovaNotifications(List<String> drivers, String format) {
    public NovaNotifications {
        drivers = List.copyOf(drivers);
    }

    /** Why this host's Nova sends nothing, and what to do, as far as the configuration tells; empty if she sends. */
    public Optional<String> silence() {
        return sent()
                ? Optional.empty()
                : Optional.of("Nova sends no notifications by the configuration that was read: "
                        + (drivers.isEmpty()
                                ? "[oslo_messaging_notifications] driver is not set"
                                : "[oslo_messaging_notifications] driver is " + String.join(", ", drivers))
                        + ". Without them guests get live pins and never a render node; set driver = messagingv2 and"
                        + " restart nova-compute");
    }

    /** Whether a driver is set that sends messages (messaging, messagingv2, routing). */
    public boolean sent() {
        return drivers.stream().anyMatch(d -> d.equals("messaging") || d.equals("messagingv2") || d.equals("routing"));
    }
}
