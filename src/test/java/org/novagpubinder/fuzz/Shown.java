package org.novagpubinder.fuzz;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a text that came from outside must be where it is shown or kept. */
public final class Shown {
    /** Controls, formats such as bidirectional overrides, line separators, halves of characters. */
    private static final Pattern HARMFUL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private Shown() {}

    /** Fails on a control character, a line break above all. */
    public static void noControls(@Nullable String text) {
        if (text != null && text.chars().anyMatch(Character::isISOControl)) {
            throw new AssertionError("has control characters: " + codes(text));
        }
    }

    /** Fails on whatever makes more of it than one line of text in the order in which it is written. */
    public static void oneLine(String text) {
        if (HARMFUL.matcher(text).find()) {
            throw new AssertionError("is more than a line of text: " + codes(text));
        }
    }

    private static String codes(String text) {
        return text.codePoints().mapToObj(Integer::toHexString).collect(Collectors.joining(" "));
    }
}
