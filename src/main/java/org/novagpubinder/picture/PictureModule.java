package org.novagpubinder.picture;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import org.novagpubinder.binding.daemon.ServiceListener;
import org.novagpubinder.binding.decision.DecisionListener;

/** Lets the pictures of the daemon know of its decisions. */
public final class PictureModule extends AbstractModule {
    @Override
    protected void configure() {
        Multibinder<DecisionListener> decisions = Multibinder.newSetBinder(binder(), DecisionListener.class);
        decisions.addBinding().to(RecentDecisions.class);
        decisions.addBinding().to(GuestHistories.class);
        // they ask ServiceState, which tells those
        Multibinder.newSetBinder(binder(), ServiceListener.class);
    }
}
