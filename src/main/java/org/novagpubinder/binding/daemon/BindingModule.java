package org.novagpubinder.binding.daemon;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Optional;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.decision.RestartRate;
import org.novagpubinder.binding.inventory.GuestFactory;
import org.novagpubinder.binding.nova.NovaQueue;
import org.novagpubinder.binding.policy.Policies;
import org.novagpubinder.binding.restart.RecentRestarts;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.binding.work.Pause;
import org.novagpubinder.binding.work.SteadyTime;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.model.Limits;

/** Binds the engine. */
public final class BindingModule extends AbstractModule {
    /** Domains worked on at a time: libvirt is asked by three threads at most, the others wait for /proc. */
    private static final int WORKERS = 4;

    @Override
    protected void configure() {
        Multibinder.newSetBinder(binder(), DecisionListener.class).addBinding().to(DecisionLog.class);
        // a command hears no messages: what its operator knows of Nova has to do
        OptionalBinder.newOptionalBinder(binder(), NovaQueue.class).setDefault().toInstance(Optional::empty);
        bind(Planner.class).in(Singleton.class);
        bind(GuestFactory.class).in(Singleton.class);
        bind(RestartRate.class).to(RecentRestarts.class);
    }

    /** The limits that a configuration sets for all guests. */
    public static Limits limits(BinderConfig config) {
        return new Limits(
                config.cpus(),
                config.cpuAllocationRatio(),
                config.binding().reservedKiB(),
                config.binding().maxLiveMoveKiB(),
                config.deviceSpecs());
    }

    @Provides
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Provides
    @Singleton
    InstantSource steadyTime() {
        return new SteadyTime();
    }

    @Provides
    Pause pause() {
        return Pause::ofTheThread;
    }

    @Provides
    @Singleton
    Policies policies(BinderConfig config) {
        return new Policies(config.binding());
    }

    @Provides
    @Singleton
    Limits limitsOf(BinderConfig config) {
        return limits(config);
    }

    @Provides
    @Singleton
    DomainQueues domainQueues() {
        return new DomainQueues(WORKERS);
    }
}
