package org.novagpubinder.host.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.novagpubinder.testing.Hosts;

class HostTopologyTest {
    /** Nodes as a POWER machine numbers them, given in another order; 252 is the memory of a GPU. */
    private static final HostTopology HOST = Hosts.host()
            .node(252, "", 16)
            .node(8, "4-7,12", 64)
            .node(0, "0-3", 64)
            .distance(0, 8, 40)
            .distance(8, 252, 80)
            .gpu("0035:03:00.0", 8, "/dev/dri/renderD129")
            .gpu("0004:04:00.0", 0, "/dev/dri/renderD128")
            .vfioGpu("0004:05:00.0", 0)
            .vfioGpu("10000:01:00.0", 252)
            .build();

    @Test
    void nodesAreFoundByTheirNumberHoweverSparse() {
        assertThat(HOST.nodes()).extracting(Node::id).containsExactly(0, 8, 252);
        for (Node node : HOST.nodes()) {
            assertThat(HOST.node(node.id())).contains(node);
        }
        for (int absent : new int[] {-1, 1, 7, 9, 251, 253}) {
            assertThat(HOST.node(absent)).isEmpty();
        }
        assertThat(HOST.nodeIds()).hasToString("0,8,252");
    }

    @Test
    void gpusAreFoundByAddressAndByRenderNode() {
        for (Gpu gpu : HOST.gpus()) {
            assertThat(HOST.gpu(gpu.address())).contains(gpu);
        }
        assertThat(HOST.gpu(PciAddress.parse("0004:04:00.1"))).isEmpty();
        assertThat(HOST.gpu(PciAddress.parse("0000:01:00.0"))).isEmpty();
        assertThat(HOST.gpuOfRenderNode("/dev/dri/renderD129"))
                .contains(HOST.gpu(PciAddress.parse("0035:03:00.0")).orElseThrow());
        assertThat(HOST.gpuOfRenderNode("/dev/dri/renderD130")).isEmpty();
    }

    @Test
    void cpusAndNodesAreToldByEachOther() {
        assertThat(HOST.onlineCpus()).hasToString("0-7,12");
        assertThat(HOST.nodesOf(IdSet.parse("3,12,99"))).hasToString("0,8");
        assertThat(HOST.nodesOf(IdSet.of(99))).isEqualTo(IdSet.empty());
    }

    @Test
    void distancesAreTheKernelsOrLinuxDefaults() {
        assertThat(HOST.distance(0, 8)).isEqualTo(40);
        assertThat(HOST.distance(0, 0)).isEqualTo(10);
        assertThat(HOST.distance(7, 7)).isEqualTo(HostTopology.LOCAL_DISTANCE);
        assertThat(HOST.distance(7, 8)).isEqualTo(HostTopology.REMOTE_DISTANCE);
        assertThat(HOST.distance(8, 7)).isEqualTo(HostTopology.REMOTE_DISTANCE);
        assertThat(HOST.distance(IdSet.of(0, 8), IdSet.of(252))).isEqualTo(21);
        assertThat(HOST.distance(IdSet.of(8), IdSet.of(252, 0))).isEqualTo(40);
        assertThat(HOST.distance(IdSet.of(0), IdSet.empty())).isZero();
    }

    @Test
    void aHostWithoutAnythingAnswersToo() {
        HostTopology none = new HostTopology(List.of(), List.of(), List.of(), Map.of(), IdSet.empty(), 0);
        assertThat(none.node(0)).isEmpty();
        assertThat(none.onlineCpus()).isEqualTo(IdSet.empty());
        assertThat(none.gpu(PciAddress.parse("0000:01:00.0"))).isEmpty();
        assertThat(none.distance(0, 1)).isEqualTo(HostTopology.REMOTE_DISTANCE);
    }
}
