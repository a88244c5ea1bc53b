package org.novagpubinder.picture.svg;

import java.util.regex.Pattern;

/** Text in SVG and HTML. Names of guests, flavors and drivers are other people's choice: none may leave its place. */
public final class Markup {
    /**
     * What XML 1.0 has no place for, and what would act on the text around it: controls, formats (bidirectional
     * overrides), halves of characters, characters that are none, separators of lines.
     */
    private static final Pattern HARMFUL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Cn}\\p{Zl}\\p{Zp}]");

    /** Marks over marks grow out of the line. */
    private static final Pattern TOWERS = Pattern.compile("(\\p{M}{2})\\p{M}+");

    private Markup() {}

    /** The text as character data or as the value of a quoted attribute, of XML as of HTML. */
    public static String escaped(String text) {
        String clean = clean(text);
        StringBuilder out = new StringBuilder(clean.length() + 16);
        for (int i = 0; i < clean.length(); i++) {
            char c = clean.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    /** The text as one line, without what could do harm; "?" stands for it. */
    public static String clean(String text) {
        return TOWERS.matcher(HARMFUL.matcher(text).replaceAll("?")).replaceAll("$1");
    }
}
