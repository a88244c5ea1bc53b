package org.novagpubinder.observability;

import com.google.inject.Binder;
import com.google.inject.Module;
import com.google.inject.Provides;
import com.google.inject.multibindings.Multibinder;
import jakarta.inject.Singleton;
import java.util.Map;
import org.novagpubinder.binding.daemon.ServiceListener;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.observability.metrics.DecisionMeters;
import org.novagpubinder.observability.metrics.Guests;
import org.novagpubinder.observability.metrics.HostView;
import org.novagpubinder.observability.metrics.ServiceWatch;
import org.novagpubinder.observability.metrics.Silence;
import org.novagpubinder.observability.systemd.SdNotify;
import org.novagpubinder.observability.systemd.Systemd;

/** Binds what hears how the daemon stands and what it decides, and what systemd sees of it. */
public final class ObservabilityModule implements Module {
    private final Map<String, String> environment;

    /** @param environment the process' variables, of which systemd's are read */
    public ObservabilityModule(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public void configure(Binder binder) {
        Multibinder<ServiceListener> services = Multibinder.newSetBinder(binder, ServiceListener.class);
        services.addBinding().to(Systemd.class);
        services.addBinding().to(ServiceWatch.class);
        services.addBinding().to(Silence.class);
        Multibinder<DecisionListener> decisions = Multibinder.newSetBinder(binder, DecisionListener.class);
        decisions.addBinding().to(ServiceWatch.class);
        decisions.addBinding().to(Silence.class);
        decisions.addBinding().to(Guests.class);
        decisions.addBinding().to(DecisionMeters.class);
        decisions.addBinding().to(HostView.class);
    }

    @Provides
    @Singleton
    SdNotify sdNotify() {
        return new SdNotify(environment);
    }
}
