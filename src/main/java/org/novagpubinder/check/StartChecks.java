package org.novagpubinder.check;

import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.novagpubinder.check.broker.BrokerConnections;
import org.novagpubinder.check.broker.NovaComputeCheck;
import org.novagpubinder.check.result.AtStart;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.check.result.NamedResult;
import org.novagpubinder.host.common.DaemonThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log, when the daemon starts, of what is wrong and what it would not meet by itself: that nothing will ever be
 * heard, or that there is nothing to bind. One line each; the daemon runs on, for all of it can be mended beside it.
 */
public record StartChecks(
        Map<String, Check> atStart, NovaComputeCheck novaCompute, BrokerConnections brokers, Waits waits) {
    private static final Logger LOG = LoggerFactory.getLogger(StartChecks.class);

    static final String NOVA_COMPUTE = "nova-compute";

    /** How long until nova-compute is looked for, and at most between two looks. */
    record Waits(Duration first, Duration longest) {
        /** At a host's boot nova-compute starts as we do, and takes half a minute. */
        static final Waits USUAL = new Waits(Duration.ofSeconds(45), Duration.ofMinutes(10));
    }

    @Inject
    StartChecks(@AtStart Map<String, Check> atStart, NovaComputeCheck novaCompute, BrokerConnections brokers) {
        this(atStart, novaCompute, brokers, Waits.USUAL);
    }

    /** Runs them; what is far away is looked at in the background. */
    public void run() {
        atStart.forEach((name, check) -> results(name, check).stream()
                .filter(result -> !result.state().isNoFault())
                .forEach(result -> LOG.warn("{}", new NamedResult(name, result).line())));
        DaemonThreads.named("start-checks").newThread(this::lookForNovaCompute).start();
    }

    /** Until it is there: it may be started later, or its name corrected. */
    private void lookForNovaCompute() {
        boolean missed = false;
        Duration wait = waits.first();
        try {
            while (true) {
                Thread.sleep(wait.toMillis());
                List<CheckResult> results = results(NOVA_COMPUTE, novaCompute);
                brokers.close();
                for (CheckResult result : results) {
                    String line = new NamedResult(NOVA_COMPUTE, result).line();
                    if (result.state().isNoFault()) {
                        if (missed) {
                            LOG.info("{}", line);
                        }
                        return;
                    }
                    if (!missed) {
                        LOG.warn("{}", line);
                    }
                    missed = true;
                }
                Duration twice = wait.multipliedBy(2);
                wait = twice.compareTo(waits.longest()) > 0 ? waits.longest() : twice;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<CheckResult> results(String name, Check check) {
        try {
            return CheckResult.of(check);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        } catch (Exception e) {
            // a check must not keep the daemon from its work
            LOG.warn("check {} fails", name, e);
            return List.of();
        }
    }
}
