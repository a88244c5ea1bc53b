package org.novagpubinder.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.cli.render.BindText;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.cli.terminal.NotCutShort;
import org.novagpubinder.restarts.RestartFailures;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bind DOMAIN}. */
@Command(
        name = "bind",
        description = "Binds a domain now, as the daemon would, and says what was done.",
        exitCodeList = {"0:bound, aligned or ignored", "1:deferred or misaligned", "2:failed or refused", "64:bad usage"
        },
        footer = {
            "%nExamples:",
            "  nova-gpu-binder bind instance-0000002a",
            "  nova-gpu-binder bind render-farm-7 --restart",
            "  nova-gpu-binder bind 5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11 --json"
        })
final class BindCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "DOMAIN", description = "A domain: " + DomainArgument.DESCRIPTION + ".")
    private String domain = "";

    @Option(
            names = "--restart",
            description =
                    "Allow the one restart in the boot window. You vouch that Nova has no task on the instance; all "
                            + "other conditions still hold (restart_window, nothing written, restart = boot-window). "
                            + "That its restart failed before, or that restarts are suspended, does not count: see `restarts`.")
    private boolean restart;

    @Option(
            names = "--extra-spec",
            paramLabel = "K=V",
            description =
                    "An extra spec of the flavor, e.g. gpu_binder:render_node=auto (repeatable). Default: what the "
                            + "domain's metadata says.")
    private Map<String, String> extraSpecs = new LinkedHashMap<>();

    @Override
    public Integer call() throws Exception {
        if (!restart) {
            return bind();
        }
        NotCutShort underWay = new NotCutShort("the guest's restart", common::warn);
        try {
            return bind();
        } finally {
            underWay.close();
        }
    }

    private int bind() throws Exception {
        BindResult result = common.ask(engine -> engine.ofDomain(domain, uuid -> {
            if (restart) {
                letItBeTried(engine.get(RestartFailures.class), uuid);
            }
            return engine.get(Binder.class)
                    .bind(uuid, restart ? Trigger.COMMAND_WITH_RESTART : Trigger.COMMAND, Flavor.ofCommand(extraSpecs));
        }));
        common.print(common.json ? BindText.json(result) : BindText.of(result, common.screen()));
        return Exit.of(result.outcome());
    }

    /** An operator's word ends what is remembered of this guest, and passes the host's breaker for it alone. */
    private void letItBeTried(RestartFailures failures, UUID uuid) throws CommandFailure {
        try {
            failures.allow(uuid)
                    .ifPresent(f -> common.warn("it did not start with its binding before (" + f.cause()
                            + "): that is forgotten, and it may be tried again"));
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()));
        }
        failures.suspended()
                .ifPresent(why -> common.warn("this guest alone may be restarted, because you say so: " + why.text()));
    }
}
