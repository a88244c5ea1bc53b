package org.novagpubinder.host.topology;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
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

    private static final IdSet EMPTY = new IdSet(new long[0]);

    /** One bit a number, lowest first; the last word is never 0, so that equal sets have equal words. */
    private final long[] words;

    private IdSet(long[] words) {
        this.words = words;
    }

    private static IdSet ofWords(long[] words) {
        int length = words.length;
        while (length > 0 && words[length - 1] == 0) {
            length--;
        }
        return length == 0 ? EMPTY : new IdSet(length == words.length ? words : Arrays.copyOf(words, length));
    }

    public static IdSet empty() {
        return EMPTY;
    }

    /**
     * The set of the given numbers.
     *
     * @throws IllegalArgumentException for a number below 0 or above {@link #MAX_ID}
     */
    public static IdSet of(int... ids) {
        int highest = -1;
        for (int id : ids) {
            if (id < 0 || id > MAX_ID) {
                throw new IllegalArgumentException(id + " is not between 0 and " + MAX_ID);
            }
            highest = Math.max(highest, id);
        }
        long[] words = new long[highest < 0 ? 0 : wordOf(highest) + 1];
        for (int id : ids) {
            words[wordOf(id)] |= 1L << id;
        }
        return ofWords(words);
    }

    /** The set of the given numbers; throws as {@link #of(int...)}. */
    public static IdSet of(Collection<Integer> ids) {
        return of(ids.stream().mapToInt(Integer::intValue));
    }

    /** The set of the given numbers; throws as {@link #of(int...)}. */
    public static IdSet of(IntStream ids) {
        return of(ids.toArray());
    }

    /** The numbers {@code first} to {@code last}, both included; throws as {@link #of(int...)}. */
    public static IdSet range(int first, int last) {
        return of(IntStream.rangeClosed(first, last));
    }

    private static int wordOf(int id) {
        return id / Long.SIZE;
    }

    /**
     * Reads the list form: numbers, ranges and {@code ^} exclusions, separated by commas; white space around them does
     * not matter. The empty text is the empty set. Exclusions apply in order, as in libvirt.
     *
     * @throws IllegalArgumentException naming the part that is wrong
     */
    public static IdSet parse(String text) {
        return ofWords(ListForm.read(text).toLongArray());
    }

    /** Whether {@code id} is in the set; false for negative numbers. */
    public boolean contains(int id) {
        return id >= 0 && wordOf(id) < words.length && (words[wordOf(id)] >>> id & 1) == 1;
    }

    /** Whether every number of {@code other} is in this set. */
    public boolean containsAll(IdSet other) {
        boolean all = other.words.length <= words.length;
        for (int i = 0; all && i < other.words.length; i++) {
            all = (other.words[i] & ~words[i]) == 0;
        }
        return all;
    }

    /** Whether the two sets share a number. */
    public boolean intersects(IdSet other) {
        for (int i = Math.min(words.length, other.words.length) - 1; i >= 0; i--) {
            if ((words[i] & other.words[i]) != 0) {
                return true;
            }
        }
        return false;
    }

    public IdSet intersect(IdSet other) {
        long[] both = Arrays.copyOf(words, Math.min(words.length, other.words.length));
        for (int i = 0; i < both.length; i++) {
            both[i] &= other.words[i];
        }
        return ofWords(both);
    }

    public IdSet union(IdSet other) {
        if (containsAll(other)) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        long[] either = Arrays.copyOf(words, Math.max(words.length, other.words.length));
        for (int i = 0; i < other.words.length; i++) {
            either[i] |= other.words[i];
        }
        return new IdSet(either);
    }

    /** The numbers of this set that are not in {@code other}. */
    public IdSet minus(IdSet other) {
        if (!intersects(other)) {
            return this;
        }
        long[] rest = words.clone();
        for (int i = Math.min(words.length, other.words.length) - 1; i >= 0; i--) {
            rest[i] &= ~other.words[i];
        }
        return ofWords(rest);
    }

    public boolean isEmpty() {
        return words.length == 0;
    }

    public int size() {
        int size = 0;
        for (long word : words) {
            size += Long.bitCount(word);
        }
        return size;
    }

    /** The lowest number, or -1 of the empty set. */
    public int first() {
        return next(0);
    }

    /**
     * The lowest number that is not below {@code from} (which is not negative), or -1: with {@link #first} the way through
     * the set that makes no list.
     */
    int next(int from) {
        for (int i = wordOf(from); i < words.length; i++) {
            long word = i == wordOf(from) ? words[i] & -1L << from : words[i];
            if (word != 0) {
                return i * Long.SIZE + Long.numberOfTrailingZeros(word);
            }
        }
        return -1;
    }

    /** The numbers, ascending. */
    public IntStream stream() {
        return IntStream.of(toArray());
    }

    /** The numbers, ascending. */
    public List<Integer> ids() {
        return stream().boxed().toList();
    }

    private int[] toArray() {
        int[] ids = new int[size()];
        int at = 0;
        for (int id = first(); id >= 0; id = next(id + 1)) {
            ids[at++] = id;
        }
        return ids;
    }

    /** One bit a number, lowest first: the form of libvirt's CPU maps. */
    public byte[] toBytes() {
        return BitSet.valueOf(words).toByteArray();
    }

    /** Reads libvirt's CPU maps: one bit a number, lowest first. */
    public static IdSet fromBytes(byte[] map) {
        return ofWords(BitSet.valueOf(map).toLongArray());
    }

    /** Orders by size, then by the lowest number that differs: the order of candidates in a plan. */
    @Override
    public int compareTo(IdSet other) {
        int bySize = Integer.compare(size(), other.size());
        if (bySize != 0) {
            return bySize;
        }
        for (int i = 0; i < Math.min(words.length, other.words.length); i++) {
            long differing = words[i] ^ other.words[i];
            if (differing != 0) {
                return (words[i] & Long.lowestOneBit(differing)) != 0 ? -1 : 1;
            }
        }
        return 0;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof IdSet other && Arrays.equals(words, other.words);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(words);
    }

    /** The list form, ranges joined: {@code 0-3,8}; the empty text for the empty set. */
    @Override
    public String toString() {
        return ListForm.write(BitSet.valueOf(words));
    }
}
