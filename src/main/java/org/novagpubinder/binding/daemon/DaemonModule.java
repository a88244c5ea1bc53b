package org.novagpubinder.binding.daemon;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.nova.NovaQueue;
import org.novagpubinder.binding.nova.SubscribedQueue;
import org.novagpubinder.binding.report.LastOutcomes;
import org.novagpubinder.notification.NotificationHandler;
import org.novagpubinder.notification.SubscriptionListener;

/** Joins the notifications to the engine; with {@link BindingModule}, for the daemon alone. */
public final class DaemonModule extends AbstractModule {
    @Override
    protected void configure() {
        bind(NotificationHandler.class).to(EventRouter.class);
        OptionalBinder.newOptionalBinder(binder(), NovaQueue.class).setBinding().to(SubscribedQueue.class);
        Multibinder<SubscriptionListener> listeners = Multibinder.newSetBinder(binder(), SubscriptionListener.class);
        listeners.addBinding().to(ServiceState.class);
        listeners.addBinding().to(Resubscription.class);
        Multibinder.newSetBinder(binder(), ServiceListener.class);
        Multibinder<DecisionListener> decisions = Multibinder.newSetBinder(binder(), DecisionListener.class);
        decisions.addBinding().to(ServiceState.class);
        decisions.addBinding().to(LastOutcomes.class);
    }
}
