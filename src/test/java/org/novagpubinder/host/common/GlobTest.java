package org.novagpubinder.host.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "gpu.*, gpu.large, true",
                "gpu.*, gpu., true",
                "gpu.*, gpu, false",
                "gpu.*, GPU.large, false",
                "gpu.*, my gpu.large, false",
                "*gpu*, my gpu.large, true",
                "g?u, gpu, true",
                "g?u, gu, false",
                "gpu ?, gpu 😀, true",
                "*, '', true",
                "**, x, true",
                "?, '', false",
                "a*b*c, abxbxc, true",
                "a*b*c, abxbx, false",
                "g.u, gpu, false",
                "g[p]u, gpu, false",
                "g[p]u, g[p]u, true",
                "'a\\*', 'a\\b', true",
            })
    void onlyStarAndQuestionMarkStandForOthers(String glob, String name, boolean matches) {
        assertThat(new Glob(glob).matches(name)).isEqualTo(matches);
    }

    @Test
    void aFlavorWithALineBreakInItsNameIsMatchedToo() {
        assertThat(new Glob("gpu*").matches("gpu\nlarge")).isTrue();
    }

    @Test
    void manyStarsAreNoTrap() {
        String name = "a".repeat(255);
        org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThat(new Glob("*a".repeat(100) + "b").matches(name)).isFalse());
    }

    @ParameterizedTest
    @CsvSource({
        "*, gpu.*, true",
        "gpu.*, gpu.large, true",
        "gpu.*, gpu.*, true",
        "gpu.*, gpu.?, true",
        "gpu.?, gpu.*, false",
        "gpu.large, gpu.*, false",
        "gpu.*, *, false",
        "a?, a??, false",
    })
    void onePatternTakesAllNamesOfAnother(String one, String other, boolean covers) {
        assertThat(new Glob(one).covers(new Glob(other))).isEqualTo(covers);
    }
}
