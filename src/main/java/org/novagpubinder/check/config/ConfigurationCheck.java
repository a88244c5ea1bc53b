package org.novagpubinder.check.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;

/** The configuration files: read by this user, and all that is wrong or odd in them. */
public record ConfigurationCheck(ConfigReport report) implements Check {
    static final String NAME_NOVAS_FILES = """
            name nova-compute's files in /etc/default/nova-gpu-binder:
            NOVA_GPU_BINDER_NOVA_CONFIG=/etc/nova/nova.conf""";

    @Override
    public List<CheckResult> run() {
        List<CheckResult> results = new ArrayList<>();
        report.errors().forEach(line -> results.addAll(split(line, CheckResult.State.FAILURE)));
        report.warnings().forEach(line -> results.addAll(split(line, CheckResult.State.WARNING)));
        if (report.looked().isEmpty()) {
            results.addAll(CheckResult.warning(
                    "there is no configuration file, neither nova.conf nor our own", NAME_NOVAS_FILES));
        } else if (report.errors().isEmpty()) {
            results.addAll(CheckResult.ok(
                    report.config().files().stream().map(Object::toString).collect(Collectors.joining(", "))));
        }
        return results;
    }

    /** The lines say what is wrong, then behind a semicolon what to do; a semicolon in a quoted value does not count. */
    private static List<CheckResult> split(String line, CheckResult.State state) {
        int at = line.indexOf("; ", Math.max(0, line.lastIndexOf("' ")));
        return List.of(
                at < 0
                        ? new CheckResult(state, line, "correct that line")
                        : new CheckResult(state, line.substring(0, at), line.substring(at + 2)));
    }
}
