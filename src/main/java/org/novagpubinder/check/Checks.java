package org.novagpubinder.check;

import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.novagpubinder.check.broker.BrokerConnections;
import org.novagpubinder.check.config.DeploymentTool;
import org.novagpubinder.check.libvirt.LibvirtProbe;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.check.result.NamedResult;
import org.novagpubinder.host.common.DaemonThreads;
import org.novagpubinder.host.sysfs.HostFacts;

/** All checks, one after the other; none can keep the others from running. */
public record Checks(
        Map<String, Check> checks,
        BrokerConnections brokers,
        LibvirtProbe libvirt,
        Optional<DeploymentTool> tool,
        Duration limit)
        implements AutoCloseable {
    /** What is far away has shorter limits of its own; the name service has none. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Inject
    Checks(Map<String, Check> checks, BrokerConnections brokers, LibvirtProbe libvirt, HostFacts host) {
        this(checks, brokers, libvirt, DeploymentTool.of(host), LIMIT);
    }

    /**
     * Runs them.
     *
     * @param before hears the name of each before it runs
     */
    public List<NamedResult> run(Consumer<String> before) throws InterruptedException {
        List<NamedResult> results = new ArrayList<>();
        for (var named : checks.entrySet()) {
            String name = named.getKey();
            before.accept(name);
            within(name, named.getValue()).stream()
                    .map(result -> tool.map(t -> t.inItsWords(result)).orElse(result))
                    .forEach(result -> results.add(new NamedResult(name, result)));
        }
        return results;
    }

    private List<CheckResult> within(String name, Check check) throws InterruptedException {
        FutureTask<List<CheckResult>> task = new FutureTask<>(() -> CheckResult.of(check));
        Thread thread = DaemonThreads.named("check-" + name).newThread(task);
        thread.start();
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return CheckResult.failure(
                    "no answer within " + limit.toSeconds() + " s", "look whether what it asks (DNS, a daemon) hangs");
        } catch (ExecutionException e) {
            return CheckResult.failure(
                    "could not be looked at (" + e.getCause() + ")", "this is a fault of nova-gpu-binder: report it");
        }
    }

    @Override
    public void close() {
        brokers.close();
        libvirt.close();
    }
}
