package org.novagpubinder.cli.daemon;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import java.util.ArrayList;
import java.util.List;
import org.novagpubinder.binding.daemon.Daemon;
import org.novagpubinder.binding.daemon.DaemonModule;
import org.novagpubinder.check.CheckModule;
import org.novagpubinder.check.StartChecks;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.config.ConfigException;
import org.novagpubinder.config.ConfigLoader;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.domain.connection.DomainModule;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.common.DaemonThreads;
import org.novagpubinder.host.proc.PatientReader;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.notification.NotificationModule;
import org.novagpubinder.notification.NotificationSubscription;
import org.novagpubinder.observability.HttpModule;
import org.novagpubinder.observability.Logs;
import org.novagpubinder.observability.ObservabilityModule;
import org.novagpubinder.observability.http.HttpListener;
import org.novagpubinder.picture.PictureModule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon, from its configuration to its end. */
public record DaemonRun(RunSettings settings) {
    private static final Logger LOG = LoggerFactory.getLogger(DaemonRun.class);

    /**
     * Runs until a signal stops it.
     *
     * @throws ConfigException if the configuration is wrong
     * @throws CommandFailure if no broker is configured, or the host cannot be read
     */
    public int run() throws ConfigException, CommandFailure, InterruptedException {
        try {
            return runs();
        } catch (RuntimeException e) {
            // not the code of a wrong configuration, after which nobody would start it again
            LOG.error("the daemon ends by a defect of nova-gpu-binder", e);
            return Exit.DEFECT;
        }
    }

    private int runs() throws ConfigException, CommandFailure, InterruptedException {
        Logs.toJournal(System.getenv());
        Preload libraries = Preload.begin();
        PatientReader processes = new PatientReader(ConfigLoader.PATIENCE);
        ConfigReport report = settings.report(processes);
        BinderConfig config = report.checked();
        if (config.broker().addresses().isEmpty()) {
            throw new CommandFailure("no broker is configured: nova.conf has no transport_url in [DEFAULT] or "
                    + "[oslo_messaging_notifications]; name nova-compute's files by NOVA_GPU_BINDER_NOVA_CONFIG in "
                    + "/etc/default/nova-gpu-binder, or set transport_url in [gpu_binder]");
        }
        List<Module> modules = new ArrayList<>(settings.modules(config, new DomainModule(config.connectionUri())));
        modules.add(new NotificationModule(() -> brokers(config.broker(), processes)));
        modules.add(new DaemonModule());
        modules.add(new PictureModule());
        modules.add(new ObservabilityModule(System.getenv()));
        libraries.await();
        Logs.patiently();
        Injector injector = Guice.createInjector(modules);
        Daemon daemon = injector.getInstance(Daemon.class);
        Thread stop = new Thread(() -> stop(daemon), "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        new Reload(settings, processes, config, injector.getInstance(NotificationSubscription.class)::renew).listen();
        try (daemon) {
            daemon.start();
            // no guest waits for these: they are made after it
            Injector more = injector.createChildInjector(new HttpModule(), new CheckModule(report));
            try (HttpListener http = more.getInstance(HttpListener.class)) {
                http.start();
                DaemonThreads.named("start")
                        .newThread(() -> more.getInstance(StartChecks.class).run())
                        .start();
                daemon.await();
            }
            return Exit.FINE;
        } catch (HostReadException | LibvirtFailure e) {
            forget(stop);
            // too many open files, for instance; a root that is none of a host's has no cause
            boolean passes = e instanceof HostReadException && e.getCause() != null;
            throw new CommandFailure(passes ? Exit.FOR_NOW : Exit.FAILURE, String.valueOf(e.getMessage()), List.of());
        } catch (RuntimeException e) {
            forget(stop);
            throw e;
        }
    }

    /** Else a start that fails would end with the code of an orderly stop, and systemd would try again each second. */
    private static void forget(Thread stop) {
        try {
            Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException stopping) {
            LOG.debug("a signal has stopped it meanwhile", stopping);
        }
    }

    /** As the files say now; nothing if they are wrong or more has changed, for which the daemon must be started again. */
    private List<BrokerAddress> brokers(BrokerConfig started, PatientReader processes) {
        ConfigReport now = settings.readAgain(processes);
        return now.errors().isEmpty() && Reload.sameBroker(started, now.config().broker())
                ? now.config().broker().addresses()
                : List.of();
    }

    /** An orderly stop is a success for systemd and for scripts, not the 143 that a JVM makes of SIGTERM. */
    private static void stop(Daemon daemon) {
        daemon.close();
        Runtime.getRuntime().halt(Exit.FINE);
    }
}
