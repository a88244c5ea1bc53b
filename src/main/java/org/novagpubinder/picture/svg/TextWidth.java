package org.novagpubinder.picture.svg;

import java.util.List;

/** How wide a text will be, about: nobody knows the reader's font. In thousandths of the font's size. */
public final class TextWidth {
    private static final int MONO = 605;
    private static final int WIDE = 1000;

    /** Hangul, Han and kana, full width forms, pictures (Unicode's East Asian Width W, roughly). */
    private static final List<int[]> WIDE_ONES = List.of(
            new int[] {0x1100, 0x115f},
            new int[] {0x2e80, 0xa4cf},
            new int[] {0xac00, 0xd7a3},
            new int[] {0xf900, 0xfaff},
            new int[] {0xfe30, 0xff60},
            new int[] {0x1f300, Character.MAX_CODE_POINT});

    private TextWidth() {}

    /** Of the whole text. */
    static int of(String text, boolean mono) {
        return text.codePoints().map(c -> of(c, mono)).sum();
    }

    /** The text if it is no wider, else as much of its beginning as leaves room for the "…" behind it. */
    public static String cut(String text, int width, boolean mono) {
        int used = 0;
        int fitting = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            used += of(c, mono);
            if (used > width) {
                return text.substring(0, fitting) + "…";
            }
            i += Character.charCount(c);
            if (used + WIDE <= width) {
                fitting = i;
            }
        }
        return text;
    }

    /** The same with as much of its beginning as of its end, and the "…" between them. */
    static String cutInside(String text, int width, boolean mono) {
        if (of(text, mono) <= width) {
            return text;
        }
        int[] all = text.codePoints().toArray();
        int from = 0;
        int to = all.length;
        int used = WIDE;
        boolean atEnd = false;
        while (from < to) {
            int next = of(atEnd ? all[to - 1] : all[from], mono);
            if (used + next > width) {
                break;
            }
            used += next;
            from += atEnd ? 0 : 1;
            to -= atEnd ? 1 : 0;
            atEnd = !atEnd;
        }
        return new String(all, 0, from) + "…" + new String(all, to, all.length - to);
    }

    private static int of(int c, boolean mono) {
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        if (WIDE_ONES.stream().anyMatch(r -> c >= r[0] && c <= r[1])) {
            return WIDE;
        }
        if (mono) {
            return MONO;
        }
        if ("mwMW@%—…".indexOf(c) >= 0) {
            return 960;
        }
        if ("iljtfrI.,:;'|!()[]/ ".indexOf(c) >= 0) {
            return 380;
        }
        return Character.isUpperCase(c) ? 720 : 600;
    }
}
