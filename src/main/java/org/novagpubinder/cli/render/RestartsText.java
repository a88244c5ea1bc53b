package org.novagpubinder.cli.render;

import static org.novagpubinder.host.topology.Quantity.counted;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.config.settings.BinderConfig.BindingConfig;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.host.common.Printable;
import org.novagpubinder.observability.JsonParts;
import org.novagpubinder.restarts.FailedRestart;
import org.novagpubinder.restarts.RestartState;

/** What {@code restarts} prints; pure. */
public final class RestartsText {
    private RestartsText() {}

    public static int exit(RestartState now) {
        return now.trouble() != null
                ? Exit.FAILURE
                : now.suspended().isPresent()
                                || !now.guests().isEmpty()
                                || now.startsSuspended().isPresent()
                        ? Exit.WARNING
                        : Exit.FINE;
    }

    /**
     * For people.
     *
     * @param observes whether the daemon only looks, whatever else the configuration says
     */
    public static String of(RestartState now, BindingConfig config, boolean observes) {
        StringBuilder s = new StringBuilder();
        now.guests().forEach(f -> s.append(line(f)));
        if (now.suspended().isPresent()) {
            s.append(Printable.of(now.suspended().get())).append('\n');
        } else if (now.guests().isEmpty()) {
            s.append("no restart has failed since the host's boot\n");
        } else {
            s.append(counted(now.guests().size(), "guest"))
                    .append(" not restarted again before `nova-gpu-binder restarts --allow [DOMAIN]` or the host's boot"
                            + (restarts(config, observes) ? "; all others are\n" : "\n"));
        }
        now.startsSuspended().ifPresent(why -> s.append(Printable.of(why)).append('\n'));
        forbids(config, observes).ifPresent(why -> s.append(why).append('\n'));
        return s.toString();
    }

    /** What {@code --allow} did, for people. */
    public static String allowed(
            List<FailedRestart> allowed, boolean all, RestartState after, BindingConfig config, boolean observes) {
        StringBuilder s = new StringBuilder();
        allowed.forEach(f -> s.append(restarts(config, observes) ? "may be restarted again: " : "is forgotten: ")
                .append(line(f)));
        Optional<String> forbids = forbids(config, observes);
        if (forbids.isPresent()) {
            s.append(forbids.get()).append('\n');
        } else if (all) {
            s.append("restarts are allowed on this host, and guests are bound before their start\n");
        }
        after.suspended().ifPresent(why -> s.append(Printable.of(why)).append('\n'));
        return s.toString();
    }

    private static boolean restarts(BindingConfig config, boolean observes) {
        return !observes && config.restart() != Restart.NEVER;
    }

    /** What the configuration does not let happen, whatever is remembered; empty if nothing. */
    private static Optional<String> forbids(BindingConfig config, boolean observes) {
        if (observes) {
            return Optional.of("the configuration has observe_only = true: no guest is restarted, nor bound");
        }
        boolean never = config.restart() == Restart.NEVER;
        if (never && !config.earlyDefine()) {
            return Optional.of(
                    "the configuration has restart = never and early_define = false: no guest is restarted, nor"
                            + " bound before its start");
        }
        return never
                ? Optional.of(
                        "the configuration has restart = never: no guest is restarted; guests are bound before their"
                                + " start")
                : config.earlyDefine()
                        ? Optional.empty()
                        : Optional.of("the configuration has early_define = false: guests are restarted, but not bound"
                                + " before their start");
    }

    private static String line(FailedRestart f) {
        return Printable.of(f.domain() + " (" + f.uuid() + "): " + f.time().truncatedTo(ChronoUnit.SECONDS) + ", "
                        + f.cause())
                + "\n";
    }

    /** For scripts. */
    public static String json(RestartState now) {
        return JsonParts.text(node(now));
    }

    /** What {@code --allow} did, for scripts: how it stands afterwards, and {@code allowed}. */
    public static String allowedJson(List<FailedRestart> allowed, RestartState after) {
        ObjectNode o = node(after);
        JsonParts.texts(
                o, "allowed", allowed.stream().map(f -> f.uuid().toString()).toList());
        return JsonParts.text(o);
    }

    private static ObjectNode node(RestartState now) {
        ObjectNode o = JsonNodeFactory.instance.objectNode();
        o.put("suspended", now.suspended().isPresent() && !now.denied());
        o.put(
                "since",
                now.suspension() == null ? null : now.suspension().since().toString());
        o.put("why", now.suspended().orElse(null));
        o.put("readable", now.trouble() == null);
        write(now.guests(), o.putArray("failed"));
        o.put("startsSuspended", now.startsSuspended().isPresent());
        write(now.starts(), o.putArray("failedStarts"));
        return o;
    }

    private static void write(List<FailedRestart> failures, ArrayNode into) {
        failures.forEach(f -> into.addObject()
                .put("uuid", f.uuid().toString())
                .put("domain", f.domain())
                .put("time", f.time().toString())
                .put("cause", f.cause()));
    }
}
