package org.novagpubinder.binding.faults;

import static org.novagpubinder.binding.life.BinderRig.GUEST;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.life.Changes;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.XmlMeaning;

/**
 * How a path ended in which something went wrong.
 *
 * @param end in a word how the guest stands
 * @param broken what must not be
 */
record FaultVerdict(String end, List<String> broken) {
    /** Whether a guest that runs, and that only its next start brings wholly to one state, counts as an error too. */
    private static final boolean STRICT = Boolean.getBoolean("faults.strict");

    private static final DomainXml XML = new DomainXml();
    private static final IdSet ALL = IdSet.range(0, 3);
    private static final MemoryPlacement EVERYWHERE = new MemoryPlacement(MemoryMode.RESTRICTIVE, IdSet.range(0, 1));

    /**
     * Judges it.
     *
     * @param calm how the guest stands after the same path on which nothing goes wrong
     * @param log what was logged, warnings and errors
     */
    static FaultVerdict of(FaultScene scene, DomainState calm, List<String> log) throws Exception {
        List<String> broken = new ArrayList<>(scene.broken());
        Expectation expected = scene.expected();
        DomainState found = DomainState.of(scene.host().libvirt, GUEST);
        DomainState now =
                new DomainState(found.running(), without(found.live()), without(found.definition()), found.found());
        if (!scene.scene().neighbourIsUntouched()) {
            broken.add("the neighbour is touched");
        }
        if (scene.host().mostStopsForAStart() > 1) {
            broken.add("stopped " + scene.host().mostStopsForAStart() + " times for one start");
        }
        if (log.stream().anyMatch(line -> line.contains("a defect"))) {
            broken.add("a defect: "
                    + log.stream()
                            .filter(l -> l.contains("a defect"))
                            .findFirst()
                            .get());
        }
        scene.start()
                .ifPresent(start ->
                        broken.addAll(start.broken(now, scene.daemon().told.last())));
        String end = end(scene, calm, now, found, broken);
        boolean lossesExcused = expected.withinADefine();
        for (String change : expected.kept()) {
            boolean there = found.definition() != null && found.definition().contains(change);
            if (!there && !lossesExcused) {
                broken.add("a change of somebody else's is lost: " + change);
            }
        }
        return new FaultVerdict(end, broken);
    }

    private static String end(
            FaultScene scene, DomainState calm, DomainState now, DomainState found, List<String> broken)
            throws Exception {
        Expectation expected = scene.expected();
        if (expected.isGone()) {
            if (now.running()) {
                broken.add("runs although it was deleted");
            } else if (now.definition() != null && !expected.withinADefine()) {
                broken.add("brought back although it was deleted");
            }
            return "gone";
        }
        if (now.marked()) {
            broken.add(now.running() ? "marked though it runs" : "marked though it is off");
        }
        if (expected.off()) {
            if (now.running()) {
                broken.add("runs although it is to be off");
            }
            return "off";
        }
        if (!now.running()) {
            broken.add(now.definition() == null ? "lost" : "left off");
            return "left off";
        }
        String end = standing(scene, calm, now);
        if (expected.isUnbound()
                && !old(now, scene.scene().original())
                && !offButForTheNextStart(now, scene.scene().original())) {
            broken.add("bound although its flavor says that it is not: " + now);
        }
        if (end.equals("half")) {
            if (STRICT) {
                broken.add("half");
            }
        } else {
            judge(scene, calm, now, end, broken);
        }
        if (expected.kept().contains(Changes.VOLUME)
                && !String.valueOf(found.live()).contains(Changes.VOLUME)
                && !expected.withinADefine()) {
            broken.add("the running guest has lost the volume");
        }
        return end;
    }

    private static String standing(FaultScene scene, DomainState calm, DomainState now) throws Exception {
        if (now.same(calm)) {
            return "as without";
        }
        if (now.deferredTo(calm) && pinsOf(now, calm, scene)) {
            return "deferred";
        }
        if (old(now, scene.scene().original())) {
            return now.record().filter(r -> r.outcome() == Outcome.FAILED).isPresent() ? "failed" : "original";
        }
        if (now.same(scene.before())) {
            return "as before";
        }
        if (offButForTheNextStart(now, scene.scene().original())) {
            return "off at its next start";
        }
        return now.asItSays() && pinsOf(now, calm, scene) ? "as it says" : "half";
    }

    /** With Nova's definition, bound to nothing. */
    private static boolean old(DomainState now, DomainState original) throws Exception {
        return same(normal(now.live()), normal(original.live())) && nextIsOld(now, original);
    }

    /** It was started from our definition while that was being put back: a render node or nodeset goes at a start only. */
    private static boolean offButForTheNextStart(DomainState now, DomainState original) throws Exception {
        return now.live() != null
                && original.live() != null
                && pins(now.live()).equals(pins(original.live()))
                && nextIsOld(now, original);
    }

    private static boolean nextIsOld(DomainState now, DomainState original) throws Exception {
        return same(now.definition(), original.definition())
                && now.record()
                        .map(r -> r.isNote() || r.state() == BindingRecord.State.RELEASED)
                        .orElse(true);
    }

    /** All pins or none. */
    private static boolean pinsOf(DomainState now, DomainState calm, FaultScene scene) throws Exception {
        for (String like : new String[] {
            calm.live(), scene.scene().original().live(), scene.before().live(), now.definition()
        }) {
            if (like != null && now.live() != null && pins(now.live()).equals(pins(like))) {
                return true;
            }
        }
        return false;
    }

    /** A pin to every CPU is none, and a nodeset of every node: libvirt cannot take one off. */
    private static Tuning pinned(String domain) throws Exception {
        Tuning t = XML.read(domain).tuning();
        Map<Integer, IdSet> vcpus = new TreeMap<>(t.pins().vcpus());
        vcpus.values().removeIf(ALL::equals);
        Map<Integer, IdSet> iothreads = new TreeMap<>(t.pins().iothreads());
        iothreads.values().removeIf(ALL::equals);
        IdSet emulator = ALL.equals(t.pins().emulator()) ? null : t.pins().emulator();
        MemoryPlacement memory = EVERYWHERE.equals(t.memory()) ? null : t.memory();
        return new Tuning(vcpus, emulator, iothreads, memory, t.memnodes(), t.renderNode());
    }

    private static @Nullable String normal(@Nullable String domain) throws Exception {
        return domain == null ? null : XML.edit(domain, new DomainEdit(pinned(domain), DisplayChange.KEEP, null));
    }

    private static List<Object> pins(String domain) throws Exception {
        Tuning t = pinned(domain);
        return List.of(
                t.pins().vcpus(),
                Optional.ofNullable(t.pins().emulator()),
                t.pins().iothreads());
    }

    private static void judge(FaultScene scene, DomainState calm, DomainState now, String end, List<String> broken)
            throws Exception {
        Optional<Decision> last = scene.daemon().told.last();
        Set<Fault.Cause> causes = EnumSet.noneOf(Fault.Cause.class);
        scene.expected().faults().forEach(f -> causes.add(f.cause()));
        boolean claimsBound = last.map(Decision::result)
                .map(BindResult::outcome)
                .filter(o -> o == Outcome.BOUND || o == Outcome.ALIGNED)
                .isPresent();
        if (claimsBound && !now.same(calm) && !now.asItSays() && !end.equals("as before")) {
            broken.add("says " + last.get().result().outcome() + ", and is " + end);
        }
        boolean reasons = last.map(d -> !d.result().reasons().isEmpty()).orElse(false);
        if (!end.equals("as without")
                && !reasons
                && scene.expected().told().isEmpty()
                && scene.daemon().told.failures().isEmpty()) {
            broken.add("nothing is told");
        }
        if (end.equals("failed") && !causes.contains(Fault.Cause.REFUSAL) && !causes.contains(Fault.Cause.SOMEBODY)) {
            broken.add("went back although nothing was refused");
        }
    }

    private static @Nullable String without(@Nullable String domain) {
        return domain == null ? null : Changes.without(domain);
    }

    private static boolean same(@Nullable String a, @Nullable String b) throws Exception {
        return a != null && b != null && XmlMeaning.sameMeaning(a, b);
    }
}
