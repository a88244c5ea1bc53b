package org.novagpubinder.observability.metrics;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.daemon.ServiceListener;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.host.proc.HostBoot;
import org.novagpubinder.notification.NotificationCounters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Nova keeps silent: guests start, but no message of Nova about this host comes, though the subscription stands. A
 * host where nothing happens is silent too, and well. Whatever starts a guest sends a message before it and one after it
 * (nova/compute/manager.py), so a start is looked at with the minutes around it.
 */
@Singleton
public final class Silence implements DecisionListener, ServiceListener {
    private static final Logger LOG = LoggerFactory.getLogger(Silence.class);

    private static final Duration AROUND = Duration.ofMinutes(15);

    private final NotificationCounters counters;
    private final InstantSource time;
    private final HostBoot boot;
    private final String host;
    private boolean subscribed;
    private long heard;
    private @Nullable Instant lastHeard;
    private @Nullable Instant firstStart;
    private int starts;
    private boolean told;

    @Inject
    public Silence(NotificationCounters counters, InstantSource time, HostBoot boot, BinderConfig config) {
        this.counters = counters;
        this.time = time;
        this.boot = boot;
        this.host = config.host();
    }

    @Override
    public synchronized void changed(ServiceStatus status) {
        subscribed = status.subscribed();
        if (!subscribed) {
            // what was sent meanwhile waits in the queue, or is lost with it
            listen();
            forgetStarts();
        }
    }

    @Override
    public synchronized void decided(Decision decision) {
        if (decision.trigger() != Trigger.STARTED || !subscribed) {
            return;
        }
        listen();
        Instant now = time.instant();
        boolean heardBefore = lastHeard != null && lastHeard.plus(AROUND).isAfter(now);
        // resume_guests_state_on_host_boot starts guests and says nothing
        boolean hostBoots = boot.uptime().filter(up -> up.compareTo(AROUND) < 0).isPresent();
        if (!heardBefore && !hostBoots) {
            firstStart = firstStart == null ? now : firstStart;
            starts++;
        }
    }

    @Override
    public synchronized void alive() {
        Optional<String> silence = words();
        if (silence.isPresent() && !told) {
            told = true;
            LOG.warn("{}", silence.get());
        } else if (silence.isEmpty() && told) {
            told = false;
            if (subscribed) {
                LOG.info("Nova's notifications about this host come");
            }
        }
    }

    /** How many guests have started so long ago that a message about this host should have come since; 0 if one has. */
    public synchronized int startsUnheard() {
        listen();
        boolean longAgo = firstStart != null && !firstStart.plus(AROUND).isAfter(time.instant());
        return longAgo ? starts : 0;
    }

    /** What is to be told of it, with what to look at: one sentence; empty if Nova is heard, or need not be. */
    public synchronized Optional<String> words() {
        int unheard = startsUnheard();
        return unheard == 0
                ? Optional.empty()
                : Optional.of(
                        (unheard == 1 ? "a guest has" : unheard + " guests have") + " started here, but Nova has sent"
                                + " no notification about host '" + host + "' "
                                + (lastHeard == null
                                        ? "since the daemon's start"
                                        : "for more than " + AROUND.toMinutes() + " minutes")
                                + ": guests are bound without the one restart. If they were not started by hand, see whether"
                                + " nova-compute's log says that notifications could not be sent (RabbitMQ 4.3 refuses the transient"
                                + " queues of oslo.messaging's defaults), and let `nova-gpu-binder check` compare topics, driver and"
                                + " host with nova-compute's configuration; nova-compute reads that at its start only");
    }

    private void listen() {
        long now = counters.aboutThisHost();
        if (now != heard) {
            heard = now;
            lastHeard = time.instant();
            forgetStarts();
        }
    }

    private void forgetStarts() {
        firstStart = null;
        starts = 0;
    }
}
