package org.novagpubinder.check;

import com.google.inject.Binder;
import com.google.inject.Module;
import com.google.inject.multibindings.MapBinder;
import java.lang.reflect.Constructor;
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
public final class CheckModule implements Module {
    /** By their names in the output, words joined by hyphens. */
    private static final List<Named> ALL = List.of(
            check("configuration", ConfigurationCheck.class),
            atStart("host-name", HostNameCheck.class),
            atStart("notifications", NotificationsCheck.class),
            atStart("topics", TopicsCheck.class),
            check("broker", BrokerCheck.class),
            check("exchange", ExchangeCheck.class),
            check("permissions", PermissionsCheck.class),
            check("own-queue", OwnQueueCheck.class),
            check("shared-queues", SharedQueuesCheck.class),
            check("nova-queues", NovaQueuesCheck.class),
            check(StartChecks.NOVA_COMPUTE, NovaComputeCheck.class),
            check("libvirt", LibvirtCheck.class),
            check("qemu-gl", DisplayCheck.class),
            check("records", RecordsCheck.class),
            atStart("gpus", GpusCheck.class),
            check("gpu-nodes", GpuNodesCheck.class),
            check("render-nodes", RenderNodesCheck.class),
            check("vfio", PassThroughCheck.class),
            atStart("cpu-sets", CpuSetsCheck.class),
            atStart("pinning-agents", PinningAgentsCheck.class),
            check("numa-balancing", NumaBalancingCheck.class),
            check("mode", ModeCheck.class),
            atStart("restart", RestartCheck.class),
            check("start-needs", StartNeedsCheck.class),
            atStart("failed-restarts", FailedRestartsCheck.class),
            check("capabilities", RightsCheck.class),
            atStart("daemon", DaemonCheck.class),
            check("metrics", MetricsCheck.class));

    private final ConfigReport report;

    /** @param report the configuration with what is wrong in it */
    public CheckModule(ConfigReport report) {
        this.report = report;
    }

    @Override
    public void configure(Binder binder) {
        binder.bind(ConfigReport.class).toInstance(report);
        var all = MapBinder.newMapBinder(binder, String.class, Check.class);
        var atStart = MapBinder.newMapBinder(binder, String.class, Check.class, AtStart.class);
        for (Named named : ALL) {
            bind(binder, named.check);
            all.addBinding(named.name).to(named.check);
            if (named.atStart) {
                atStart.addBinding(named.name).to(named.check);
            }
        }
    }

    /** By the only constructor that it has as a record: it is given what it looks at. */
    @SuppressWarnings("unchecked")
    private static <T extends Check> void bind(Binder binder, Class<T> check) {
        binder.bind(check).toConstructor((Constructor<T>) check.getConstructors()[0]);
    }

    /** @param atStart whether the daemon's log tells of it too: it would not meet it by itself */
    private record Named(String name, Class<? extends Check> check, boolean atStart) {}

    private static Named check(String name, Class<? extends Check> check) {
        return new Named(name, check, false);
    }

    private static Named atStart(String name, Class<? extends Check> check) {
        return new Named(name, check, true);
    }
}
