package org.novagpubinder.check;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import java.util.List;
import org.novagpubinder.config.ConfigReport;

/** Binds the checks, in the order in which they are told. Others bind the configuration and the host. */
public final class CheckModule extends AbstractModule {
    private static final List<Class<? extends Check>> ALL = List.of(
            ConfigurationCheck.class,
            HostNameCheck.class,
            NotificationsCheck.class,
            TopicsCheck.class,
            BrokerCheck.class,
            ExchangeCheck.class,
            PermissionsCheck.class,
            OwnQueueCheck.class,
            SharedQueuesCheck.class,
            NovaComputeCheck.class,
            LibvirtCheck.class,
            DisplayCheck.class,
            RecordsCheck.class,
            GpusCheck.class,
            GpuNodesCheck.class,
            RenderNodesCheck.class,
            PassThroughCheck.class,
            CpuSetsCheck.class,
            PinningAgentsCheck.class,
            NumaBalancingCheck.class,
            RestartCheck.class,
            StartNeedsCheck.class,
            FailedRestartsCheck.class,
            RightsCheck.class,
            DaemonCheck.class,
            MetricsCheck.class);

    private static final List<Class<? extends Check>> AT_START = List.of(
            HostNameCheck.class,
            NotificationsCheck.class,
            TopicsCheck.class,
            GpusCheck.class,
            CpuSetsCheck.class,
            PinningAgentsCheck.class,
            RestartCheck.class,
            FailedRestartsCheck.class,
            DaemonCheck.class);

    private final ConfigReport report;

    /** @param report the configuration with what is wrong in it */
    public CheckModule(ConfigReport report) {
        this.report = report;
    }

    @Override
    protected void configure() {
        bind(ConfigReport.class).toInstance(report);
        Multibinder<Check> all = Multibinder.newSetBinder(binder(), Check.class);
        ALL.forEach(check -> all.addBinding().to(check));
        Multibinder<Check> atStart = Multibinder.newSetBinder(binder(), Check.class, AtStart.class);
        AT_START.forEach(check -> atStart.addBinding().to(check));
    }
}
