package org.novagpubinder.placement.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.IdSet;

/** A guest of 1,000 KiB, half of it in each of two cells; a twentieth may be anywhere. */
class GuestCellTest {
    private static final List<GuestCell> CELLS =
            List.of(new GuestCell(0, IdSet.of(0), 500, 0), new GuestCell(1, IdSet.of(1), 500, 0));
    private static final Map<Integer, MemoryPlacement> EACH_ITS_NODE = Map.of(0, on("0"), 1, on("1"));

    private static MemoryPlacement on(String nodes) {
        return new MemoryPlacement(MemoryMode.STRICT, IdSet.parse(nodes));
    }

    private static long misplaced(Map<Integer, MemoryPlacement> memnodes, Map<Integer, Long> resident) {
        return GuestCell.misplacedKiB(CELLS, memnodes, 1000, resident);
    }

    @Test
    void whatIsOnNoNodeOfACellIsMisplacedUnlessItIsLittle() {
        assertThat(misplaced(EACH_ITS_NODE, Map.of(0, 500L, 1, 500L))).isZero();
        assertThat(misplaced(EACH_ITS_NODE, Map.of(0, 500L, 1, 300L, 2, 200L))).isEqualTo(200);
        assertThat(misplaced(EACH_ITS_NODE, Map.of(2, 51L))).isEqualTo(51);
        assertThat(misplaced(EACH_ITS_NODE, Map.of(2, 50L))).isZero();
    }

    @Test
    void whatANodeHasBeyondItsCellsIsMisplacedOnceAllIsResident() {
        assertThat(misplaced(EACH_ITS_NODE, Map.of(0, 900L, 1, 100L))).isEqualTo(400);
        assertThat(misplaced(EACH_ITS_NODE, Map.of(0, 800L, 1, 150L))).isEqualTo(300);
        assertThat(misplaced(EACH_ITS_NODE, Map.of(0, 700L, 1, 249L))).isZero();
        assertThat(misplaced(Map.of(0, on("0-1"), 1, on("0-1")), Map.of(0, 1000L)))
                .isZero();
    }

    @Test
    void whatIsMoreThanTheGuestsOrOfNoCellWithAPlaceMayBeAnywhere() {
        assertThat(misplaced(EACH_ITS_NODE, Map.of(0, 500L, 1, 500L, 2, 150L))).isZero();
        assertThat(misplaced(EACH_ITS_NODE, Map.of(0, 500L, 1, 350L, 2, 300L))).isEqualTo(150);
        assertThat(misplaced(Map.of(0, on("0")), Map.of(0, 300L, 2, 700L))).isEqualTo(200);
    }
}
