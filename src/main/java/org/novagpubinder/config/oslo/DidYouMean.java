package org.novagpubinder.config.oslo;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Finds the word that somebody may have meant. */
public final class DidYouMean {
    /** Longer words are no slips of the pen. */
    private static final int LONGEST = 64;

    private DidYouMean() {}

    /** The nearest of the words; empty if none is near. Case, and the signs that join words, do not count. */
    public static Optional<String> of(String written, Collection<String> words) {
        return near(written, words, 1).stream().findFirst();
    }

    /** The nearest of the words, so many at most. */
    public static List<String> near(String written, Collection<String> words, int most) {
        String slip = bare(written);
        Map<String, Integer> distances = new LinkedHashMap<>();
        words.forEach(word -> distances.computeIfAbsent(word, w -> distance(bare(w), slip)));
        return distances.entrySet().stream()
                .filter(e -> e.getValue() <= 1 + e.getKey().length() / 5)
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .limit(most)
                .toList();
    }

    /** The word without what people mix up: case, hyphens, underscores, dots and spaces. */
    public static String bare(String word) {
        return word.replaceAll("[-_ .]", "").toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        if (b.length() > LONGEST) {
            return Integer.MAX_VALUE;
        }
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
