package org.novagpubinder.placement.random;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Tries a property on random cases. A failure names the seed ({@code -Dplanner.seed=N} tries that one alone) and shows the
 * smallest case found that fails in the same line, as Java to be pasted into a test.
 */
public final class ForAll {
    /** So many cases are tried; {@code -Dplanner.cases=N} tries more. */
    public static final int CASES = Integer.getInteger("planner.cases", 4000);

    private static final @Nullable Long ONLY = Long.getLong("planner.seed");

    /** Made once, for each property needs them; not the millions of a long run. */
    private static final Map<Long, RandomCase> MADE = new ConcurrentHashMap<>();

    private static final Shrinker<RandomCase> SHRINKER =
            new Shrinker<>(SmallerCases::of, Integer.getInteger("planner.shrinks", 20_000));

    private ForAll() {}

    static LongStream seeds() {
        return ONLY == null ? LongStream.range(0, CASES) : LongStream.of(ONLY);
    }

    public static RandomCase of(long seed) {
        return seed < 10_000 ? MADE.computeIfAbsent(seed, ForAll::make) : make(seed);
    }

    private static RandomCase make(long seed) {
        try {
            return RandomCase.of(seed);
        } catch (RuntimeException e) {
            throw new AssertionError("planner.seed=" + seed + ": the planner failed while the case was made", e);
        }
    }

    public static void forAll(Consumer<RandomCase> property) {
        seeds().forEach(seed -> check(seed, property));
    }

    private static void check(long seed, Consumer<RandomCase> property) {
        RandomCase c = of(seed);
        Optional<Throwable> failure = failure(property, c);
        if (failure.isPresent()) {
            String line = line(failure.get());
            RandomCase smallest = SHRINKER.shrink(
                    c,
                    s -> failure(property, s).filter(f -> line(f).equals(line)).isPresent());
            Throwable why = failure(property, smallest).orElseThrow();
            throw new AssertionError(
                    "planner.seed=" + seed + ", made smaller: " + why.getMessage() + "\nRandomCase c = "
                            + JavaText.of(smallest) + ";\nplan: " + describe(smallest),
                    why);
        }
    }

    private static Optional<Throwable> failure(Consumer<RandomCase> property, RandomCase c) {
        try {
            property.accept(c);
            return Optional.empty();
        } catch (AssertionError | RuntimeException e) {
            return Optional.of(e);
        }
    }

    /** What failed: the same line of a test is the same assertion. */
    private static String line(Throwable failure) {
        boolean assertion = failure instanceof AssertionError;
        return failure.getClass()
                + Arrays.stream(failure.getStackTrace())
                        .filter(f -> assertion
                                ? f.getClassName().endsWith("Test")
                                : f.getClassName().startsWith("org.novagpubinder"))
                        .findFirst()
                        .map(f -> f.getClassName() + ":" + f.getLineNumber())
                        .orElse("");
    }

    private static String describe(RandomCase c) {
        try {
            return c.plan().toString();
        } catch (RuntimeException e) {
            return "none, " + e;
        }
    }
}
