package org.novagpubinder.config;

import java.util.List;
import java.util.Set;
import org.novagpubinder.config.oslo.Assignment;
import org.novagpubinder.config.oslo.Assignments;
import org.novagpubinder.config.oslo.DidYouMean;
import org.novagpubinder.config.oslo.Problems;

/** Finds options that are meant for the binder but that it does not have. Nova's sections are not ours to check. */
final class UnknownOptions {
    private static final List<String> OURS =
            GpuBinderOptions.ALL.stream().map(o -> o.name().name()).toList();
    /** Names of ours that in DEFAULT are Nova's. */
    private static final Set<String> ALSO_NOVAS = Set.of("debug", "host", "transport_url", "cpu_allocation_ratio");

    private UnknownOptions() {}

    /** Checks every assignment of ours. */
    static void check(Assignments assignments, Problems problems) {
        for (Assignment at : assignments.all()) {
            String section = Assignment.normalized(at.section());
            if (section.equals(GpuBinderOptions.SECTION)) {
                if (!OURS.contains(at.key())) {
                    unknown(at, problems);
                }
            } else if (DidYouMean.bare(section).endsWith("gpubinder")) {
                problems.error(
                        at.file(),
                        at.line(),
                        "option in a section that nobody reads; did you mean [" + GpuBinderOptions.SECTION + "]?");
            } else if (section.equals("DEFAULT") && OURS.contains(at.key()) && !ALSO_NOVAS.contains(at.key())) {
                problems.warning(at, "is not read here; did you mean [" + GpuBinderOptions.SECTION + "]?");
            }
        }
    }

    private static void unknown(Assignment at, Problems problems) {
        String hint = DidYouMean.of(at.key(), OURS)
                .map(nearest -> "did you mean " + nearest + "?")
                .orElseGet(() -> "there are: " + String.join(", ", OURS));
        if (at.key().matches("[A-Za-z0-9_.-]{1,64}")) {
            problems.error(at, "no such option; " + hint);
        } else {
            // a password with a ':' or '=' in a broken line looks like that
            problems.error(at.file(), at.line(), "[" + GpuBinderOptions.SECTION + "]: no such option; " + hint);
        }
    }
}
