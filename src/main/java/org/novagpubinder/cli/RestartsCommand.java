package org.novagpubinder.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.cli.render.RestartsText;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.BindingConfig;
import org.novagpubinder.restarts.FailedRestart;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.restarts.RestartState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code restarts [--allow [DOMAIN]]}. */
@Command(
        name = "restarts",
        description =
                "Lists the restarts that failed since the host's boot, and Nova's own starts that failed after a binding was "
                        + "written into the definition. Says whether guests are still restarted, and bound before their "
                        + "start: after two failures none is, until you allow it.",
        exitCodeList = {
            "0:none failed, or allowed",
            "1:some failed, or guests are not restarted, or not bound before their start",
            "2:the file cannot be read or written, or no restart of DOMAIN failed",
            "64:bad usage"
        },
        footer = {
            "%nWorks whether or not the daemon runs, and does not need libvirt unless DOMAIN is",
            "the instance's name. It restarts nothing: what it allows follows when Nova's next",
            "task on the guest ends.",
            "%nExamples:",
            "  nova-gpu-binder restarts",
            "  nova-gpu-binder restarts --json",
            "  nova-gpu-binder restarts --allow",
            "  nova-gpu-binder restarts --allow instance-0000002a"
        })
final class RestartsCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(
            names = "--allow",
            description =
                    "Let guests be restarted, and bound before their start, again: all of them, or with DOMAIN that one. If restarts are suspended "
                            + "on the host they stay so after --allow DOMAIN.")
    private boolean allow;

    @Parameters(
            arity = "0..1",
            paramLabel = "DOMAIN",
            description = "With --allow, only this domain: " + DomainArgument.DESCRIPTION + ".")
    private @Nullable String domain;

    @Override
    public Integer call() throws Exception {
        if (domain != null && !allow) {
            throw common.usage("a DOMAIN goes with --allow");
        }
        if (domain == null) {
            common.refuse("libvirt is asked only about a DOMAIN", "--connect");
        }
        try (Engine engine = Engine.offline(common)) {
            RestartFailures failures = engine.get(RestartFailures.class);
            BindingConfig config = engine.get(BinderConfig.class).binding();
            if (!allow) {
                RestartState now = failures.standing();
                common.print(common.json ? RestartsText.json(now) : RestartsText.of(now, config, common.observeOnly()));
                return RestartsText.exit(now);
            }
            List<FailedRestart> allowed =
                    domain == null ? failures.allowAll().guests() : List.of(allowOne(failures, domain));
            RestartState after = failures.standing();
            common.print(
                    common.json
                            ? RestartsText.allowedJson(allowed, after)
                            : RestartsText.allowed(allowed, domain == null, after, config, common.observeOnly()));
            return Exit.FINE;
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()));
        }
    }

    private FailedRestart allowOne(RestartFailures failures, String called) throws Exception {
        RestartState now = failures.standing();
        if (now.trouble() != null) {
            throw new CommandFailure(now.trouble());
        }
        Optional<FailedRestart> known = now.guests().stream()
                .filter(f -> f.domain().equals(called) || f.uuid().toString().equalsIgnoreCase(called))
                .findFirst();
        UUID uuid = known.isPresent()
                ? known.get().uuid()
                : common.ask(
                        engine -> engine.get(DomainArgument.class).find(called).uuid());
        return failures.allow(uuid)
                .orElseThrow(() -> new CommandFailure(
                        "no failed restart of '" + called + "' is remembered; `nova-gpu-binder restarts` lists them"));
    }
}
