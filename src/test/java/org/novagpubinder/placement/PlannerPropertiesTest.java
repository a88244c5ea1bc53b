package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.random.ForAll.forAll;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.placement.random.BruteForce;
import org.novagpubinder.placement.random.ForAll;
import org.novagpubinder.placement.random.RandomCase;
import org.novagpubinder.placement.random.Terms;
import org.novagpubinder.placement.random.With;

/** What holds for every plan, tried on thousands of random machines, guests and neighbours ({@link ForAll}). */
class PlannerPropertiesTest {
    private static void forAllPlans(BiConsumer<RandomCase, Plan> property) {
        forAll(c -> {
            property.accept(c, c.plan());
            if (c.guest().running() != null) {
                property.accept(c, c.planWithoutRestart());
            }
        });
    }

    @Test
    void theSameQuestionHasTheSameAnswerInWhateverOrderTheHostIsRead() {
        forAll(c -> {
            Plan plan = c.plan();
            assertThat(c.plan()).isEqualTo(plan);
            RandomCase other = With.with(
                    c,
                    "host",
                    With.with(
                            With.with(
                                    With.with(
                                            c.host(),
                                            "nodes",
                                            backwards(c.host().nodes().stream()
                                                    .map(n -> With.with(n, "hugePages", backwards(n.hugePages())))
                                                    .toList())),
                                    "gpus",
                                    backwards(c.host().gpus())),
                            "mdevs",
                            backwards(c.host().mdevs())));
            assertThat(other.plan()).isEqualTo(plan);
        });
    }

    @Test
    void theOrderOfAGuestsDevicesAndCellsDoesNotMatter() {
        forAll(c -> {
            Guest other = With.with(
                    With.with(c.guest(), "gpus", backwards(c.guest().gpus())),
                    "cells",
                    backwards(c.guest().cells()));
            Plan plan = c.plan();
            // which of several obstacles is told may be another one
            Plan others = With.with(c.with(other).plan(), "reasons", plan.reasons());
            assertThat(others).isEqualTo(plan);
        });
    }

    private static <T> List<T> backwards(List<T> all) {
        List<T> reversed = new ArrayList<>(all);
        Collections.reverse(reversed);
        return reversed;
    }

    @Test
    void everyPlanSaysWhyInOneLineEach() {
        forAllPlans((c, plan) -> {
            assertThat(plan.reasons())
                    .isNotEmpty()
                    .allMatch(r -> !r.text().isBlank() && !r.text().contains("\n"));
            assertThat(plan.outcome()).isNotEqualTo(Outcome.FAILED);
            assertThat(plan.candidates()).hasSizeLessThanOrEqualTo(Plan.MOST_CANDIDATES);
        });
    }

    @Test
    void noThreadIsPutOnACpuThatIsOfflineNotAllowedOrAbsent() {
        forAllPlans((c, plan) -> {
            IdSet allowed = c.terms().allowed();
            plan.ours().pins().vcpus().values().forEach(cpus -> assertUsable(cpus, allowed));
            if (plan.ours().pins().emulator() != null) {
                assertUsable(plan.ours().pins().emulator(), allowed);
            }
            // iothreads may also be where Nova has put the emulator
            IdSet novas = c.guest().foreign().pins().emulator();
            IdSet online = c.host().onlineCpus();
            IdSet ofIothreads = novas == null ? allowed : allowed.union(novas.intersect(online));
            plan.ours().pins().iothreads().values().forEach(cpus -> assertUsable(cpus, ofIothreads));
        });
    }

    private static void assertUsable(IdSet cpus, IdSet usable) {
        assertThat(cpus.isEmpty()).isFalse();
        assertThat(usable.containsAll(cpus)).as("%s within %s", cpus, usable).isTrue();
    }

    @Test
    void everyVcpuOfAnUnplacedGuestIsPinnedOrNone() {
        forAllPlans((c, plan) -> {
            if (plan.changes()
                    && !c.guest().placed()
                    && !plan.ours().pins().vcpus().isEmpty()) {
                assertThat(plan.ours().pins().vcpus()).hasSize(c.guest().vcpus());
                IdSet cpus = BestPlaceTest.cpus(plan.ours());
                // a cell may have no vCPUs
                assertThat(plan.nodes().containsAll(c.host().nodesOf(cpus))).isTrue();
            }
        });
    }

    /** Except memory that a running guest has already: it stays, whatever has come to its nodes since. */
    @Test
    void aNewMemoryNodesetHoldsTheGuest() {
        forAllPlans((c, plan) -> {
            Terms terms = c.terms();
            MemoryPlacement memory = plan.ours().memory();
            if (memory != null && !Objects.equals(memory, c.guest().ours().memory())) {
                assertNodeset(c, memory);
                assertThat(terms.holds(memory.nodeset(), terms.memory()))
                        .as("%s holds %s", memory, terms.memory())
                        .isTrue();
            }
            Map<Integer, MemoryPlacement> memnodes = plan.ours().memnodes();
            if (!memnodes.isEmpty() && !memnodes.equals(c.guest().ours().memnodes())) {
                Map<Integer, Map<Long, Long>> need = new TreeMap<>();
                for (GuestCell cell : c.guest().cells()) {
                    MemoryPlacement memnode = memnodes.get(cell.id());
                    assertThat(memnode).as("of cell %s", cell.id()).isNotNull();
                    assertNodeset(c, memnode);
                    assertThat(memnode.nodeset().size()).isEqualTo(1);
                    need.computeIfAbsent(memnode.nodeset().first(), n -> new TreeMap<>())
                            .merge(cell.hugePageKiB(), cell.memoryKiB(), Long::sum);
                }
                need.forEach((node, kib) -> assertThat(terms.holds(IdSet.of(node), kib))
                        .as("node %s holds %s", node, kib)
                        .isTrue());
            }
        });
    }

    private static void assertNodeset(RandomCase c, MemoryPlacement memory) {
        assertThat(memory.nodeset().isEmpty()).isFalse();
        assertThat(memory.nodeset().ids())
                .allMatch(n -> c.host().node(n).map(Node::memoryKiB).orElse(0L) > 0);
        if (memory.mode() == MemoryMode.PREFERRED) {
            // libvirt takes no more for it
            assertThat(memory.nodeset().size()).isEqualTo(1);
        }
    }

    @Test
    void whatNovaPlacedIsUntouched() {
        forAllPlans((c, plan) -> {
            Tuning nova = c.guest().foreign();
            Tuning target = plan.target();
            assertThat(target.pins().vcpus()).containsAllEntriesOf(nova.pins().vcpus());
            assertThat(target.pins().iothreads())
                    .containsAllEntriesOf(nova.pins().iothreads());
            assertThat(target.memnodes()).containsAllEntriesOf(nova.memnodes());
            if (nova.pins().emulator() != null) {
                assertThat(target.pins().emulator()).isEqualTo(nova.pins().emulator());
            }
            if (c.guest().placed() && plan.changes()) {
                assertThat(target.memory()).isEqualTo(nova.memory());
                assertThat(target.pins().vcpus()).isEqualTo(nova.pins().vcpus());
                assertThat(target.memnodes()).isEqualTo(nova.memnodes());
            }
        });
    }

    @Test
    void aGuestOfNumadsKeepsItsPinsAndMemory() {
        forAllPlans((c, plan) -> {
            Tuning now = c.guest().tuning();
            if (c.guest().numad()) {
                assertThat(plan.target().pins().vcpus()).isEqualTo(now.pins().vcpus());
                assertThat(plan.target().memory()).isEqualTo(now.memory());
                assertThat(plan.target().memnodes()).isEqualTo(now.memnodes());
            }
        });
    }

    @Test
    void targetIsWhatNovaMadeAndWhatIsOurs() {
        forAllPlans((c, plan) -> {
            if (plan.changes()) {
                assertThat(plan.target()).isEqualTo(c.guest().foreign().with(plan.ours()));
                assertThat(plan.ours())
                        .isEqualTo(plan.target().without(c.guest().foreign()));
            }
        });
    }

    @Test
    void whatIsLeftAloneIsLeftAlone() {
        forAllPlans((c, plan) -> {
            if (plan.outcome() == Outcome.IGNORED
                    || plan.outcome() == Outcome.REFUSED
                    || c.policy().mode() == PolicyMode.REPORT) {
                assertThat(plan.target()).isEqualTo(c.guest().tuning());
                assertThat(plan.changes()).isFalse();
                assertThat(plan.needsStart()).isFalse();
                assertThat(plan.addDisplay()).isFalse();
                assertThat(plan.memoryWhen()).isEqualTo(Plan.MemoryWhen.UNCHANGED);
            }
        });
    }

    @Test
    void withoutARestartNothingIsPlannedForOne() {
        forAll(c -> {
            Plan plan = c.planWithoutRestart();
            assertThat(plan.memoryWhen()).isNotEqualTo(Plan.MemoryWhen.RESTART);
            assertThat(plan.needsStart() && plan.outcome() == Outcome.BOUND).isFalse();
        });
    }

    @Test
    void requiredNeverGoesBeyondTheGpusOwnNodes() {
        forAllPlans((c, plan) -> {
            if (c.policy().mode() != PolicyMode.REQUIRED
                    || !plan.changes()
                    || !c.rules().choosesNodes()) {
                return;
            }
            IdSet home = home(c, plan);
            assertThat(home.containsAll(plan.nodes())).as("within %s", home).isTrue();
            IdSet memory = c.terms().memoryNodes(home);
            MemoryPlacement nodeset = plan.target().memory();
            assertThat(nodeset == null || memory.containsAll(nodeset.nodeset())).isTrue();
            plan.target().memnodes().values().forEach(m -> assertThat(memory.containsAll(m.nodeset()))
                    .isTrue());
        });
    }

    private static IdSet home(RandomCase c, Plan plan) {
        return c.rules().options().stream()
                .filter(o -> o.chosen() == null
                        || Objects.equals(o.renderNode(), plan.target().renderNode()))
                .map(BruteForce.Option::home)
                .reduce(IdSet.empty(), IdSet::union);
    }
}
