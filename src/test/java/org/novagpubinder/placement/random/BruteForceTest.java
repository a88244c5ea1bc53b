package org.novagpubinder.placement.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.Planning.LIMITS;
import static org.novagpubinder.placement.Planning.PREFERRED;
import static org.novagpubinder.placement.Planning.REQUIRED;
import static org.novagpubinder.placement.Planning.claimed;
import static org.novagpubinder.placement.Planning.limitedTo;
import static org.novagpubinder.placement.Planning.load;
import static org.novagpubinder.placement.Planning.users;
import static org.novagpubinder.testing.Hosts.GIB;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** Brute force against cases worked out by hand, for the planner is held against it. */
class BruteForceTest {
    private static final String GPU = "0000:21:00.0";
    private static final String OTHER_GPU = "0000:41:00.0";

    /** Two sockets of two nodes, 8 CPUs and 16 GiB each; one GPU, on node 1. */
    private static Hosts fourNodes() {
        Hosts host = Hosts.host();
        for (int n = 0; n < 4; n++) {
            host.node(n, IdSet.range(8 * n, 8 * n + 7).toString(), 16);
        }
        return host.socket(0, 0, 1)
                .socket(1, 2, 3)
                .distance(0, 1, 12)
                .distance(2, 3, 12)
                .gpu(GPU, 1, "/dev/dri/renderD128");
    }

    private static RandomCase ask(Hosts host, Guests guest, Occupancy others, Policy policy, Limits limits) {
        return new RandomCase(host.build(), guest.build(), others, policy, limits, Tuning.NONE);
    }

    private static RandomCase ask(Hosts host, Guests guest, Occupancy others) {
        return ask(host, guest, others, PREFERRED, LIMITS);
    }

    private static Optional<String> place(RandomCase c) {
        return c.rules().best().filter(BruteForce.Choice::fits).map(b -> b.nodes()
                .toString());
    }

    @Test
    void theNodeOfTheGpuIsBest() {
        assertThat(place(ask(fourNodes(), Guests.withPci(GPU), Occupancy.NONE))).hasValue("1");
    }

    @Test
    void ifItIsFullTheNearestOfTheSameSocketIs() {
        assertThat(place(ask(fourNodes(), Guests.withPci(GPU), load(1, 30)))).hasValue("0");
    }

    @Test
    void halfAVcpuTooMuchIsTooMuch() {
        // 8 CPUs at ratio 4 hold 32: 4 vCPUs fit beside 28, not beside 28.5
        assertThat(place(ask(fourNodes(), Guests.withPci(GPU), load(1, 28)))).hasValue("1");
        assertThat(place(ask(fourNodes(), Guests.withPci(GPU), load(1, 28.5)))).hasValue("0");
    }

    @Test
    void twoNodesOfTheSameSocketAreBetterThanOneBeyond() {
        Hosts host = fourNodes().node(2, "16-23,32-39", 16).socket(1, 2).distance(2, 3, 12);

        assertThat(place(ask(host, Guests.withPci(GPU).size(12, 4), Occupancy.NONE)))
                .hasValue("0-1");
    }

    @Test
    void theSmallestSetOfTheNearestIsBest() {
        assertThat(place(ask(fourNodes(), Guests.withPci(GPU).size(20, 4), Occupancy.NONE)))
                .hasValue("0-2");
        assertThat(place(ask(fourNodes(), Guests.withPci(GPU).size(33, 4), Occupancy.NONE)))
                .isEmpty();
    }

    @Test
    void requiredIsBesideTheGpuOrNowhere() {
        Guests guest = Guests.withPci(GPU);

        assertThat(place(ask(fourNodes(), guest, Occupancy.NONE, REQUIRED, LIMITS)))
                .hasValue("1");
        assertThat(place(ask(fourNodes(), guest, load(1, 30), REQUIRED, LIMITS)))
                .isEmpty();
        assertThat(place(ask(fourNodes(), guest, Occupancy.NONE, REQUIRED, limitedTo("0-7"))))
                .isEmpty();
    }

    @Test
    void gpusApartNeedAllTheirNodes() {
        Hosts host = fourNodes().gpu(OTHER_GPU, 2, null, null, null);
        Guests guest = Guests.withPci(GPU).pci(OTHER_GPU);

        assertThat(place(ask(host, guest, Occupancy.NONE))).hasValue("1-2");
        // of one whose CPUs are forbidden nothing is asked
        assertThat(place(ask(host, guest, Occupancy.NONE, PREFERRED, limitedTo("0-15"))))
                .hasValue("1");
    }

    @Test
    void aReserveAndWhatOthersMayStillTouchIsNotFree() {
        // 16 GiB less 1 in reserve less 8 claimed leaves 7
        assertThat(place(ask(fourNodes(), Guests.withPci(GPU).size(4, 7), claimed(1, 8))))
                .hasValue("1");
        assertThat(place(ask(fourNodes(), Guests.withPci(GPU).size(4, 8), claimed(1, 8))))
                .hasValue("0");
        // what it has there already is its own
        assertThat(place(ask(fourNodes(), Guests.withPci(GPU).size(4, 8).running(0, 1), claimed(1, 8))))
                .hasValue("1");
    }

    @Test
    void aNodeWithoutMemoryHasThatOfTheNearest() {
        Hosts host = fourNodes().node(1, "8-15", 0).socket(0, 1);
        Terms terms = ask(host, Guests.withPci(GPU).size(4, 15), Occupancy.NONE).terms();

        assertThat(terms.memoryNodes(IdSet.of(1)).toString()).isEqualTo("0");
        assertThat(terms.memoryNodes(IdSet.of(0, 1, 2)).toString()).isEqualTo("0,2");
        assertThat(terms.fits(IdSet.of(1))).isTrue();
        assertThat(terms.fits(IdSet.of(0, 1))).isTrue();
    }

    @Test
    void hugePagesAreCountedBySize() {
        Hosts host = fourNodes().hugePages(1, 2048, 4096, 2048).hugePages(1, GIB, 2, 2);
        Occupancy others = new Occupancy(Map.of(), Map.of(), Map.of(), Map.of(1, Map.of(2048L, GIB)));

        // 4 GiB are free in pages of 2 MiB, of which others may still touch one
        assertThat(place(ask(host, Guests.withPci(GPU).size(4, 3).hugePages(2048), others)))
                .hasValue("1");
        assertThat(place(ask(host, Guests.withPci(GPU).size(4, 4).hugePages(2048), others)))
                .isEmpty();
        Guests mixed = Guests.withPci(GPU)
                .size(4, 6)
                .hugePages(2048)
                .cells(new GuestCell(0, IdSet.of(0, 1, 2, 3), 2 * GIB, GIB), new GuestCell(1, IdSet.empty(), GIB, 0));
        assertThat(ask(host, mixed, others).terms().memory()).isEqualTo(Map.of(0L, GIB, 2048L, 3 * GIB, GIB, 2 * GIB));
        assertThat(place(ask(host, mixed, others))).hasValue("1");
    }

    @Test
    void renderNodesAreSpreadByUsersThenKeptThenByVideoMemory() {
        Hosts host = Hosts.twoRenderNodes();
        String[] paths = {"/dev/dri/renderD128", "/dev/dri/renderD129"};

        assertThat(renderNode(ask(host, Guests.withDisplay(), users(GPU, 1)))).isEqualTo(paths[1]);
        assertThat(renderNode(ask(host, Guests.withRenderNode(paths[0]), users(GPU, 1))))
                .isEqualTo(paths[1]);
        assertThat(renderNode(ask(host, Guests.withRenderNode(paths[1]), Occupancy.NONE)))
                .isEqualTo(paths[1]);
        assertThat(renderNode(ask(host, Guests.withDisplay().open(paths[1]), Occupancy.NONE)))
                .isEqualTo(paths[1]);
        assertThat(renderNode(ask(host, Guests.withDisplay(), load(0, 1)))).isEqualTo(paths[1]);
        assertThat(renderNode(ask(host, Guests.withDisplay(), Occupancy.NONE))).isEqualTo(paths[0]);
        Hosts more = Hosts.twoNodes().gpu(GPU, 0, paths[0], null, 3 * GIB).gpu(OTHER_GPU, 1, paths[1], null, 4 * GIB);
        assertThat(renderNode(ask(more, Guests.withDisplay(), load(1, 1)))).isEqualTo(paths[1]);
    }

    private static String renderNode(RandomCase c) {
        return String.valueOf(c.rules().best().orElseThrow().option().renderNode());
    }

    @Test
    void isolatedCpusAreLeftOutIfOthersRemainAndNovaNamesNone() {
        assertThat(ask(fourNodes().isolated("8-15"), Guests.withPci(GPU), Occupancy.NONE)
                        .terms()
                        .usable()
                        .toString())
                .isEqualTo("0,2-3");
        assertThat(ask(fourNodes().isolated("0-31"), Guests.withPci(GPU), Occupancy.NONE)
                        .terms()
                        .usable()
                        .toString())
                .isEqualTo("0-3");
        assertThat(ask(fourNodes().isolated("8-15"), Guests.withPci(GPU), Occupancy.NONE, PREFERRED, limitedTo("8-20"))
                        .terms()
                        .usable()
                        .toString())
                .isEqualTo("1-2");
    }

    @Test
    void theCellOfTheGpuIsBesideIt() {
        GuestCell[] cells = {new GuestCell(0, IdSet.of(0, 1), 4 * GIB, 0), new GuestCell(1, IdSet.of(2, 3), 4 * GIB, 0)
        };
        Guests guest = Guests.guest()
                .gpu(new GpuUse(GpuUse.Kind.PCI, org.novagpubinder.host.topology.PciAddress.parse(GPU), GPU, 1))
                .cells(cells);

        assertThat(assigned(ask(fourNodes(), guest, Occupancy.NONE))).hasValue(Map.of(0, 0, 1, 1));
        // cell 1 does not fit there: beside the GPU is cell 0 then, the other one on the same socket
        GuestCell[] uneven = {new GuestCell(0, IdSet.of(0, 1), GIB, 0), new GuestCell(1, IdSet.of(2, 3), 7 * GIB, 0)};
        assertThat(assigned(ask(fourNodes(), guest.cells(uneven), claimed(1, 13))))
                .hasValue(Map.of(0, 1, 1, 0));
        assertThat(assigned(ask(fourNodes(), guest.cells(cells), load(0, 31)))).hasValue(Map.of(0, 2, 1, 1));
        assertThat(assigned(ask(fourNodes(), guest.cells(cells), Occupancy.NONE, REQUIRED, LIMITS)))
                .isEmpty();
    }

    @Test
    void cellsOnNodesWithoutMemoryShareThatOfTheNearest() {
        Hosts host = fourNodes().node(1, "8-15", 0).socket(0, 1);
        GuestCell[] cells = {new GuestCell(0, IdSet.of(0, 1), 7 * GIB, 0), new GuestCell(1, IdSet.of(2, 3), 8 * GIB, 0)
        };

        // 15 GiB are left on node 0 for both; cell 0 is the nearest to the GPU if the guest is not told which is
        assertThat(assigned(ask(host, Guests.withPci(GPU).size(4, 15).cells(cells), Occupancy.NONE)))
                .hasValue(Map.of(0, 1, 1, 0));
        assertThat(assigned(ask(host, Guests.withPci(GPU).size(4, 15).cells(cells), claimed(0, 1))))
                .hasValue(Map.of(0, 1, 1, 2));
    }

    private static Optional<Map<Integer, Integer>> assigned(RandomCase c) {
        return new BruteForceCells(c.rules()).best().map(BruteForceCells.Assignment::nodes);
    }
}
