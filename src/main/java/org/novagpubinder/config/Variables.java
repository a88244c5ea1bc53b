package org.novagpubinder.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.novagpubinder.config.oslo.Assignment;
import org.novagpubinder.config.oslo.Option;
import org.novagpubinder.config.oslo.OptionName;

/**
 * Options that a process has in its environment, where oslo.config looks before its files ({@code
 * oslo_config/sources/_environment.py}): {@code OS_DEFAULT__HOST}, {@code OS_COMPUTE__CPU_SHARED_SET}.
 */
final class Variables {
    /** The environment's file in the directory of a process. */
    static final String FILE = "environ";

    /** What may be given several times oslo.config takes apart into letters there. */
    private static final List<Option<?>> SEVERAL = List.of(NovaOptions.NOTIFICATION_DRIVER, NovaOptions.PCI_DEVICES);

    private Variables() {}

    /** Whether it sets any option that matters here. */
    static boolean any(String text) {
        return !assignments(Path.of(FILE), text).isEmpty();
    }

    static List<Assignment> assignments(Path file, String text) {
        List<String> variables = List.of(text.split("\0", -1));
        List<Assignment> all = new ArrayList<>();
        for (Option<?> option : NovaOptions.ALL) {
            OptionName name = option.name();
            String start = ("OS_" + name.section() + "__" + name.name()).toUpperCase(Locale.ROOT) + "=";
            variables.stream()
                    .filter(v -> v.startsWith(start) && !SEVERAL.contains(option))
                    .findFirst()
                    .ifPresent(v -> all.add(new Assignment(
                            file, variables.indexOf(v) + 1, name.section(), name.name(), v.substring(start.length()))));
        }
        return all;
    }
}
