package org.novagpubinder.observability;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.multibindings.Multibinder;
import jakarta.inject.Singleton;
import java.util.Map;
import org.novagpubinder.binding.daemon.ServiceListener;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.observability.http.HttpRoute;
import org.novagpubinder.observability.metrics.DecisionMeters;
import org.novagpubinder.observability.metrics.EarlyMeters;
import org.novagpubinder.observability.metrics.Guests;
import org.novagpubinder.observability.metrics.HostMeters;
import org.novagpubinder.observability.metrics.HostView;
import org.novagpubinder.observability.metrics.Meters;
import org.novagpubinder.observability.metrics.NotificationMeters;
import org.novagpubinder.observability.metrics.ProcessMeters;
import org.novagpubinder.observability.metrics.RestartMeters;
import org.novagpubinder.observability.metrics.ServiceMeters;
import org.novagpubinder.observability.metrics.ServiceWatch;
import org.novagpubinder.observability.metrics.Silence;
import org.novagpubinder.observability.systemd.SdNotify;
import org.novagpubinder.observability.systemd.Systemd;

/** Binds what systemd and operators see. */
public final class ObservabilityModule extends AbstractModule {
    private final Map<String, String> environment;

    /** @param environment of the process */
    public ObservabilityModule(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    protected void configure() {
        Multibinder<ServiceListener> services = Multibinder.newSetBinder(binder(), ServiceListener.class);
        services.addBinding().to(Systemd.class);
        services.addBinding().to(ServiceWatch.class);
        services.addBinding().to(Silence.class);
        Multibinder<DecisionListener> decisions = Multibinder.newSetBinder(binder(), DecisionListener.class);
        decisions.addBinding().to(ServiceWatch.class);
        decisions.addBinding().to(Silence.class);
        decisions.addBinding().to(Guests.class);
        decisions.addBinding().to(DecisionMeters.class);
        decisions.addBinding().to(HostView.class);
        Multibinder<Meters> meters = Multibinder.newSetBinder(binder(), Meters.class);
        meters.addBinding().to(DecisionMeters.class);
        meters.addBinding().to(HostMeters.class);
        meters.addBinding().to(RestartMeters.class);
        meters.addBinding().to(EarlyMeters.class);
        meters.addBinding().to(ServiceMeters.class);
        meters.addBinding().to(NotificationMeters.class);
        meters.addBinding().to(ProcessMeters.class);
        Multibinder<HttpRoute> routes = Multibinder.newSetBinder(binder(), HttpRoute.class);
        routes.addBinding().to(MetricsRoute.class);
        routes.addBinding().to(HealthRoute.class);
        routes.addBinding().to(OutcomesRoute.class);
        routes.addBinding().to(PageRoute.class);
    }

    @Provides
    @Singleton
    SdNotify sdNotify() {
        return new SdNotify(environment);
    }
}
