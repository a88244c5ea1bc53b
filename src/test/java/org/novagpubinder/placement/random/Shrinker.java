package org.novagpubinder.placement.random;

import java.util.Iterator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Makes a case that fails smaller, step by step, as long as it still fails.
 *
 * @param steps the cases that are one step smaller than a case
 * @param mostTries so many cases are tried at most
 */
record Shrinker<T>(Function<T, Stream<T>> steps, int mostTries) {
    /** A case that fails, of which no case that is one step smaller fails, unless the tries were spent before. */
    T shrink(T failing, Predicate<T> fails) {
        T smallest = failing;
        int tries = 0;
        Iterator<T> smaller = steps.apply(smallest).iterator();
        while (smaller.hasNext() && tries++ < mostTries) {
            T one = smaller.next();
            if (!one.equals(smallest) && fails.test(one)) {
                smallest = one;
                smaller = steps.apply(smallest).iterator();
            }
        }
        return smallest;
    }
}
