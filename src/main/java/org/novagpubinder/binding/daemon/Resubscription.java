package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.notification.SubscriptionListener;
import org.novagpubinder.notification.SubscriptionState;
import org.novagpubinder.notification.SubscriptionState.Kind;

/** Messages come (again): what was missed meanwhile is looked for. */
record Resubscription(NovaTasks tasks, Sweeper sweeper) implements SubscriptionListener {
    @Inject
    Resubscription {}

    @Override
    public void changed(SubscriptionState state) {
        if (state.kind() == Kind.SUBSCRIBED) {
            tasks.endsMayBeLost();
            sweeper.soon();
        }
    }
}
