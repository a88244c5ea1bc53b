package org.novagpubinder.placement.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;

class LimitsTest {
    private static final Limits NOVAS = new Limits(IdSet.parse("0-4,6-7"), 1, 0, 0);

    /** Nodes 0-3 and 4-7, of which those CPUs of the second are on. */
    private static boolean whole(String pin, String online, @Nullable IdSet cpuset) {
        HostTopology host = new HostTopology(
                List.of(
                        new Node(0, IdSet.range(0, 3), 8, 7, Map.of(), List.of(), 0),
                        new Node(1, IdSet.parse(online), IdSet.range(4, 7), 8, 7, Map.of(), List.of(), 1)),
                List.of(),
                List.of(),
                Map.of(),
                IdSet.empty(),
                0);
        return NOVAS.areWholeNodes(IdSet.parse(pin), host, cpuset);
    }

    @Test
    void aNodeIsWholeWithAllItsCpusAndWithAllThatAGuestMayUse() {
        assertThat(whole("4-7", "4-7", null)).isTrue();
        assertThat(whole("4,6-7", "4-7", null)).as("CPU 5 is not Nova's").isTrue();
        assertThat(whole("4-7", "4-5,7", null)).as("one is off by now").isTrue();
        assertThat(whole("4-5,7", "4-5,7", null)).as("all that are on").isTrue();
        assertThat(whole("4,7", "4-5,7", null))
                .as("those of them that are Nova's")
                .isTrue();
        assertThat(whole("0-3", "4-7", null)).isTrue();
    }

    @Test
    void itIsNotWithOthers() {
        assertThat(whole("6", "4-7", null)).isFalse();
        assertThat(whole("4-5", "4-7", null)).isFalse();
        assertThat(whole("0", "4-7", null)).isFalse();
        assertThat(whole("12", "4-7", null)).as("no CPU of this host's").isFalse();
        assertThat(whole("", "4-7", null)).isFalse();
    }

    @Test
    void ofSeveralNodesEachHasToBe() {
        assertThat(whole("0-4,6-7", "4-7", null)).isTrue();
        assertThat(whole("0-2,4,6-7", "4-7", null)).isFalse();
    }

    @Test
    void theDomainsOwnCpusetCutsThem() {
        assertThat(whole("4,6", "4-7", IdSet.range(0, 6))).isTrue();
        assertThat(whole("4-6", "4-7", IdSet.range(0, 6))).isTrue();
        assertThat(whole("4-7", "4-7", IdSet.range(0, 6))).isFalse();
    }
}
