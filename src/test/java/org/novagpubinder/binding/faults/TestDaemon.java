package org.novagpubinder.binding.faults;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.Provides;
import com.google.inject.multibindings.ProvidesIntoOptional;
import com.google.inject.multibindings.ProvidesIntoSet;
import com.google.inject.spi.Elements;
import com.google.inject.util.Modules;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.novagpubinder.binding.daemon.BindingModule;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.daemon.Sweeper;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.early.EarlyOutcomes;
import org.novagpubinder.binding.early.EarlyStarts;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.life.RecordedDecisions;
import org.novagpubinder.binding.nova.NovaQueue;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.binding.work.Pause;
import org.novagpubinder.config.ConfigModule;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.HostModule;
import org.novagpubinder.host.files.LibvirtView;
import org.novagpubinder.host.proc.PageMigration;
import org.novagpubinder.host.proc.PatientReader;
import org.novagpubinder.host.sysfs.HostSource;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.testing.CallPoints;

/**
 * A daemon's engine on an {@link EmulatedGpuHost}: everything that would be gone with its process is made anew with it. It
 * hears Nova's messages one by one, as the broker would give them, and libvirt's events.
 */
public final class TestDaemon implements AutoCloseable {
    private static final long PATIENCE_S = 60;
    private static final BinderConfig ORDINARY = BinderRig.config(Restart.BOOT_WINDOW, "early_define = false");
    private static final BinderConfig EARLY = BinderRig.config(Restart.BOOT_WINDOW, "early_define = true");

    /** There are thousands of daemons, and what they are made of takes longer to read than to make. */
    private static final Map<On, Module> ENGINES = new ConcurrentHashMap<>();

    private record On(Path root, boolean early) {}

    public final CallPoints points;
    final RecordedDecisions told = new RecordedDecisions();
    private final EmulatedGpuHost host;
    private final Injector injector;
    private final List<InstanceEvent> unacknowledged = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    public TestDaemon(EmulatedGpuHost host) {
        this(host, false);
    }

    /** @param early whether it binds guests before Nova starts them */
    TestDaemon(EmulatedGpuHost host, boolean early) {
        this.host = host;
        this.points = new CallPoints(host.libvirt);
        Module engine = ENGINES.computeIfAbsent(new On(host.root, early), TestDaemon::engine);
        this.injector = Guice.createInjector(
                engine, binder -> binder.bind(TestDaemon.class).toInstance(this));
        get(EventRouter.class).begins();
    }

    private static Module engine(On on) {
        return Elements.getModule(Elements.getElements(
                new ConfigModule(on.early() ? EARLY : ORDINARY),
                Modules.override(new HostModule(on.root(), List.of()), new BindingModule())
                        .with(new World())));
    }

    /** What a daemon has of its host, instead of what a real one has. */
    private static final class World extends AbstractModule {
        @Provides
        HostSource hardware(TestDaemon daemon) {
            return daemon.host.hardware;
        }

        // its files never hang, and to have them read by another thread takes longer than to read them

        @Provides
        @Singleton
        PatientReader reader() {
            return new PatientReader(Runnable::run);
        }

        @Provides
        @Singleton
        LibvirtView view(TestDaemon daemon) {
            return new LibvirtView(daemon.host.root, Runnable::run);
        }

        @Provides
        Libvirt libvirt(TestDaemon daemon) {
            return daemon.points.libvirt();
        }

        @Provides
        PageMigration migration(TestDaemon daemon) {
            return (pid, from, to) -> {
                daemon.host.processes.migrates(pid, to.first());
                return 0;
            };
        }

        @Provides
        Clock clock(TestDaemon daemon) {
            return daemon.host.clock;
        }

        @Provides
        InstantSource steady(TestDaemon daemon) {
            return daemon.host.steady();
        }

        @Provides
        Pause pause(TestDaemon daemon) {
            return millis -> {
                daemon.host.passes(Duration.ofMillis(millis));
                return true;
            };
        }

        @ProvidesIntoOptional(ProvidesIntoOptional.Type.ACTUAL)
        NovaQueue queue(TestDaemon daemon) {
            return () -> {
                daemon.readsQueue();
                return Optional.empty();
            };
        }

        @ProvidesIntoSet
        DecisionListener told(TestDaemon daemon) {
            return daemon.told;
        }
    }

    /** That message waits in the queue: it is handled when the queue is read. */
    void queued(Runnable message) {
        waiting.add(message);
    }

    /** As a daemon does by itself, and sees to before it stops or starts anybody. */
    void readsQueue() {
        for (Runnable message = waiting.poll(); message != null; message = waiting.poll()) {
            message.run();
        }
    }

    public <T> T get(Class<T> type) {
        return injector.getInstance(type);
    }

    /** What a daemon does first: looks at all domains. */
    void sweeps() throws InterruptedException, LibvirtFailure {
        try {
            get(Sweeper.class).sweep();
        } catch (Error killed) {
            if (!points.dead()) {
                throw killed;
            }
        }
        settles();
    }

    /** Messages of Nova's arrive as they are sent, one after the other; gives back those that were not acknowledged. */
    public List<InstanceEvent> hears(List<InstanceEvent> messages) throws InterruptedException, LibvirtFailure {
        unacknowledged.clear();
        unacknowledged.addAll(messages);
        for (InstanceEvent message : messages) {
            if (points.dead()) {
                break;
            }
            get(EventRouter.class).handle(Events.sent(message, host.clock.instant()), () -> {
                if (!points.dead()) {
                    unacknowledged.remove(message);
                }
            });
            settles();
        }
        return List.copyOf(unacknowledged);
    }

    /** Those of the messages it was last given that it has not acknowledged. */
    List<InstanceEvent> unacknowledged() {
        return List.copyOf(unacknowledged);
    }

    /** libvirt's events arrive, those that the daemon itself gives cause to included, until nothing happens any more. */
    public void settles() throws InterruptedException, LibvirtFailure {
        drains();
        List<DomainEvent> events = host.libvirt.takeEvents();
        while (!events.isEmpty() && !points.dead()) {
            isTold(events);
            events = host.libvirt.takeEvents();
        }
        host.libvirt.touches();
    }

    /** Those events of libvirt's arrive. */
    void isTold(List<DomainEvent> events) throws InterruptedException, LibvirtFailure {
        events.forEach(get(EventRouter.class)::happened);
        drains();
    }

    /** What it does by itself every few seconds while a start is to come. */
    void looksAtStart() throws InterruptedException {
        CountDownLatch looked = new CountDownLatch(1);
        get(DomainQueues.class).submit(BinderRig.GUEST, () -> {
            try {
                if (get(EarlyStarts.class).of(BinderRig.GUEST).isPresent()) {
                    get(EarlyOutcomes.class).waits(BinderRig.GUEST);
                }
            } catch (LibvirtFailure again) {
                // in a few seconds
            } catch (InvalidDomainXml e) {
                throw new IllegalStateException(e);
            } finally {
                looked.countDown();
            }
        });
        if (!looked.await(PATIENCE_S, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the daemon is stuck");
        }
    }

    private void drains() throws InterruptedException {
        DomainQueues queues = get(DomainQueues.class);
        if (queues.busy() == 0) {
            return;
        }
        List<UUID> domains =
                host.libvirt.list().stream().map(DomainSummary::uuid).toList();
        List<UUID> all = new ArrayList<>(domains);
        all.add(BinderRig.GUEST);
        CountDownLatch drained = new CountDownLatch(all.size());
        all.forEach(uuid -> queues.submit(uuid, drained::countDown));
        if (!drained.await(PATIENCE_S, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the daemon is stuck");
        }
    }

    @Override
    public void close() {
        get(Sweeper.class).close();
        get(RestartWatch.class).close();
        get(DomainQueues.class).close();
    }
}
