package org.novagpubinder.host.topology;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A constant whose name is its word too, in small letters and with hyphens: in files, in metrics and for people. */
public interface Worded {
    String name();

    default String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Constants by their words, in their order. */
    static <E extends Worded> Map<String, E> words(E[] constants) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E constant : constants) {
            words.put(constant.word(), constant);
        }
        return Collections.unmodifiableMap(words);
    }
}
