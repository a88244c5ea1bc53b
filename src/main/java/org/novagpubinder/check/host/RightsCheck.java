package org.novagpubinder.check.host;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.host.proc.ProcessRights;
import org.novagpubinder.host.proc.ProcessRights.Right;
import org.novagpubinder.host.sysfs.HostFacts;

/** What this process may do to QEMU's: the daemon needs the same. */
public record RightsCheck(HostFacts facts) implements Check {
    @Override
    public List<CheckResult> run() {
        if (facts.ofAnotherMachine()) {
            return CheckResult.unknown("another machine's files do not tell what the daemon may do there");
        }
        List<Right> missing =
                Stream.of(Right.values()).filter(r -> !ProcessRights.has(r)).toList();
        if (missing.isEmpty()) {
            return CheckResult.ok("numa_maps of QEMU can be read, its memory can be moved");
        }
        String names = missing.stream().map(r -> "CAP_" + r.name()).collect(Collectors.joining(" "));
        return CheckResult.warning(
                "this user has no " + names + ": "
                        + missing.stream().map(RightsCheck::loss).collect(Collectors.joining(", ")),
                "run as root; for a daemon of another user, in its unit:\nAmbientCapabilities=" + names);
    }

    private static String loss(Right right) {
        return switch (right) {
            case SYS_PTRACE -> "where a guest's memory lies cannot be read (numa_maps)";
            case SYS_NICE -> "its memory cannot be moved (migrate_pages)";
        };
    }
}
