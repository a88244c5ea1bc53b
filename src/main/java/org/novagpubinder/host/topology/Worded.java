package org.novagpubinder.host.topology;

import java.util.Locale;

/** A constant whose name is its word too, in small letters and with hyphens: in files, in metrics and for people. */
public interface Worded {
    String name();

    default String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
