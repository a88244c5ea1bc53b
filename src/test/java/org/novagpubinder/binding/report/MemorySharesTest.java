package org.novagpubinder.binding.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MemorySharesTest {
    @Test
    void sharesAddUpToAHundred() {
        assertThat(MemoryShares.percent(Map.of(0, 125L, 1, 875L))).isEqualTo(Map.of(0, 12L, 1, 88L));
        assertThat(MemoryShares.percent(Map.of(0, 1L, 1, 1L, 2, 1L)).values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(100);
    }

    @Test
    void aNodeWithHardlyAnythingIsLeftOut() {
        assertThat(MemoryShares.percent(Map.of(0, 1L, 1, 5_000L))).isEqualTo(Map.of(1, 100L));
        assertThat(MemoryShares.percent(Map.of())).isEmpty();
    }
}
