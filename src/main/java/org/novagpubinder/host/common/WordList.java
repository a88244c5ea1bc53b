package org.novagpubinder.host.common;

import java.util.List;

/** Lists of words, such as names of elements, that one reads as a text and not a line each. */
public final class WordList {
    private WordList() {}

    /** The words of a text, in which white space is between them. */
    public static List<String> of(String text) {
        return List.of(text.strip().split("\\s+", -1));
    }

    /** As many of the words as are to be named, and how many more there are: "a, b and 2 more". */
    public static String some(int most, List<String> words) {
        int more = words.size() - most;
        return more <= 0
                ? String.join(", ", words)
                : String.join(", ", words.subList(0, most)) + " and " + more + " more";
    }
}
