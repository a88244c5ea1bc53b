package org.novagpubinder.cli;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.Preview;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.MemoryPlacement;
import org.novagpubinder.placement.Plan;
import org.novagpubinder.placement.Plan.Candidate;
import org.novagpubinder.placement.Reason;
import org.novagpubinder.placement.Tuning;

/** {@code plan} for people; pure. */
final class PlanText {
    private PlanText() {}

    static String of(Preview p) {
        Plan plan = p.plan();
        StringBuilder s = new StringBuilder();
        s.append(Printable.of(p.name()))
                .append(" (")
                .append(plan.uuid())
                .append("): ")
                .append(plan.outcome().word());
        s.append(plan.nodes().isEmpty() ? "" : ", node " + plan.nodes()).append('\n');
        for (Reason r : plan.reasons()) {
            s.append("  why    ")
                    .append(Printable.of(r.text()))
                    .append(" [")
                    .append(r.code().word())
                    .append("]\n");
        }
        if (plan.changes()) {
            s.append(tuning(p.now(), plan.target()));
            s.append(line(
                    "memory",
                    memory(p.now().memory()),
                    memory(plan.target().memory()) + " (" + p.when().word() + ")"));
            s.append(line("render", p.now().renderNode(), plan.target().renderNode()));
            s.append("  restart  ")
                    .append(p.restart() ? "yes, once, now" : "no")
                    .append('\n');
        }
        if (!plan.candidates().isEmpty()) {
            s.append("  candidates\n").append(candidates(plan));
        }
        return s.toString();
    }

    private static String tuning(Tuning now, Tuning target) {
        StringBuilder s = new StringBuilder();
        s.append(pins("vCPU", now.vcpuPins(), target.vcpuPins()));
        s.append(line("emulator", text(now.emulator()), text(target.emulator())));
        s.append(pins("iothread", now.iothreadPins(), target.iothreadPins()));
        return s.toString();
    }

    /** Runs of vCPUs with the same change are one line: a guest with 128 of them is to fit a screen. */
    private static String pins(String what, Map<Integer, IdSet> now, Map<Integer, IdSet> target) {
        Map<String, IdSet> byChange = new TreeMap<>();
        TreeSet<Integer> ids = new TreeSet<>(now.keySet());
        ids.addAll(target.keySet());
        for (int id : ids) {
            String change = change(text(now.get(id)), text(target.get(id)));
            byChange.merge(change, IdSet.of(id), IdSet::union);
        }
        StringBuilder s = new StringBuilder();
        byChange.forEach((change, set) -> s.append(String.format("  %-8s %s%n", what + " " + set, change)));
        return s.toString();
    }

    private static String line(String what, @Nullable String now, @Nullable String target) {
        return now == null && target == null
                ? ""
                : String.format("  %-8s %s%n", what, Printable.of(change(now, target)));
    }

    private static String change(@Nullable String now, @Nullable String target) {
        if (Objects.equals(now, target)) {
            return (now == null ? "none" : now) + ", stays";
        }
        return (now == null ? "none" : now) + " -> " + (target == null ? "none" : target);
    }

    private static @Nullable String text(@Nullable IdSet cpus) {
        return cpus == null ? null : "CPUs " + cpus;
    }

    private static String memory(@Nullable MemoryPlacement m) {
        return m == null
                ? "anywhere"
                : m.mode().word() + (m.nodeset().isEmpty() ? " by numad" : " node " + m.nodeset());
    }

    private static String candidates(Plan plan) {
        Table table = new Table("    NODES", "RENDER NODE", "DISTANCE", "GPU USERS", "LOAD", "FREE MIB", "VERDICT");
        for (Candidate c : plan.candidates()) {
            table.row(
                    "    " + c.nodes(),
                    c.renderNode() == null ? "-" : c.renderNode().replace("/dev/dri/", ""),
                    Integer.toString(c.distance()),
                    Integer.toString(c.gpuUsers()),
                    String.format(java.util.Locale.ROOT, "%.1f", c.load()),
                    Long.toString(c.freeKiB() / 1024),
                    c.verdict().text());
        }
        return table.text(l -> l);
    }
}
