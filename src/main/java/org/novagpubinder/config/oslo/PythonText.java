package org.novagpubinder.config.oslo;

/** Strings as Python sees them: oslo.config strips white space that Java's own methods leave (no-break space, NEL). */
public final class PythonText {
    private PythonText() {}

    /** Python's {@code str.isspace} for one character. */
    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    /** Python's {@code str.strip()}. */
    public static String strip(String text) {
        return stripStart(stripEnd(text));
    }

    /** Python's {@code str.lstrip()}. */
    static String stripStart(String text) {
        int start = 0;
        while (start < text.length() && isSpace(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    /** Python's {@code str.rstrip()}. */
    static String stripEnd(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }
}
