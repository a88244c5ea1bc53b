package org.novagpubinder.host.common;

import java.util.List;

/** Lists of words, such as names of elements, that one reads as a text and not a line each. */
public final class WordList {
    private WordList() {}

    /** The words of a text, with white space between them. */
    public static List<String> of(String text) {
        return List.of(text.strip().split("\\s+", -1));
    }
}
