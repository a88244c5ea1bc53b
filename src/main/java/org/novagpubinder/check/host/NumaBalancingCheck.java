package org.novagpubinder.check.host;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.host.sysfs.HostFacts;
import org.novagpubinder.host.sysfs.NumaFaults;

/**
 * The kernel's own balancing (kernel.numa_balancing). It moves memory after threads, which is good for guests that float, and
 * is nothing for guests whose memory is bound: their start gives it a policy, and what has one is not scanned (Linux,
 * mempolicy.c:vma_policy_mof). What it costs here its counters tell.
 */
public record NumaBalancingCheck(ConfigReport report, HostFacts facts) implements Check {
    /** Of a guest whose memory nobody binds. */
    private static final Set<String> FLOATING = Set.of("report", "off");

    /** The bit for that balancing; the other moves memory between fast and slow kinds (Linux, sysctl/kernel.rst). */
    private static final long NORMAL = 1;

    /** A fault costs a few microseconds, and more under KVM: so many are a few percent of a CPU. */
    private static final double MANY_FAULTS = 10_000;

    /** 1 MiB a second, day and night. */
    private static final double MANY_MOVES = 256;

    @Override
    public List<CheckResult> run() {
        Set<String> policies = new TreeSet<>(Set.of(report.config().binding().policy()));
        report.config().binding().flavorPolicies().forEach(rule -> policies.add(rule.value()));
        Set<String> floating = new TreeSet<>(policies);
        floating.retainAll(FLOATING);
        OptionalLong mode = facts.numaBalancing();
        if (mode.isEmpty()) {
            return List.of();
        }
        if ((mode.getAsLong() & NORMAL) != 0) {
            return on(mode.getAsLong(), policies, floating);
        }
        return CheckResult.ok(
                mode.getAsLong() == 0
                        ? off(policies, floating)
                        : "only between kinds of memory (memory tiering): memory does not follow vCPUs");
    }

    private static String off(Set<String> policies, Set<String> floating) {
        return floating.isEmpty()
                ? "off, which is right where guests are bound (policy " + words(policies) + ")"
                : "off: memory of guests that policy " + words(floating)
                        + " lets float stays where it was first touched (kernel.numa_balancing = 1 would let it follow"
                        + " their vCPUs)";
    }

    private List<CheckResult> on(long mode, Set<String> policies, Set<String> floating) {
        Optional<NumaFaults> counted = facts.numaFaults();
        String measured = counted.map(NumaBalancingCheck::measured).orElse("");
        if (!floating.isEmpty()) {
            return CheckResult.ok("on, which is right for guests that policy " + words(floating)
                    + " lets float: their memory follows their vCPUs" + measured);
        }
        boolean costs = counted.filter(f -> f.rate() > MANY_FAULTS || f.moves() > MANY_MOVES)
                .isPresent();
        return costs
                ? CheckResult.warning(
                        "on, though guests are bound here (policy " + words(policies)
                                + "), and it is busy: what it scans gives way for a moment" + measured,
                        "see whether guests get better without it (kernel.numa_balancing = " + mode
                                + " goes back); guests that nobody binds then keep their memory where they touched it"
                                + " first:\nsysctl kernel.numa_balancing=" + (mode & ~NORMAL))
                : CheckResult.ok(
                        "on, and does no harm: the kernel moves memory to where a guest's vCPUs are, which is where"
                                + " they are pinned" + measured);
    }

    private static String measured(NumaFaults f) {
        return String.format(
                Locale.ROOT,
                "; since the boot %.1f hint faults a second, %.0f %% of them local, and %.1f pages moved",
                f.rate(),
                Math.floor(100 * f.localShare()),
                f.moves());
    }

    private static String words(Set<String> policies) {
        return String.join(", ", policies);
    }
}
