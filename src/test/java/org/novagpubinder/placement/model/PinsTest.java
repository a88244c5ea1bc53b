package org.novagpubinder.placement.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.IdSet;

class PinsTest {
    private static final IdSet NODE0 = IdSet.range(0, 7);
    private static final IdSet NODE1 = IdSet.range(8, 15);
    private static final Pins BOUND = new Pins(Map.of(0, NODE1, 1, NODE1), NODE1, Map.of(1, NODE1, 2, NODE1));

    @Test
    void threadsThatTheGuestDoesNotHaveAreNoDifference() {
        Pins running = new Pins(Map.of(0, NODE0), null, Map.of(1, NODE1));
        assertThat(BOUND.diff(running)).isEqualTo(new Pins(Map.of(0, NODE1), null, Map.of()));
        assertThat(BOUND.diff(new Pins(Map.of(), NODE0, Map.of()))).isEqualTo(new Pins(Map.of(), NODE1, Map.of()));
    }

    @Test
    void aMaskPartsThePinsInTwo() {
        Pins mask = new Pins(Map.of(0, NODE0), null, Map.of(2, NODE0));
        assertThat(BOUND.only(mask)).isEqualTo(new Pins(Map.of(0, NODE1), null, Map.of(2, NODE1)));
        assertThat(BOUND.except(mask)).isEqualTo(new Pins(Map.of(1, NODE1), NODE1, Map.of(1, NODE1)));
        assertThat(BOUND.except(new Pins(Map.of(), NODE0, Map.of())).emulator()).isNull();
    }

    @Test
    void pinsAreFoundByTheirCpus() {
        Pins mixed = new Pins(Map.of(0, NODE0, 1, NODE1), NODE1, Map.of(1, NODE0));
        assertThat(mixed.where(NODE1::equals)).isEqualTo(new Pins(Map.of(1, NODE1), NODE1, Map.of()));
        assertThat(mixed.where(NODE0::equals)).isEqualTo(new Pins(Map.of(0, NODE0), null, Map.of(1, NODE0)));
        assertThat(Pins.NONE.where(cpus -> true)).isEqualTo(Pins.NONE);
    }

    @Test
    void theSameThreadsArePinnedElsewhereAndNoOthers() {
        assertThat(BOUND.allTo(NODE0))
                .isEqualTo(new Pins(Map.of(0, NODE0, 1, NODE0), NODE0, Map.of(1, NODE0, 2, NODE0)));
        assertThat(new Pins(Map.of(0, NODE1), null, Map.of()).allTo(NODE0).emulator())
                .isNull();
    }
}
