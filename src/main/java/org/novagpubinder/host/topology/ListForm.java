package org.novagpubinder.host.topology;

import java.util.BitSet;

/** The list form of {@link IdSet}, {@code 0-3,8}: read and written. */
final class ListForm {
    private ListForm() {}

    /** As {@link IdSet#parse}. */
    static BitSet read(String text) {
        BitSet bits = new BitSet();
        String all = text.strip();
        if (all.isEmpty()) {
            return bits;
        }
        for (String part : all.split(",", -1)) {
            String item = part.strip();
            boolean out = item.startsWith("^");
            String range = out ? item.substring(1).strip() : item;
            int dash = range.indexOf('-');
            int first = number(dash < 0 ? range : range.substring(0, dash), text);
            int last = dash < 0 ? first : number(range.substring(dash + 1), text);
            if (last < first) {
                throw new IllegalArgumentException("'" + item + "' in '" + shortened(text) + "': range runs backwards");
            }
            bits.set(first, last + 1, !out);
        }
        return bits;
    }

    private static int number(String digits, String text) {
        String d = digits.strip();
        if (d.isEmpty() || d.length() > 9 || !d.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("'" + shortened(d) + "' in '" + shortened(text) + "' is no number");
        }
        int id = Integer.parseInt(d);
        if (id > IdSet.MAX_ID) {
            throw new IllegalArgumentException(
                    id + " in '" + shortened(text) + "' is not between 0 and " + IdSet.MAX_ID);
        }
        return id;
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    /** Ranges joined; the empty text for no number. */
    static String write(BitSet bits) {
        StringBuilder s = new StringBuilder();
        for (int first = bits.nextSetBit(0); first >= 0; ) {
            int end = bits.nextClearBit(first);
            s.append(s.isEmpty() ? "" : ",").append(first);
            if (end - first > 1) {
                s.append('-').append(end - 1);
            }
            first = bits.nextSetBit(end);
        }
        return s.toString();
    }
}
