package org.novagpubinder.cli.render;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.report.Preview;
import org.novagpubinder.cli.terminal.Prose;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Tuning;

/** What a plan changes, as "now -> then" for each part of the tuning. */
final class TuningText {
    /** With more ways of pinning than this, as of a guest with dedicated CPUs, the lines would tell nothing more. */
    private static final int MOST_WAYS = 8;

    private TuningText() {}

    static String of(Preview p) {
        Tuning now = p.now();
        Tuning then = p.plan().target();
        Prose prose = new Prose();
        // while memory cannot follow, the pins of a running guest mostly wait with it (binding.steps.Steps)
        String when = p.running() && !p.pinsNow() && p.when() == MemoryWhen.NEXT_START ? when(p.when()) : "";
        pins(prose, "vCPU", now.pins().vcpus(), then.pins().vcpus(), when);
        prose.say(
                "emulator", change(cpus(now.pins().emulator()), cpus(then.pins().emulator()), when));
        pins(prose, "iothread", now.pins().iothreads(), then.pins().iothreads(), when);
        memory(prose, "memory", now.memory(), then.memory(), p.when());
        cells(prose, now.memnodes(), then.memnodes(), p.when());
        if (now.renderNode() != null || then.renderNode() != null) {
            prose.say("render", change(path(now.renderNode()), path(then.renderNode())));
        }
        return prose.say("restart", p.restart() ? "yes, once, now" : "no").text();
    }

    /** Runs of vCPUs with the same change are one line: a guest with 128 of them is to fit a screen. */
    private static void pins(Prose prose, String what, Map<Integer, IdSet> now, Map<Integer, IdSet> then, String when) {
        TreeSet<Integer> ids = new TreeSet<>(now.keySet());
        ids.addAll(then.keySet());
        Map<String, IdSet> byChange = new LinkedHashMap<>();
        for (int id : ids) {
            byChange.merge(change(cpus(now.get(id)), cpus(then.get(id)), when), IdSet.of(id), IdSet::union);
        }
        if (byChange.size() <= MOST_WAYS) {
            byChange.forEach((change, some) -> prose.say(what + " " + some, change));
        } else {
            prose.say(what + " " + IdSet.of(ids), change(ways(now), ways(then), when));
        }
    }

    private static String ways(Map<Integer, IdSet> pins) {
        long ways = pins.values().stream().distinct().count();
        IdSet all = pins.values().stream().reduce(IdSet.empty(), IdSet::union);
        return ways == 0
                ? cpus(null)
                : ways == 1 ? cpus(all) : ways + " different pins within " + cpus(all) + " (--json has each)";
    }

    private static String change(String now, String then, String when) {
        return change(now, then) + (Objects.equals(now, then) ? "" : when);
    }

    private static void cells(
            Prose prose, Map<Integer, MemoryPlacement> now, Map<Integer, MemoryPlacement> then, MemoryWhen when) {
        TreeSet<Integer> ids = new TreeSet<>(now.keySet());
        ids.addAll(then.keySet());
        ids.forEach(id -> memory(prose, "cell " + id, now.get(id), then.get(id), when));
    }

    private static void memory(
            Prose prose, String what, @Nullable MemoryPlacement now, @Nullable MemoryPlacement then, MemoryWhen when) {
        prose.say(what, change(memory(now), memory(then), when(when)));
    }

    private static String change(String now, String then) {
        return Objects.equals(now, then) ? now + ", stays" : now + " -> " + then;
    }

    private static String cpus(@Nullable IdSet cpus) {
        return cpus == null ? "anywhere" : (cpus.size() == 1 ? "CPU " : "CPUs ") + cpus;
    }

    private static String path(@Nullable String renderNode) {
        return renderNode == null ? "none" : renderNode;
    }

    private static String memory(@Nullable MemoryPlacement m) {
        if (m == null) {
            return "anywhere";
        }
        return m.nodeset().isEmpty()
                ? "where numad says"
                : Quantity.nodes(m.nodeset()) + " (" + m.mode().word() + ")";
    }

    private static String when(MemoryWhen when) {
        return switch (when) {
            case LIVE -> "; it is moved while the guest runs";
            case RESTART -> "; it gets there by the restart";
            case NEXT_START -> "; from the next start on";
            case UNCHANGED -> "";
        };
    }
}
