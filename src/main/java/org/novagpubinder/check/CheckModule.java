package org.novagpubinder.check;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.Multibinder;
import java.util.List;
import org.novagpubinder.check.broker.BrokerCheck;
import org.novagpubinder.check.broker.ExchangeCheck;
import org.novagpubinder.check.broker.NovaComputeCheck;
import org.novagpubinder.check.broker.NovaQueuesCheck;
import org.novagpubinder.check.broker.OwnQueueCheck;
import org.novagpubinder.check.broker.PermissionsCheck;
import org.novagpubinder.check.broker.SharedQueuesCheck;
import org.novagpubinder.check.broker.TopicsCheck;
import org.novagpubinder.check.config.ConfigurationCheck;
import org.novagpubinder.check.config.HostNameCheck;
import org.novagpubinder.check.config.MetricsCheck;
import org.novagpubinder.check.config.ModeCheck;
import org.novagpubinder.check.config.NotificationsCheck;
import org.novagpubinder.check.config.RestartCheck;
import org.novagpubinder.check.host.CpuSetsCheck;
import org.novagpubinder.check.host.DaemonCheck;
import org.novagpubinder.check.host.FailedRestartsCheck;
import org.novagpubinder.check.host.GpuNodesCheck;
import org.novagpubinder.check.host.GpusCheck;
import org.novagpubinder.check.host.NumaBalancingCheck;
import org.novagpubinder.check.host.PassThroughCheck;
import org.novagpubinder.check.host.PinningAgentsCheck;
import org.novagpubinder.check.host.RenderNodesCheck;
import org.novagpubinder.check.host.RightsCheck;
import org.novagpubinder.check.libvirt.DisplayCheck;
import org.novagpubinder.check.libvirt.LibvirtCheck;
import org.novagpubinder.check.libvirt.RecordsCheck;
import org.novagpubinder.check.libvirt.StartNeedsCheck;
import org.novagpubinder.check.result.AtStart;
import org.novagpubinder.check.result.Check;
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
            NovaQueuesCheck.class,
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
            ModeCheck.class,
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
