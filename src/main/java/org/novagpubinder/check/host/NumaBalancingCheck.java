package org.novagpubinder.check.host;

import jakarta.inject.Inject;
import java.util.List;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.host.sysfs.HostFacts;

/** The kernel's own balancing (kernel.numa_balancing): told, for it explains memory that moves. */
public final class NumaBalancingCheck implements Check {
    private final HostFacts facts;

    @Inject
    NumaBalancingCheck(HostFacts facts) {
        this.facts = facts;
    }

    @Override
    public String name() {
        return "numa-balancing";
    }

    @Override
    public List<CheckResult> run() {
        return facts.numaBalancing()
                .map(on -> CheckResult.ok(
                        on
                                ? "on: the kernel moves memory to where a guest's vCPUs are, which is where they are pinned"
                                : "off"))
                .orElse(List.of());
    }
}
