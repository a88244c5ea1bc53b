package org.novagpubinder.config;

import java.util.ArrayList;
import java.util.List;
import org.novagpubinder.config.oslo.Option;
import org.novagpubinder.config.oslo.OptionTypes;

/** Writes the sample configuration from the table of options. */
final class SampleConfig {
    private static final int WIDTH = 100;

    private SampleConfig() {}

    /** The text of etc/nova-gpu-binder/nova-gpu-binder.conf. */
    static String text() {
        List<String> lines = new ArrayList<>();
        comment(
                lines,
                "nova-gpu-binder: everything that can be set, each with its default. A host needs none of it: the broker,"
                        + " the host's name and the CPUs come from nova-compute's own configuration, wherever the deployment"
                        + " tool keeps it, which is read first.");
        comment(
                lines,
                "The form is nova.conf's (oslo.config): comments stand on lines of their own, a line that begins with"
                        + " white space continues the value above it, $option takes another option's value and $$ is a"
                        + " dollar.");
        lines.add("");
        lines.add("[" + GpuBinderOptions.SECTION + "]");
        for (Option<?> option : GpuBinderOptions.ALL) {
            lines.add("");
            comment(lines, option.help());
            if (!option.type().allowed().equals(OptionTypes.text().allowed())) {
                comment(lines, "Allowed: " + option.type().allowed());
            }
            String text = option.defaultText() == null ? "" : option.defaultText();
            lines.add(("#" + option.name().name() + " = " + text).strip());
        }
        return String.join("\n", lines) + "\n";
    }

    private static void comment(List<String> lines, String text) {
        StringBuilder line = new StringBuilder("#");
        for (String word : text.split(" ", -1)) {
            if (line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder("#");
            }
            line.append(' ').append(word);
        }
        lines.add(line.toString());
    }
}
