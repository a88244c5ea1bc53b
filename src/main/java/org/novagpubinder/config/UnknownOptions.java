package org.novagpubinder.config;

import java.util.List;
import java.util.Set;
import org.novagpubinder.config.oslo.Assignment;
import org.novagpubinder.config.oslo.Assignments;
import org.novagpubinder.config.oslo.DidYouMean;
import org.novagpubinder.config.oslo.Option;
import org.novagpubinder.config.oslo.OptionName;
import org.novagpubinder.config.oslo.Problems;

/** Finds options that are meant for the binder but that it does not have, and such as Nova has in another section. */
final class UnknownOptions {
    private static final List<String> OURS =
            GpuBinderOptions.ALL.stream().map(o -> o.name().name()).toList();
    /** Names of ours that in DEFAULT are Nova's. */
    private static final Set<String> ALSO_NOVAS = Set.of("debug", "host", "transport_url", "cpu_allocation_ratio");

    /** Options of Nova's that no other section has, and that people have looked for in [DEFAULT] or in another one. */
    private static final List<Option<?>> DISTINCT = List.of(
            NovaOptions.CPU_SHARED_SET,
            NovaOptions.CPU_DEDICATED_SET,
            NovaOptions.VCPU_PIN_SET,
            NovaOptions.NOTIFICATION_FORMAT,
            NovaOptions.VERSIONED_TOPICS,
            NovaOptions.SYNC_POWER_STATE);

    private UnknownOptions() {}

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
            } else {
                elsewhere(at, new OptionName(section, at.key()), problems);
            }
        }
    }

    private static void elsewhere(Assignment at, OptionName name, Problems problems) {
        DISTINCT.stream()
                .filter(o -> o.name().name().equals(name.name()) && !o.names().contains(name))
                .findFirst()
                .ifPresent(o -> problems.warning(
                        at,
                        "Nova does not read it here, for it is an option of ["
                                + o.name().section()
                                + "]; before it is moved there, see what it changes for the guests of this host"));
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
