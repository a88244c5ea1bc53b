package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.random.ForAll.forAll;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.placement.random.BruteForce;
import org.novagpubinder.placement.random.BruteForceCells;
import org.novagpubinder.placement.random.ForAll;
import org.novagpubinder.placement.random.RandomCase;

/** On random machines of up to 8 nodes no place is better than the one that is chosen: all of them are tried. */
class BestPlaceTest {
    private final Map<String, Integer> checked = new TreeMap<>();

    @Test
    void noPlaceIsBetterThanTheChosenOne() {
        forAll(c -> assertBest(c, true));
        System.out.println("checked against brute force: " + checked);
        if (Long.getLong("planner.seed") == null) {
            assertThat(checked).containsOnlyKeys("cells", "nothing fits", "one node", "several nodes", "stays");
            assertThat(checked.values()).allMatch(n -> n > ForAll.CASES / 100);
        }
    }

    @Test
    void withoutARestartTheOpenRenderNodeDecides() {
        forAll(c -> {
            if (c.guest().running() != null) {
                assertBest(c, false);
            }
        });
    }

    private void count(String what) {
        checked.merge(what, 1, Integer::sum);
    }

    private void assertBest(RandomCase asked, boolean mayRestart) {
        RandomCase c = asked.acting();
        BruteForce rules = new BruteForce(c, mayRestart);
        if (!rules.choosesNodes()) {
            return;
        }
        Plan plan = mayRestart ? c.plan() : c.planWithoutRestart();
        if (plan.outcome() == Outcome.REFUSED && plan.reasons().get(0).code() == Reason.Code.REMOTE) {
            assertNoRenderNodeBeside(c, rules.options().get(0).home(), plan);
            return;
        }
        Optional<BruteForceCells.Assignment> cells = new BruteForceCells(rules).best();
        Optional<BruteForce.Choice> best = rules.best();
        IdSet bound = bound(c);
        boolean another =
                cells.isPresent() || best.filter(BruteForce.Choice::fits).isPresent();
        if (another
                && c.policy().mode() != PolicyMode.REQUIRED
                && c.guest().currentVcpus() > c.terms().cpusOf(bound).size()) {
            // where it is, CPUs of its own are missing
            bound = IdSet.empty();
        }
        if (!bound.isEmpty() && mustStay(c, rules, bound)) {
            count("stays");
            assertThat(plan.nodes()).as("stays on %s: %s", bound, plan).isEqualTo(bound);
            return;
        }
        if (!bound.isEmpty() && plan.nodes().equals(bound) && mayStay(c, rules, bound)) {
            return;
        }
        if (cells.isPresent()) {
            count("cells");
            assertAssigned(c, cells.get(), plan);
        } else if (best.isPresent() && best.get().fits()) {
            count(best.get().nodes().size() == 1 ? "one node" : "several nodes");
            assertPlace(best.get().nodes(), best.get().option(), best.get().cost(), plan);
        } else {
            count("nothing fits");
            assertThat(plan.changes()).as("nothing fits: %s", plan).isFalse();
            assertThat(plan.outcome())
                    .isEqualTo(c.policy().mode() == PolicyMode.REQUIRED ? Outcome.REFUSED : Outcome.MISALIGNED);
        }
    }

    /** A guest with fixed GPUs that needs a render node too, where required allows none that is on another node. */
    private static void assertNoRenderNodeBeside(RandomCase c, IdSet home, Plan plan) {
        assertThat(c.policy().mode()).isEqualTo(PolicyMode.REQUIRED);
        assertThat(c.guest().gpus()).as("%s", plan).anyMatch(u -> u.kind() != GpuUse.Kind.RENDER_NODE);
        assertThat(c.host().gpus())
                .as("%s", plan)
                .noneMatch(g -> g.bindable()
                        && g.renderNode() != null
                        && c.terms().homes(g).intersects(home));
    }

    private static void assertPlace(IdSet nodes, BruteForce.Option option, BruteForce.Cost cost, Plan plan) {
        assertThat(plan.nodes()).as("%s, %s: %s", option, cost, plan).isEqualTo(nodes);
        if (option.chosen() != null) {
            assertThat(plan.target().renderNode())
                    .as("%s, %s: %s", option, cost, plan)
                    .isEqualTo(option.renderNode());
        }
    }

    private static void assertAssigned(RandomCase c, BruteForceCells.Assignment best, Plan plan) {
        assertPlace(best.all(), best.option(), best.cost(), plan);
        Map<Integer, IdSet> pins = new HashMap<>();
        Map<Integer, IdSet> memory = new HashMap<>();
        for (GuestCell cell : c.guest().cells()) {
            IdSet node = IdSet.of(best.nodes().getOrDefault(cell.id(), -1));
            cell.vcpus().ids().forEach(v -> pins.put(v, c.terms().cpusOf(node)));
            memory.put(cell.id(), c.terms().memoryNodes(node));
        }
        assertThat(plan.target().pins().vcpus()).as("%s: %s", best, plan).isEqualTo(pins);
        Map<Integer, IdSet> memnodes = new HashMap<>();
        plan.target().memnodes().forEach((cell, m) -> memnodes.put(cell, m.nodeset()));
        assertThat(memnodes).as("%s: %s", best, plan).isEqualTo(memory);
        if (c.guest().foreign().pins().emulator() == null) {
            IdSet beside = best.option().home().intersect(best.all());
            assertThat(plan.target().pins().emulator())
                    .as("%s: %s", best, plan)
                    .isEqualTo(c.terms().cpusOf(beside.isEmpty() ? best.all() : beside));
        }
    }

    static IdSet cpus(Tuning tuning) {
        return tuning.pins().vcpus().values().stream().reduce(IdSet.empty(), IdSet::union);
    }

    /** Where it is bound to by us: by its pins, and cells without vCPUs by their memory. */
    private static IdSet bound(RandomCase c) {
        IdSet nodes = c.host().nodesOf(cpus(c.guest().ours()));
        for (GuestCell cell : c.guest().cells()) {
            MemoryPlacement memory = c.guest().ours().memnodes().get(cell.id());
            if (cell.vcpus().isEmpty() && memory != null && !nodes.isEmpty()) {
                nodes = nodes.union(memory.nodeset());
            }
        }
        return nodes;
    }

    /** Whether a guest that we have bound certainly stays. */
    private static boolean mustStay(RandomCase c, BruteForce rules, IdSet bound) {
        boolean required = c.policy().mode() == PolicyMode.REQUIRED;
        boolean cells = c.guest().cells().size() >= 2;
        boolean beside = rules.current().stream()
                .anyMatch(o -> (cells && !required) ? bound.containsAll(o.home()) : bound.equals(o.home()));
        boolean room = c.guest().running() != null || (!cells && c.terms().fits(bound));
        return beside && room && !c.hasCellWithoutVcpus() && c.terms().usable().containsAll(bound);
    }

    /** Whether it may: beside its GPU with cells, of which the pins do not tell all, or as near to it as the best place is. */
    private static boolean mayStay(RandomCase c, BruteForce rules, IdSet bound) {
        if (c.guest().cells().size() >= 2) {
            return true;
        }
        boolean asNear = rules.current().stream().anyMatch(o -> rules.best()
                .filter(BruteForce.Choice::fits)
                .filter(best -> BruteForce.isNearer(best.cost(), rules.cost(o, bound)))
                .isEmpty());
        return asNear && (c.guest().running() != null || c.terms().fits(bound));
    }
}
