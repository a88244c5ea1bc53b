package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.notification.SubscriptionListener;
import org.novagpubinder.notification.SubscriptionState;
import org.novagpubinder.notification.SubscriptionState.Kind;

/** Messages come (again): what was missed meanwhile is looked for. */
@Singleton
final class Resubscription implements SubscriptionListener {
    private final NovaTasks tasks;
    private final Sweeper sweeper;
    private boolean subscribed;

    @Inject
    Resubscription(NovaTasks tasks, Sweeper sweeper) {
        this.tasks = tasks;
        this.sweeper = sweeper;
    }

    @Override
    public void changed(SubscriptionState state) {
        boolean before = subscribed;
        subscribed = state.kind() == Kind.SUBSCRIBED;
        // one queue more is no loss
        if (subscribed && !before) {
            tasks.endsMayBeLost();
            sweeper.soon();
        }
    }
}
