package org.novagpubinder.binding.rehearsal;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.util.Modules;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.early.Rehearsal;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.config.ConfigException;
import org.novagpubinder.config.ConfigLoader;
import org.novagpubinder.config.ConfigModule;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.CallTimes;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.HostModule;
import org.novagpubinder.host.files.RuntimeDirectory;
import org.novagpubinder.host.proc.PageMigration;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.placement.model.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds a guest that does not exist again and again, by an engine of its own: the same code from the first look to the
 * record, over a libvirt in memory and a host of files in the runtime directory. A GPU host has a few events an hour:
 * without that nearly every binding is run by the interpreter, which takes several times as long.
 */
public record BindingRehearsal(BinderConfig config, RuntimeDirectory directory) {
    private static final Logger LOG = LoggerFactory.getLogger(BindingRehearsal.class);

    /** The JVM compiles what was called some 200 times. */
    private static final int ROUNDS = 250;

    private static final Duration LONGEST = Duration.ofSeconds(3);

    @Inject
    public BindingRehearsal {}

    /**
     * Takes some two seconds of one CPU. With {@code debug} nothing is done: each binding would be in the log.
     *
     * @param engine the bindings of the daemon's engine, without libvirt, host and configuration
     * @return how often the guest was bound
     */
    public int run(Module engine)
            throws InvalidDomainXml, IOException, ConfigException, HostReadException, LibvirtFailure {
        if (config.operator().debug()) {
            return 0;
        }
        String running = Rehearsal.guest()
                .replace("<domain type='kvm'>", "<domain type='kvm' id='1'>")
                .replace(">1</vcpu>", ">2</vcpu><iothreads>1</iothreads>")
                .replace(
                        "<video>",
                        "<graphics type='egl-headless'><gl rendernode='" + RehearsalHost.RENDER_NODE
                                + "'/></graphics><video>");
        DomainDefinition guest = new DomainXml().read(running);
        UUID uuid = Objects.requireNonNull(guest.uuid());
        Path place = directory.of(config.operator().runtimeDirectory());
        Files.createDirectories(place);
        try (RehearsalHost host = RehearsalHost.below(place, uuid, guest.name())) {
            RehearsalLibvirt libvirt = new RehearsalLibvirt(running);
            return rounds(engine(engine, host, libvirt).getInstance(Binder.class), libvirt, uuid);
        }
    }

    private Injector engine(Module engine, RehearsalHost host, RehearsalLibvirt libvirt) throws ConfigException {
        return Guice.createInjector(
                // not the operator's word, which may be to bind nothing
                new ConfigModule(ConfigLoader.withoutFiles("restart = never", "reserved_node_memory = 0")),
                Modules.override(new HostModule(host.root(), List.of()))
                        .with(binder -> binder.bind(PageMigration.class).toInstance((process, from, to) -> 0)),
                engine,
                binder -> binder.bind(Libvirt.class).toInstance(new CallTimes().timed(libvirt)));
    }

    private static int rounds(Binder binder, RehearsalLibvirt libvirt, UUID guest)
            throws LibvirtFailure, HostReadException {
        long began = System.nanoTime();
        int bound = 0;
        for (int i = 0; i < ROUNDS && System.nanoTime() - began < LONGEST.toNanos(); i++) {
            libvirt.starts();
            for (Trigger trigger : List.of(Trigger.STARTED, Trigger.TASK_ENDED)) {
                Optional<BindResult> result = binder.bind(guest, trigger, Flavor.UNKNOWN);
                bound += result.filter(r -> r.outcome() == Outcome.BOUND).isPresent() ? 1 : 0;
            }
        }
        LOG.debug("rehearsed {} bindings in {} ms", bound, (System.nanoTime() - began) / 1_000_000);
        return bound;
    }
}
