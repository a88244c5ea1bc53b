package org.novagpubinder.observability.systemd;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.notification.NotificationCounters;
import org.novagpubinder.observability.metrics.Guests;
import org.novagpubinder.observability.metrics.Silence;
import org.novagpubinder.placement.model.Outcome;

/** What goes on, in the one line that {@code systemctl status} shows. */
record StatusLine(Guests guests, NotificationCounters counters, Silence silence, boolean observes) {
    @Inject
    StatusLine(Guests guests, NotificationCounters counters, Silence silence, BinderConfig config) {
        this(guests, counters, silence, config.binding().observeOnly());
    }

    /** "12 GPU guests: 11 aligned, 1 deferred; libvirt up, broker up, queue lag 0"; what is not up is told in full. */
    String of(ServiceStatus status) {
        if (status.stopping()) {
            return "stopping";
        }
        boolean bothUp = status.libvirtUp() && status.subscribed();
        List<String> parts = new ArrayList<>();
        if (observes) {
            parts.add("observes only");
        }
        if (status.ready()) {
            parts.add(counted());
        } else if (bothUp) {
            parts.add("looking at all domains for the first time");
        }
        if (bothUp) {
            Map<String, Integer> waiting = counters.waiting();
            int lag = waiting.values().stream().mapToInt(Integer::intValue).sum();
            parts.add("libvirt up, broker up" + (waiting.isEmpty() ? "" : ", queue lag " + lag)
                    + (silence.startsUnheard() > 0 ? ", but Nova keeps silent (see the log)" : ""));
        } else {
            parts.add(status.libvirtUp() ? "libvirt up" : status.libvirt());
            parts.add(status.subscribed() ? "broker up" : status.subscription("connecting to the broker"));
        }
        return String.join("; ", parts);
    }

    private String counted() {
        Map<Outcome, Long> counts = guests.byOutcome();
        ToLongFunction<Outcome> count = outcome -> counts.getOrDefault(outcome, 0L);
        // bound and aligned are one: the guest is where it belongs
        long aligned = count.applyAsLong(Outcome.ALIGNED) + count.applyAsLong(Outcome.BOUND);
        long off = count.applyAsLong(Outcome.OFF);
        long all = aligned + off + Outcome.UNWELL.stream().mapToLong(count).sum();
        if (all == 0) {
            return "no GPU guests";
        }
        List<String> parts = new ArrayList<>();
        if (aligned > 0) {
            parts.add(aligned + " aligned");
        }
        Outcome.UNWELL.stream()
                .filter(trouble -> count.applyAsLong(trouble) > 0)
                .forEach(trouble -> parts.add(count.applyAsLong(trouble) + " " + trouble.word()));
        if (off > 0) {
            parts.add(off + " off");
        }
        return Quantity.counted(all, "GPU guest") + ": " + String.join(", ", parts);
    }
}
