package org.novagpubinder.observability.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.decision.RestartRate;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/** What became of the guests: decisions, how long they took, how the guests stand now. */
@Singleton
public final class DecisionMeters implements DecisionListener, Meters {
    private final Guests guests;
    private final BindingCounters counters;
    private final RestartRate recent;

    /* Exemplars are off everywhere: for them the library would run a thread. */
    private final Counter decisions = Counter.builder()
            .withoutExemplars()
            .name(PREFIX + "decisions")
            .help("Looks at a domain, by what became of it and what was the cause (task-ended: a message of Nova's;"
                    + " started: libvirt's event; sweep). If failed or refused grows, see: journalctl -u nova-gpu-binder"
                    + " -p warning")
            .labelNames("outcome", "trigger")
            .build();

    private final Histogram binding = Histogram.builder()
            .name(PREFIX + "binding_seconds")
            .help(
                    "From hearing of a GPU guest (Nova's message or libvirt's event) until it was bound or found aligned,"
                            + " waiting for its turn included. restarted: whether the one restart in the boot window was part of it")
            .labelNames("trigger", "restarted")
            .classicOnly()
            .classicUpperBounds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
            .withoutExemplars()
            .build();

    private final Counter restartsFailed = Counter.builder()
            .withoutExemplars()
            .name(PREFIX + "restarts_failed")
            .help(
                    "Guests that did not start with the binding in their one restart and run with their former definition. The"
                            + " log says what libvirt objected to")
            .build();

    private final Gauge lastSweep = Gauge.builder()
            .withoutExemplars()
            .name(PREFIX + "last_sweep_timestamp_seconds")
            .help(
                    "When the last sweep over all domains was finished. If it is older than three sweep_interval, libvirt does"
                            + " not answer or a guest holds it up: see the log")
            .build();

    private final Gauge sweepDuration = Gauge.builder()
            .withoutExemplars()
            .name(PREFIX + "last_sweep_duration_seconds")
            .help("How long the last sweep over all domains took")
            .build();

    @Inject
    DecisionMeters(Guests guests, BindingCounters counters, RestartRate recent) {
        this.guests = guests;
        this.counters = counters;
        this.recent = recent;
        for (Outcome outcome : Outcome.values()) {
            for (Trigger trigger : new Trigger[] {Trigger.TASK_ENDED, Trigger.STARTED, Trigger.SWEEP}) {
                // a counter that is first seen with 1 has no increase for Prometheus
                decisions.initLabelValues(outcome.word(), trigger.word());
            }
        }
    }

    @Override
    public void decided(Decision decision) {
        BindResult result = decision.result();
        Outcome outcome = result.outcome();
        decisions.labelValues(outcome.word(), decision.trigger().word()).inc();
        if (outcome == Outcome.FAILED && restartFailed(result)) {
            restartsFailed.inc();
        }
        boolean good = outcome == Outcome.BOUND || outcome == Outcome.ALIGNED;
        if (good && decision.trigger() != Trigger.SWEEP) {
            binding.labelValues(decision.trigger().word(), Boolean.toString(result.restarted()))
                    .observe(decision.took().toNanos() / NANOS);
        }
    }

    /** What only repeats that it failed before has done nothing. */
    private static boolean restartFailed(BindResult result) {
        return result.reasons().get(0).code() == Reason.Code.RESTART_FAILED
                && !result.done().isEmpty();
    }

    @Override
    public void busy(UUID uuid, Trigger trigger, String why) {
        decisions.labelValues(Outcome.DEFERRED.word(), trigger.word()).inc();
    }

    @Override
    public void failed(UUID uuid, Trigger trigger, String why) {
        decisions.labelValues(Outcome.FAILED.word(), trigger.word()).inc();
    }

    @Override
    public void swept(Set<UUID> present, Instant began, Duration took) {
        lastSweep.set(began.plus(took).toEpochMilli() / MILLIS);
        sweepDuration.set(took.toNanos() / NANOS);
    }

    @Override
    public void register(PrometheusRegistry registry) {
        registry.register(decisions);
        registry.register(binding);
        registry.register(restartsFailed);
        registry.register(lastSweep);
        registry.register(sweepDuration);
        AskedMeters asked = new AskedMeters(registry);
        asked.gauge(
                PREFIX + "guests",
                "Domains of this host by how they stood when they were last looked at. misaligned: slower than they"
                        + " could be, deferred: bound from their next start on; `nova-gpu-binder status` names them and says"
                        + " why",
                gauge -> guests.byOutcome().forEach((outcome, n) -> gauge.call(n, outcome.word())),
                "outcome");
        asked.gauge(
                PREFIX + "guests_by_reason",
                "The same domains by the most important reason why they stand so; the reasons are those of"
                        + " `nova-gpu-binder plan`",
                gauge -> guests.byReason()
                        .forEach((outcome, reasons) ->
                                reasons.forEach((reason, n) -> gauge.call(n, outcome.word(), reason.word()))),
                "outcome",
                "reason");
        asked.gauge(
                PREFIX + "guest_longest_seconds",
                "For how long the domain has stood so that has done so for longest, by outcome, as far back as this process"
                        + " has known it; 0 if there is none",
                gauge -> {
                    Map<Outcome, Duration> longest = guests.longest();
                    for (Outcome outcome : Outcome.UNWELL) {
                        gauge.call(longest.getOrDefault(outcome, Duration.ZERO).toMillis() / MILLIS, outcome.word());
                    }
                },
                "outcome");
        asked.counter(
                PREFIX + "deferrals",
                "Times that a guest was found deferred, by the first reason of the look; each counts once until the guest"
                        + " starts anew or is deferred no more. With task-running, libvirt-busy, device-absent and"
                        + " nova-changed-it it need not wait for its next start",
                counter -> guests.deferrals().forEach((reason, n) -> counter.call(n, reason.word())),
                "reason");
        asked.counter(
                PREFIX + "memory_moved_bytes",
                "Memory of running guests that was moved to the node of their GPU",
                () -> counters.movedKiB() * KIB);
        asked.counter(
                PREFIX + "restarts",
                "Guests that were restarted once in their boot window to bind them",
                () -> counters.restarts());
        asked.gauge(
                PREFIX + "restarts_last_hour",
                "Restarts that were begun within the last hour; at restarts_per_hour no more are made",
                () -> recent.withinAnHour());
        asked.counter(
                PREFIX + "restarted_guests_found_off",
                "Of those, guests that were off 16 s later though no task of Nova's explains it. Must be 0: the log"
                        + " names the guest and what to do; set restart = never until it is known why",
                () -> counters.offAfterRestart());
        asked.counter(
                PREFIX + "gave_way",
                "Bindings that were put off because Nova changed the domain in the same moment; they follow at its next"
                        + " message or the next sweep",
                () -> counters.timesGivenWay());
    }
}
