package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.Planning.D128;
import static org.novagpubinder.placement.Planning.D129;
import static org.novagpubinder.placement.Planning.LIMITS;
import static org.novagpubinder.placement.Planning.PREFERRED;
import static org.novagpubinder.placement.Planning.REQUIRED;
import static org.novagpubinder.placement.Planning.limitedTo;
import static org.novagpubinder.placement.Planning.users;
import static org.novagpubinder.testing.Guests.withDisplay;
import static org.novagpubinder.testing.Guests.withPci;
import static org.novagpubinder.testing.Guests.withRenderNode;
import static org.novagpubinder.testing.Hosts.GIB;
import static org.novagpubinder.testing.Hosts.host;
import static org.novagpubinder.testing.Hosts.twoNodes;
import static org.novagpubinder.testing.Hosts.twoRenderNodes;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryFacts;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.placement.random.With;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** Finds of a reader who had not seen the planner: what a plan says must be so, and hold at the second look. */
class SecondLookTest {
    private static final String GPU0 = "0000:21:00.0";
    private static final HostTopology TWO = twoRenderNodes().build();

    private static Plan plan(Hosts h, Guests g, Occupancy o, Policy p) {
        return new Planner().plan(h.build(), g.build(), o, p, LIMITS);
    }

    private static Occupancy load(double... l) {
        Map<Integer, Double> m = new java.util.HashMap<>();
        for (int i = 0; i < l.length; i++) {
            m.put(i, l[i]);
        }
        return new Occupancy(Map.of(), m, Map.of(), Map.of());
    }

    @Test
    void pinsOfTheStartedEventDoNotDecideTheGpu() {
        Guest g = With.with(
                withDisplay().open(D128).build(),
                "running",
                new Guest.Running(Map.of(0, 100_000L, 1, 100_000L), D128, MemoryFacts.NONE));
        Occupancy busy = users(GPU0, 20);
        Plan at = new Planner().planWithoutRestart(TWO, g, busy, PREFERRED, LIMITS);
        Tuning pins = new Tuning(
                at.ours().pins().vcpus(),
                at.ours().pins().emulator(),
                Map.of(),
                null,
                Map.of(),
                null); // as GuestFactory.ours
        Guest pinned = With.with(With.with(g, "tuning", pins), "ours", pins);
        assertThat(new Planner().plan(TWO, g, busy, PREFERRED, LIMITS).nodes()).isEqualTo(IdSet.of(1));
        assertThat(new Planner().plan(TWO, pinned, busy, PREFERRED, LIMITS).nodes())
                .isEqualTo(IdSet.of(1));
    }

    @Test
    void aGuestBoundRemoteIsNotMovedBetweenEquallyRemoteNodes() {
        Hosts h = host().node(0, "0-15", 64)
                .node(1, "16-31", 64)
                .node(2, "32-47", 64)
                .vfioGpu(GPU0, 0);
        Plan p = plan(h, withPci(GPU0), load(64, 0, 4), PREFERRED);
        Plan again = plan(h, withPci(GPU0).bound(p).running(0, 8, 0), load(64, 4, 0), PREFERRED);
        assertThat(again.needsStart()).as("%s", again).isFalse();
    }

    @Test
    void aMemoryOnlyCellDoesNotCrashThePlanner() {
        Guests g = withPci(GPU0)
                .cells(new GuestCell(0, IdSet.range(0, 3), 4 * GIB, 0), new GuestCell(1, IdSet.empty(), 4 * GIB, 0));
        Plan p = new Planner().plan(TWO, g.build(), Occupancy.NONE, PREFERRED, LIMITS);
        new Planner().plan(TWO, g.bound(p).running(4, 4).build(), Occupancy.NONE, PREFERRED, limitedTo("0-15"));
    }

    @Test
    void theVcpusAndNotAMemoryOnlyCellAreBesideTheGpu() {
        Guests g = withPci(GPU0)
                .cells(new GuestCell(0, IdSet.empty(), 4 * GIB, 0), new GuestCell(1, IdSet.range(0, 3), 4 * GIB, 0));
        Plan p = new Planner().plan(TWO, g.build(), Occupancy.NONE, PREFERRED, LIMITS);
        assertThat(p.target().pins().vcpus()).as("%s", p).containsEntry(0, IdSet.range(0, 15));
    }

    @Test
    void spilledMemoryIsNotCalledAligned() {
        Plan p = plan(twoRenderNodes(), withRenderNode(D128).size(4, 32), Occupancy.NONE, PREFERRED);
        Guests g = withRenderNode(D128).size(4, 32).bound(p).open(D128).running(4, 12);
        assertThat(plan(twoRenderNodes().free(0, 2), g, Occupancy.NONE, REQUIRED)
                        .outcome())
                .isEqualTo(Outcome.REFUSED);
        assertThat(plan(twoRenderNodes().free(0, 2), g, Occupancy.NONE, PREFERRED)
                        .outcome())
                .isEqualTo(Outcome.MISALIGNED);
    }

    @Test
    void requiredDoesNotTakeARemoteRenderNodeInSilence() {
        Hosts h = twoNodes().vfioGpu(GPU0, 0).gpu("0000:41:00.0", 1, D129);
        Plan p = plan(h, withPci(GPU0).renderNode(D129).open(D129).running(8, 0), Occupancy.NONE, REQUIRED);
        assertThat(p.reasons()).as("%s", p).extracting(Reason::text).anyMatch(t -> t.contains("render"));
    }

    @Test
    void weakeningThePolicyOfARunningGuestSettles() {
        Plan required = plan(twoRenderNodes(), withRenderNode(D128), Occupancy.NONE, REQUIRED);
        Guests g = withRenderNode(D128).bound(required).open(D128).running(8, 0);
        assertThat(plan(twoRenderNodes(), g, Occupancy.NONE, PREFERRED).outcome())
                .isNotEqualTo(Outcome.BOUND);
        assertThat(plan(twoRenderNodes(), g, Occupancy.NONE, PREFERRED).reasons())
                .extracting(Reason::code)
                .contains(Reason.Code.MEMORY_MODE_FIXED);
    }

    @Test
    void whyNothingFitsNamesShortagesOnly() {
        Hosts h = twoNodes().gpu(GPU0, 0, D128).gpu("0000:22:00.0", 0, D129);
        Plan p = plan(h, withDisplay().size(4, 100), Occupancy.NONE, REQUIRED);
        assertThat(p.reasons()).as("%s", p).extracting(Reason::code).doesNotContain(Reason.Code.TIE);
    }

    @Test
    void placedVcpusOnTheOtherNodeAreToldThoughMemoryMayBeOnBoth() {
        Guests g = withPci("0000:41:00.0")
                .pinned("0-15")
                .memory(MemoryMode.INTERLEAVE, "0-1")
                .running(4, 4);
        assertThat(plan(twoRenderNodes(), g, Occupancy.NONE, PREFERRED).outcome())
                .isEqualTo(Outcome.MISALIGNED);
    }
}
