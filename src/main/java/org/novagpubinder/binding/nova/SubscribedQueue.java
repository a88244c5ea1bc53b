package org.novagpubinder.binding.nova;

import com.google.inject.Provider;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import org.novagpubinder.notification.NotificationSubscription;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/**
 * Nova's messages as the daemon's subscription gets them.
 *
 * @param subscription a provider, for the subscription hands on to those who ask here
 */
public record SubscribedQueue(Provider<NotificationSubscription> subscription) implements NovaQueue {
    /** What waits is usually read in a few milliseconds; a guest that runs loses nothing by it. */
    public static final Duration PATIENCE = Duration.ofSeconds(3);

    @Inject
    public SubscribedQueue {}

    @Override
    public Optional<Reason> unread() {
        try {
            return subscription.get().readToTheEnd(PATIENCE)
                    ? Optional.empty()
                    : because("Nova may have begun something: its messages could not be read to their end (if that"
                            + " lasts, `nova-gpu-binder check` says whether somebody else reads them too)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return because("Nova may have begun something: the daemon stops, and reads no more messages");
        }
    }

    private static Optional<Reason> because(String text) {
        return Code.TASK_RUNNING.because(text);
    }
}
