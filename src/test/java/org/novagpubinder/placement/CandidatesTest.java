package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.PlanAssert.assertPlan;
import static org.novagpubinder.placement.Planning.*;
import static org.novagpubinder.testing.Guests.withDisplay;
import static org.novagpubinder.testing.Guests.withPci;
import static org.novagpubinder.testing.Hosts.GIB;
import static org.novagpubinder.testing.Hosts.host;
import static org.novagpubinder.testing.Hosts.twoNodes;
import static org.novagpubinder.testing.Hosts.twoRenderNodes;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.testing.Hosts;

/** What a plan tells of the places that lost, and of a guest that none holds. */
class CandidatesTest {
    private static final String GPU = "0000:21:00.0";

    /** One socket; the third node is far from the GPU, farther than both others together. */
    private static Hosts threeNodes() {
        return host().node(0, "0-7", 32)
                .node(1, "8-15", 32)
                .node(2, "16-23", 32)
                .socket(0, 0, 1, 2)
                .distance(0, 1, 12)
                .distance(0, 2, 31)
                .vfioGpu(GPU, 0);
    }

    private static List<String> nodes(Plan plan) {
        return plan.candidates().stream().map(c -> c.nodes().toString()).toList();
    }

    private static List<String> verdicts(Plan plan) {
        return plan.candidates().stream().map(c -> c.verdict().text()).toList();
    }

    @Test
    void smallerSetsComeFirstThenTheNearestUpToTheSizeOfTheChosenOne() {
        Plan wide = plan(threeNodes(), withPci(GPU).size(20, 8));
        assertPlan(wide).saying("nodes 0-2 around node 0 of its GPU: 20 vCPUs fit 24 CPUs");
        assertThat(nodes(wide)).containsExactly("0-2", "0", "1", "2", "0-1");

        Plan around = plan(threeNodes(), withPci(GPU).size(12, 8), load(1, 60));
        assertThat(nodes(around)).containsExactly("0,2", "0", "1", "2", "0-1");
        assertThat(around.candidates().get(4).verdict().code()).isEqualTo(Code.CPUS_FULL);
    }

    @Test
    void theNodesOfSeveralGpusAreInEachSetThatIsShown() {
        Hosts host = threeNodes()
                .node(3, "24-31", 32)
                .socket(0, 3)
                .vfioGpu("0000:41:00.0", 1)
                .vfioGpu("0000:61:00.0", 2);
        Plan plan = plan(host, withPci("0000:41:00.0").pci("0000:61:00.0").size(20, 8));
        assertPlan(plan).on(0, 1, 2);
        assertThat(nodes(plan)).containsExactly("0-2", "1", "2", "0", "3", "1-2");
    }

    @Test
    void ofNodesAsNearTheIdlerForItsCpusIsAddedFirst() {
        Hosts host = host().node(0, "0-7", 32)
                .node(1, "8-15", 32)
                .node(2, "16-31", 32)
                .socket(0, 0, 1, 2)
                .vfioGpu(GPU, 0);
        Occupancy others = new Occupancy(Map.of(), Map.of(1, 8.0, 2, 10.0), Map.of(), Map.of());
        assertThat(nodes(plan(host, withPci(GPU).size(20, 8), others))).containsExactly("0,2", "0", "2", "1");
    }

    @Test
    void ofAnotherSocketTheNearestNodeIsAddedFirst() {
        Hosts host = host().node(0, "0-7", 32)
                .node(1, "8-15", 32)
                .node(2, "16-23", 32)
                .socket(1, 1, 2)
                .distance(0, 1, 31)
                .vfioGpu(GPU, 0);
        assertThat(nodes(plan(host, withPci(GPU).size(12, 8)))).containsExactly("0,2", "0", "2", "1");
    }

    @Test
    void whatHoldsTheGuestComesBeforeWhatIsNearer() {
        Plan plan = plan(threeNodes(), withPci(GPU), load(0, 32));
        assertThat(nodes(plan)).containsExactly("1", "2", "0");
        assertThat(verdicts(plan).get(1)).isEqualTo("node 2: farther from the GPU: distance 31 instead of 12");
    }

    /** Two GPUs on memory nodes of their own, which have one of the nodes with CPUs that are nearest in common. */
    @Test
    void moreNodesThanAreEnoughIsTold() {
        Hosts host = threeNodes()
                .node(3, "", 96)
                .node(4, "", 96)
                .distance(0, 3, 12)
                .distance(1, 3, 12)
                .distance(1, 4, 12)
                .distance(2, 4, 12)
                .vfioGpu("0000:41:00.0", 3)
                .vfioGpu("0000:61:00.0", 4);
        Plan plan = plan(host, withPci("0000:41:00.0").pci("0000:61:00.0"));
        assertPlan(plan).on(1);
        assertThat(verdicts(plan).get(1)).isEqualTo("nodes 0-1: 2 nodes where 1 is enough");
    }

    @Test
    void anotherSocketIsTold() {
        Plan plan = plan(threeNodes().socket(1, 2), withPci(GPU), load(0, 32));
        assertThat(verdicts(plan).get(1)).isEqualTo("node 2: on another socket than the GPU");
    }

    @Test
    void ofRenderNodesItIsToldByWhatTheyLost() {
        assertThat(verdicts(plan(twoRenderNodes(), withDisplay(), users(GPU, 1)))
                        .get(1))
                .isEqualTo("node 0 with " + D128 + ": its GPU has 1 user, the chosen one 0");
        assertThat(verdicts(plan(twoRenderNodes(), withDisplay().running(0, 1).open(D129)))
                        .get(1))
                .isEqualTo("node 0 with " + D128 + ": the guest has " + D129 + " already");
        Hosts memory = twoNodes().gpu(GPU, 0, D128, null, 2 * GIB).gpu("0000:41:00.0", 1, D129, null, 14 * GIB);
        assertThat(verdicts(plan(memory, withDisplay())).get(1))
                .isEqualTo("node 0 with " + D128 + ": less free video memory: 2 GiB instead of 14 GiB");
    }

    @Test
    void ofGpusOnOneNodeTheOneWithMoreFreeVideoMemoryIsTaken() {
        Hosts host = twoNodes().gpu(GPU, 0, D128, null, 2 * GIB).gpu("0000:22:00.0", 0, D129, null, 14 * GIB);
        assertPlan(plan(host, withDisplay())).on(0).renderNode(D129);
    }

    @Test
    void aGuestThatNoPlaceHoldsIsToldItsSizeAndWhereItWasLookedFor() {
        assertPlan(plan(threeNodes(), withPci(GPU), load(0, 32), REQUIRED))
                .mainlyBecause(Code.NO_CAPACITY)
                .saying("no place for 4 vCPUs and 8.0 GiB beside its GPU");
        assertPlan(plan(threeNodes(), withPci(GPU).size(4, 100)))
                .mainlyBecause(Code.NO_CAPACITY)
                .saying("no place for 4 vCPUs and 100.0 GiB on this host");
    }
}
