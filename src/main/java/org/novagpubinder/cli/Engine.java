package org.novagpubinder.cli;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.binding.report.LastOutcomes;
import org.novagpubinder.cli.live.DaemonView;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.config.ConfigException;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.connection.LibvirtConnection;
import org.novagpubinder.domain.connection.LibvirtOnce;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.proc.DaemonProcess;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.topology.HostTopology;

/** The parts of the program, wired for one command. */
record Engine(Injector injector, Runnable connection) implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** With a connection to libvirt. */
    static Engine open(CommonOptions options, BinderConfig config) throws CommandFailure {
        try {
            LibvirtOnce libvirt = LibvirtOnce.open(config.connectionUri(), PATIENCE);
            return new Engine(injector(options, config, given(libvirt.calls())), libvirt::close);
        } catch (LibvirtFailure e) {
            throw new CommandFailure(e.getMessage());
        }
    }

    /** Without a connection: whatever asks libvirt fails. */
    static Engine offline(CommonOptions options) throws ConfigException {
        // never asked: a plan for a file looks at nothing but the file and the host
        Libvirt none = new LibvirtConnection("offline").calls();
        return new Engine(injector(options, options.configOfRoot(), given(none)), () -> {});
    }

    private static Module given(Libvirt libvirt) {
        return binder -> binder.bind(Libvirt.class).toInstance(libvirt);
    }

    private static Injector injector(CommonOptions options, BinderConfig config, Module libvirt) {
        return Guice.createInjector(options.settings().modules(config, libvirt));
    }

    <T> T get(Class<T> type) {
        return injector.getInstance(type);
    }

    /** What is asked about a domain; empty if libvirt has it no longer. */
    interface Question<T> {
        Optional<T> of(UUID domain) throws Exception;
    }

    /**
     * Asks about DOMAIN, as {@link DomainArgument} finds it.
     *
     * @throws CommandFailure if libvirt has no such domain
     */
    <T> T ofDomain(String domain, Question<T> question) throws Exception {
        UUID uuid = get(DomainArgument.class).find(domain).uuid();
        return question.of(uuid).orElseThrow(() -> new CommandFailure("domain '" + domain + "' is gone"));
    }

    /** What the daemon of this host tells; what {@code status} says of a guest from now on includes it. */
    DaemonView daemon() {
        DaemonView daemon = DaemonView.ask(get(BinderConfig.class), get(DaemonProcess.class));
        daemon.outcomes().forEach(get(LastOutcomes.class)::hear);
        return daemon;
    }

    HostTopology topology() throws HostReadException {
        return get(HostReader.class).read(Set.of());
    }

    @Override
    public void close() {
        connection.run();
    }
}
