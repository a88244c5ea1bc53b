package org.novagpubinder.config;

import static org.novagpubinder.testing.Roff.bold;
import static org.novagpubinder.testing.Roff.escaped;

import org.novagpubinder.config.oslo.Option;
import org.novagpubinder.config.oslo.OptionTypes;
import org.novagpubinder.testing.Roff;

/** The options' part of nova-gpu-binder.conf(5), from the table that the sample configuration is made of as well. */
public final class ConfManual {
    private ConfManual() {}

    /** An entry for each option. */
    public static String options() {
        Roff page = new Roff();
        for (Option<?> option : GpuBinderOptions.ALL) {
            String text = option.defaultText() == null ? "" : option.defaultText();
            page.tagged(bold(option.name().name()) + (text.isEmpty() ? "" : escaped(" = " + text)), option.help());
            if (!option.type().allowed().equals(OptionTypes.text().allowed())) {
                page.line(".br").text("Allowed: " + option.type().allowed() + ".");
            }
        }
        return page.toString();
    }
}
