package org.novagpubinder.cli;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.novagpubinder.binding.daemon.Daemon;
import org.novagpubinder.binding.daemon.DaemonModule;
import org.novagpubinder.check.CheckModule;
import org.novagpubinder.check.StartChecks;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.domain.connection.DomainModule;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.notification.NotificationModule;
import org.novagpubinder.observability.Logs;
import org.novagpubinder.observability.ObservabilityModule;
import org.novagpubinder.observability.http.HttpListener;
import org.novagpubinder.picture.PictureModule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code run}: the daemon. */
@Command(
        name = "run",
        description = "Runs the daemon: hears Nova's notifications and libvirt's events, and binds GPU domains.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:stopped by a signal",
            "2:the configuration is wrong, or the host cannot be read",
            "64:bad usage"
        },
        footer = {
            "%nExamples:",
            "  nova-gpu-binder run",
            "  nova-gpu-binder run --config-file /etc/nova/nova.conf --config-file gpu.conf"
        })
final class RunCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
        common.refuse("the daemon prints no result, it logs", "--json");
        Logs.toJournal(System.getenv());
        ConfigReport report = common.report();
        BinderConfig config = report.checked();
        if (config.broker().addresses().isEmpty()) {
            throw new CommandFailure(
                    Exit.FAILURE,
                    "no broker is configured: nova.conf has no transport_url in [DEFAULT] or "
                            + "[oslo_messaging_notifications]; name nova-compute's file with --config-file, or set "
                            + "transport_url in [gpu_binder]");
        }
        List<Module> modules =
                new ArrayList<>(Engine.modules(common, config, new DomainModule(config.connectionUri())));
        modules.add(new NotificationModule(() -> brokers(config.broker())));
        modules.add(new DaemonModule());
        modules.add(new PictureModule());
        modules.add(new ObservabilityModule(System.getenv()));
        modules.add(new CheckModule(report));
        Injector injector = Guice.createInjector(modules);
        try (Daemon daemon = injector.getInstance(Daemon.class);
                HttpListener http = injector.getInstance(HttpListener.class)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(daemon, http), "stop"));
            daemon.start();
            // after it: to look up a name may take long
            http.start();
            injector.getInstance(StartChecks.class).run();
            daemon.await();
            return Exit.FINE;
        } catch (HostReadException | LibvirtFailure e) {
            throw new CommandFailure(Exit.FAILURE, e.getMessage());
        }
    }

    /** As the files say now; nothing if they are wrong or more has changed, for which the daemon must be started again. */
    private List<BrokerAddress> brokers(BrokerConfig started) {
        ConfigReport now = common.report();
        if (!now.errors().isEmpty()) {
            return List.of();
        }
        BrokerConfig broker = now.config().broker();
        boolean same =
                broker.virtualHost().equals(started.virtualHost()) && Objects.equals(broker.tls(), started.tls());
        return same ? broker.addresses() : List.of();
    }

    /** An orderly stop is a success for systemd and for scripts, not the 143 that a JVM makes of SIGTERM. */
    private static void stop(Daemon daemon, HttpListener http) {
        daemon.close();
        http.close();
        Runtime.getRuntime().halt(Exit.FINE);
    }
}
