package org.novagpubinder.observability.metrics;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.binding.daemon.ServiceListener;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.observability.metrics.Health.Cause;
import org.novagpubinder.observability.metrics.Health.State;

/** Remembers how the service stands, and judges it. */
@Singleton
public final class ServiceWatch implements ServiceListener, DecisionListener {
    /** A sweep may be as much late: each domain is waited for up to two minutes. */
    private static final Duration GRACE = Duration.ofMinutes(5);

    private static final int MISSED = 3;

    private final DomainQueues queues;
    private final InstantSource time;
    private final Duration sweepLimit;
    private volatile ServiceStatus status = ServiceStatus.STARTING;
    private volatile Optional<Instant> lastSweep = Optional.empty();

    @Inject
    ServiceWatch(DomainQueues queues, InstantSource time, BinderConfig config) {
        this.queues = queues;
        this.time = time;
        this.sweepLimit = config.binding().sweepInterval().multipliedBy(MISSED).plus(GRACE);
    }

    @Override
    public void changed(ServiceStatus now) {
        status = now;
    }

    @Override
    public void decided(Decision decision) {}

    @Override
    public void swept(Set<UUID> present, Instant began, Duration took) {
        lastSweep = Optional.of(time.instant());
    }

    ServiceStatus now() {
        return status;
    }

    public Health health() {
        ServiceStatus now = status;
        List<Cause> causes = new ArrayList<>();
        if (!now.libvirtUp()) {
            causes.add(new Cause("libvirt", now.libvirt()));
        }
        if (!now.subscribed()) {
            causes.add(new Cause("notifications", now.subscription("connecting to RabbitMQ")));
        }
        if (now.libvirtUp()) {
            sweepIsLate().ifPresent(causes::add);
        }
        if (!queues.responsive()) {
            causes.add(new Cause(
                    "work",
                    "every worker has been busy with one domain for 10 minutes: libvirt or a guest hangs; see"
                            + " `virsh list` and the log"));
        }
        if (now.stopping()) {
            return new Health(State.STOPPING, causes);
        }
        boolean up = now.ready() && lastSweep.isPresent();
        return new Health(!up ? State.STARTING : causes.isEmpty() ? State.READY : State.DEGRADED, causes);
    }

    private Optional<Cause> sweepIsLate() {
        Optional<Instant> last = lastSweep;
        if (last.isEmpty()) {
            return Optional.of(new Cause("sweep", "the first look at all domains is not over yet"));
        }
        Duration age = Duration.between(last.get(), time.instant());
        return age.compareTo(sweepLimit) < 0
                ? Optional.empty()
                : Optional.of(new Cause(
                        "sweep",
                        "the last look at all domains was over " + age.toMinutes()
                                + " minutes ago: libvirt or a guest holds it up; see the log"));
    }
}
