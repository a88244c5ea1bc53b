package org.novagpubinder.observability;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import org.novagpubinder.observability.http.HttpRoute;
import org.novagpubinder.observability.metrics.DecisionMeters;
import org.novagpubinder.observability.metrics.EarlyMeters;
import org.novagpubinder.observability.metrics.HostMeters;
import org.novagpubinder.observability.metrics.Meters;
import org.novagpubinder.observability.metrics.NotificationMeters;
import org.novagpubinder.observability.metrics.ProcessMeters;
import org.novagpubinder.observability.metrics.RestartMeters;
import org.novagpubinder.observability.metrics.ServiceMeters;
import org.novagpubinder.observability.metrics.StageMeters;

/** Binds what is served by HTTP; in an injector below that of {@link ObservabilityModule}, for no guest waits for it. */
public final class HttpModule extends AbstractModule {
    @Override
    protected void configure() {
        Multibinder<Meters> meters = Multibinder.newSetBinder(binder(), Meters.class);
        meters.addBinding().to(DecisionMeters.class);
        meters.addBinding().to(HostMeters.class);
        meters.addBinding().to(RestartMeters.class);
        meters.addBinding().to(StageMeters.class);
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
}
