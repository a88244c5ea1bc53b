package org.novagpubinder.placement.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** When a move of a running guest's memory is not worth its try. */
class MemoryFactsTest {
    private static final long GUEST = 1000;
    private static final Map<Integer, Long> UNKNOWN = Map.of();

    private static MemoryFacts pinned(long kib) {
        return new MemoryFacts(null, null, kib);
    }

    @Test
    void asMuchAsAMoveMayLeaveBehindMayBePinned() {
        assertThat(pinned(50).partlyHeld(GUEST, UNKNOWN)).isFalse();
        assertThat(pinned(51).partlyHeld(GUEST, UNKNOWN)).isTrue();
        assertThat(new MemoryFacts(null, "a device of VFIO", 0).partlyHeld(GUEST, UNKNOWN))
                .isTrue();
    }

    @Test
    void whatIsPinnedIsAPartOfWhatIsResident() {
        assertThat(pinned(11).partlyHeld(GUEST, Map.of(0, 100L, 1, 100L))).isTrue();
        assertThat(pinned(10).partlyHeld(GUEST, Map.of(0, 100L, 1, 100L))).isFalse();
        assertThat(pinned(51).partlyHeld(GUEST, Map.of(0, 4000L)))
                .as("QEMU's own is more than the guest's")
                .isTrue();
    }

    @Test
    void fromHalfOfItOnAllOfItIsHeld() {
        assertThat(pinned(499).holder(GUEST, UNKNOWN)).isNull();
        assertThat(pinned(524288).holder(1048576, UNKNOWN))
                .isEqualTo("0.5 GiB of 1.0 GiB are pinned or locked (VmPin, VmLck)");
        assertThat(pinned(0).holder(0, UNKNOWN)).isNull();
    }
}
