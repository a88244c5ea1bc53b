package org.novagpubinder.host;

import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A set of CPU or node numbers, in the list form that the kernel and libvirt use ({@code 0-3,8}). Immutable.
 *
 * <p>Sources of the form: Linux {@code lib/bitmap.c:bitmap_parselist} (without its {@code :used/group} and {@code N}
 * extensions, which sysfs never prints) and libvirt {@code virBitmapParse}, whose {@code ^N} takes a number out again.
 */
public final class IdSet implements Comparable<IdSet> {
    /** More than any kernel's NR_CPUS or MAX_NUMNODES; keeps {@code 0-4000000000} from filling the memory. */
    public static final int MAX_ID = 65_535;

    private static final IdSet EMPTY = new IdSet(new BitSet());

    private final BitSet bits;

    private IdSet(BitSet bits) {
        this.bits = bits;
    }

    /** The empty set. */
    public static IdSet empty() {
        return EMPTY;
    }

    /** The set of the given numbers. */
    public static IdSet of(int... ids) {
        return of(IntStream.of(ids));
    }

    /** The set of the given numbers. */
    public static IdSet of(Collection<Integer> ids) {
        return of(ids.stream().mapToInt(Integer::intValue));
    }

    /**
     * The set of the given numbers.
     *
     * @throws IllegalArgumentException for a number below 0 or above {@link #MAX_ID}
     */
    public static IdSet of(IntStream ids) {
        BitSet bits = new BitSet();
        ids.forEach(id -> bits.set(checked(id, Integer.toString(id))));
        return new IdSet(bits);
    }

    /** The numbers {@code first} to {@code last}, both included. */
    public static IdSet range(int first, int last) {
        return of(IntStream.rangeClosed(first, last));
    }

    /**
     * Reads the list form: numbers, ranges and {@code ^} exclusions, separated by commas; white space around them does
     * not matter. The empty text is the empty set. Exclusions apply in order, as in libvirt.
     *
     * @throws IllegalArgumentException naming the part that is wrong
     */
    public static IdSet parse(String text) {
        BitSet bits = new BitSet();
        String all = text.strip();
        if (all.isEmpty()) {
            return EMPTY;
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
        return new IdSet(bits);
    }

    private static int number(String digits, String text) {
        String d = digits.strip();
        if (d.isEmpty() || d.length() > 9 || !d.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("'" + shortened(d) + "' in '" + shortened(text) + "' is no number");
        }
        return checked(Integer.parseInt(d), text);
    }

    private static int checked(int id, String text) {
        if (id < 0 || id > MAX_ID) {
            throw new IllegalArgumentException(id + " in '" + shortened(text) + "' is not between 0 and " + MAX_ID);
        }
        return id;
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    /** Whether {@code id} is in the set; false for negative numbers. */
    public boolean contains(int id) {
        return id >= 0 && bits.get(id);
    }

    /** Whether every number of {@code other} is in this set. */
    public boolean containsAll(IdSet other) {
        return other.minus(this).isEmpty();
    }

    /** Whether the two sets share a number. */
    public boolean intersects(IdSet other) {
        return bits.intersects(other.bits);
    }

    /** The numbers in both sets. */
    public IdSet intersect(IdSet other) {
        BitSet b = (BitSet) bits.clone();
        b.and(other.bits);
        return new IdSet(b);
    }

    /** The numbers in either set. */
    public IdSet union(IdSet other) {
        BitSet b = (BitSet) bits.clone();
        b.or(other.bits);
        return new IdSet(b);
    }

    /** The numbers of this set that are not in {@code other}. */
    public IdSet minus(IdSet other) {
        BitSet b = (BitSet) bits.clone();
        b.andNot(other.bits);
        return new IdSet(b);
    }

    /** Whether the set has no numbers. */
    public boolean isEmpty() {
        return bits.isEmpty();
    }

    /** How many numbers the set has. */
    public int size() {
        return bits.cardinality();
    }

    /** The lowest number, or -1 of the empty set. */
    public int first() {
        return bits.nextSetBit(0);
    }

    /** The numbers, ascending. */
    public IntStream stream() {
        return bits.stream();
    }

    /** The numbers, ascending. */
    public List<Integer> ids() {
        return bits.stream().boxed().collect(Collectors.toUnmodifiableList());
    }

    /** One bit a number, lowest first: the form of libvirt's CPU maps. */
    public byte[] toBytes() {
        return bits.toByteArray();
    }

    /** Reads libvirt's CPU maps: one bit a number, lowest first. */
    public static IdSet fromBytes(byte[] map) {
        return new IdSet(BitSet.valueOf(map));
    }

    /** Orders by size, then by the lowest number that differs: the order of candidates in a plan. */
    @Override
    public int compareTo(IdSet other) {
        int bySize = Integer.compare(size(), other.size());
        if (bySize != 0) {
            return bySize;
        }
        BitSet differing = (BitSet) bits.clone();
        differing.xor(other.bits);
        int first = differing.nextSetBit(0);
        return first < 0 ? 0 : bits.get(first) ? -1 : 1;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof IdSet other && bits.equals(other.bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    /** The list form, ranges joined: {@code 0-3,8}; the empty text for the empty set. */
    @Override
    public String toString() {
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
