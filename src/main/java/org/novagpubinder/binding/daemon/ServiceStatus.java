package org.novagpubinder.binding.daemon;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.notification.SubscriptionState;

/**
 * How the service stands.
 *
 * @param libvirt a sentence about it: where, why not, what to do
 * @param subscription how the subscription stands; null as long as it has not told
 * @param ready whether it was up once: libvirt and the broker both there, and every domain looked at
 */
public record ServiceStatus(
        boolean libvirtUp, String libvirt, @Nullable SubscriptionState subscription, boolean ready, boolean stopping) {
    /** Before anything was tried. */
    public static final ServiceStatus STARTING = new ServiceStatus(false, "connecting to libvirt", null, false, false);

    /** Whether notifications arrive, or would if Nova sent any. */
    public boolean subscribed() {
        return subscription != null
                && (subscription.kind() == SubscriptionState.Kind.SUBSCRIBED
                        || subscription.kind() == SubscriptionState.Kind.IDLE);
    }

    /** How the subscription stands, in a sentence; as long as it has not told, what is said instead. */
    public String subscription(String untold) {
        return subscription == null ? untold : subscription.detail();
    }

    public String words() {
        return libvirt + (subscription == null ? "" : "; " + subscription.detail());
    }
}
