package org.novagpubinder.cli.live;

import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.report.LastOutcome;
import org.novagpubinder.check.config.DaemonHealth;
import org.novagpubinder.check.config.DaemonHttp;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.ListenAddress;
import org.novagpubinder.host.proc.DaemonProcess;
import org.novagpubinder.observability.OutcomesJson;

/**
 * What the daemon of this host tells a command.
 *
 * @param state in one word: "absent" if it does not run, "silent" if it cannot be asked, else its own word for how it is
 * @param text the same in a sentence; empty if it is as it should be
 * @param observes whether it only looks; null if it does not tell
 * @param causes what it says of itself, a sentence each
 * @param outcomes what became of its last look at each guest; empty unless it answers
 */
public record DaemonView(
        String state, String text, @Nullable Boolean observes, List<String> causes, List<LastOutcome> outcomes) {
    private static final String ABSENT = "absent";
    private static final String SILENT = "silent";

    public DaemonView {
        causes = List.copyOf(causes);
        outcomes = List.copyOf(outcomes);
    }

    /** Asks it. That it cannot be asked is an answer too. */
    public static DaemonView ask(BinderConfig config, DaemonProcess process) {
        Optional<Integer> pid = process.find();
        Optional<String> runs = pid.map(p -> "the daemon (process " + p + ")");
        ListenAddress address = config.operator().metricsListen();
        if (address == null) {
            return runs.map(daemon -> none(SILENT, daemon + " cannot be asked: metrics_listen is off"))
                    .orElseGet(() -> none(ABSENT, "the daemon does not run"));
        }
        String where = "http://" + address + "/";
        try {
            Optional<DaemonHealth> health = DaemonHealth.ask(address);
            return health.isPresent()
                    ? of(health.get(), config.host())
                    : none(SILENT, "what answers at " + DaemonHttp.url(address) + " is no daemon of nova-gpu-binder");
        } catch (IOException e) {
            if (runs.isEmpty() && e instanceof ConnectException) {
                return none(ABSENT, "the daemon does not run: nothing answers at " + where);
            }
            String what = runs.map(daemon -> daemon + " does not answer at " + where)
                    .orElse("who listens at " + where + " does not answer");
            return none(SILENT, what + ": " + e.getMessage());
        }
    }

    private static DaemonView of(DaemonHealth health, String host) {
        if (!health.host().equals(host)) {
            return none(
                    SILENT, "the daemon at " + health.url() + " is that of host " + health.host() + ", not " + host);
        }
        Optional<List<LastOutcome>> outcomes = outcomes(health.url() + "outcomes");
        String text = outcomes.isEmpty()
                ? "the daemon at " + health.url() + " does not tell its outcomes: it is of another version, or too busy"
                : health.ready() ? "" : "the daemon is " + health.state();
        return new DaemonView(health.state(), text, health.observes(), health.causes(), outcomes.orElse(List.of()));
    }

    /** An earlier version knows nothing of them, and says so in a sentence. */
    private static Optional<List<LastOutcome>> outcomes(String url) {
        try {
            return OutcomesJson.read(DaemonHttp.get(url));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static DaemonView none(String state, String text) {
        return new DaemonView(state, text, null, List.of(), List.of());
    }
}
