package org.novagpubinder.host.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdSetTest {
    @ParameterizedTest
    @CsvSource({
        "'',            ''",
        "' 3 ',         3",
        "'1,0, 2',      0-2",
        "'0-3,8',       '0-3,8'",
        "'0-127,^64',   '0-63,65-127'",
        "'^1,1',        1",
        "'65535',       65535",
        "'63-64,128',   '63-64,128'",
        "'4,^4',        ''",
    })
    void theListFormIsReadAndWritten(String text, String written) {
        assertThat(IdSet.parse(text)).hasToString(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "-1", "1-", "3-1", "1,,2", "65536", "0-4000000000", "1 2"})
    void whatIsNoListIsNamed(String text) {
        assertThatThrownBy(() -> IdSet.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertThatThrownBy(() -> IdSet.of(3, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IdSet.of(IdSet.MAX_ID + 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IdSet.range(0, IdSet.MAX_ID + 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(IdSet.of(1).contains(-1)).isFalse();
        assertThat(IdSet.of(1).contains(IdSet.MAX_ID + 1)).isFalse();
    }

    @Test
    void smallerSetsComeFirstThenTheLowestNumberThatDiffers() {
        assertThat(IdSet.of(70)).isLessThan(IdSet.of(0, 1)).isGreaterThan(IdSet.of(3));
        assertThat(IdSet.of(0, 3)).isLessThan(IdSet.of(1, 2));
        assertThat(IdSet.of(1, 64)).isLessThan(IdSet.of(1, 65)).isEqualByComparingTo(IdSet.of(64, 1));
        assertThat(IdSet.empty()).isLessThan(IdSet.of(0));
    }

    @Test
    void libvirtsMapsHaveOneBitANumber() {
        assertThat(IdSet.of(0, 9).toBytes()).containsExactly(1, 2);
        assertThat(IdSet.fromBytes(new byte[] {1, 2, 0, 0})).isEqualTo(IdSet.of(0, 9));
        assertThat(IdSet.fromBytes(new byte[16])).isEqualTo(IdSet.empty());
    }

    /** Against Java's own sets: numbers around the borders of words, sets of every length. */
    @Test
    void setsOfManySizesDoWhatSetsDo() {
        Random r = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            NavigableSet<Integer> a = numbers(r);
            NavigableSet<Integer> b = numbers(r);
            agree(a, b, IdSet.of(a), IdSet.of(b));
        }
    }

    private static NavigableSet<Integer> numbers(Random r) {
        NavigableSet<Integer> numbers = new TreeSet<>();
        int bound = 1 + r.nextInt(r.nextBoolean() ? 8 : 260);
        for (int n = r.nextInt(6); n > 0; n--) {
            numbers.add(r.nextInt(bound));
        }
        return numbers;
    }

    private static void agree(NavigableSet<Integer> a, NavigableSet<Integer> b, IdSet x, IdSet y) {
        NavigableSet<Integer> either = new TreeSet<>(a);
        either.addAll(b);
        NavigableSet<Integer> both = new TreeSet<>(a);
        both.retainAll(b);
        NavigableSet<Integer> rest = new TreeSet<>(a);
        rest.removeAll(b);
        assertThat(x.union(y)).as("%s %s", a, b).isEqualTo(IdSet.of(either)).hasSameHashCodeAs(IdSet.of(either));
        assertThat(x.intersect(y)).as("%s %s", a, b).isEqualTo(IdSet.of(both)).hasSameHashCodeAs(IdSet.of(both));
        assertThat(x.minus(y)).as("%s %s", a, b).isEqualTo(IdSet.of(rest)).hasSameHashCodeAs(IdSet.of(rest));
        assertThat(x.ids()).containsExactlyElementsOf(a);
        assertThat(x.stream().boxed()).containsExactlyElementsOf(a);
        assertThat(IntStream.iterate(x.first(), id -> id >= 0, id -> x.next(id + 1))
                        .boxed())
                .containsExactlyElementsOf(a);
        assertThat(x.size()).isEqualTo(a.size());
        assertThat(x.isEmpty()).isEqualTo(a.isEmpty());
        assertThat(x.containsAll(y)).as("%s %s", a, b).isEqualTo(a.containsAll(b));
        assertThat(x.intersects(y)).as("%s %s", a, b).isEqualTo(!both.isEmpty());
        assertThat(x.equals(y)).as("%s %s", a, b).isEqualTo(a.equals(b));
        assertThat(IdSet.parse(x.toString())).isEqualTo(x);
        assertThat(IdSet.fromBytes(x.toBytes())).isEqualTo(x);
        assertThat(Integer.signum(x.compareTo(y))).as("%s %s", a, b).isEqualTo(order(a, b));
    }

    private static int order(NavigableSet<Integer> a, NavigableSet<Integer> b) {
        NavigableSet<Integer> differing = new TreeSet<>(a);
        b.forEach(n -> {
            if (!differing.remove(n)) {
                differing.add(n);
            }
        });
        return Comparator.<NavigableSet<Integer>>comparingInt(NavigableSet::size)
                .thenComparingInt(s -> differing.isEmpty() || s.contains(differing.first()) ? 0 : 1)
                .compare(a, b);
    }
}
