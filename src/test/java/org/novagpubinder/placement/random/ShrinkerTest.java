package org.novagpubinder.placement.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.novagpubinder.placement.Planning;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Tuning;

class ShrinkerTest {
    @Test
    void aNumberShrinksToTheSmallestThatFails() {
        Shrinker<Integer> shrinker =
                new Shrinker<>(n -> IntStream.of(n / 2, n - 1).boxed(), 1000);

        assertThat(shrinker.shrink(97, n -> n >= 13)).isEqualTo(13);
    }

    @Test
    void itGivesUpWhenTheTriesAreSpent() {
        Shrinker<Integer> shrinker = new Shrinker<>(n -> IntStream.of(n - 1).boxed(), 10);

        assertThat(shrinker.shrink(100, n -> true)).isEqualTo(90);
    }

    @Test
    void aCaseShrinksToWhatThePropertyNeeds() {
        RandomCase big = LARGE;
        Shrinker<RandomCase> shrinker = new Shrinker<>(SmallerCases::of, 10_000);

        RandomCase small = shrinker.shrink(
                big,
                c -> c.host().nodes().size() >= 2
                        && c.guest().vcpus() >= 2
                        && !c.host().gpus().isEmpty());

        assertThat(small.host().nodes()).hasSize(2);
        assertThat(small.host().gpus()).hasSize(1);
        assertThat(small.guest().vcpus()).isBetween(2, 3);
        assertThat(small.guest().gpus()).isEmpty();
        assertThat(small.guest().cells()).isEmpty();
        assertThat(small.guest().memoryKiB()).isLessThanOrEqualTo(1 << 20);
        assertThat(small.guest().running()).isNull();
        assertThat(small.guest().tuning()).isEqualTo(Tuning.NONE);
        assertThat(small.others()).isEqualTo(Occupancy.NONE);
        assertThat(small.limits().cpus()).isNull();
        assertThat(small.policy()).isEqualTo(Planning.PREFERRED);
    }

    @Test
    void aFailureNamesTheSeedAndShowsTheSmallCaseAsJava() {
        assertThatThrownBy(() -> ForAll.forAll(
                        c -> assertThat(c.guest().vcpus()).as("vcpus").isLessThan(4)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("planner.seed=", "[vcpus]", "RandomCase c = new RandomCase(new HostTopology(")
                .hasMessageContaining(
                        "new Occupancy(Map.ofEntries(), Map.ofEntries(), Map.ofEntries(), Map.ofEntries())");
    }

    private static final RandomCase LARGE = IntStream.range(0, 1000)
            .mapToObj(RandomCase::of)
            .filter(c -> c.host().nodes().size() == 8
                    && c.host().gpus().size() > 3
                    && c.guest().cells().size() > 1
                    && c.guest().running() != null)
            .findFirst()
            .orElseThrow();
}
