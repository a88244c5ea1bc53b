package org.novagpubinder.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.novagpubinder.binding.DomainStatus;
import org.novagpubinder.host.HostTopology;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.GpuUse;
import org.novagpubinder.placement.Outcome;
import org.novagpubinder.placement.Reason;

/** {@code status} for people: one line a domain, what is wrong marked; pure. */
final class StatusText {
    private StatusText() {}

    static String of(List<DomainStatus> all, HostTopology topology, boolean color, boolean detailed) {
        if (all.isEmpty()) {
            return "no domain on this host has a GPU\n";
        }
        Table table = new Table("DOMAIN", "GPU", "GPU NODE", "VCPUS ON", "MEMORY", "OUTCOME", "WHY");
        for (DomainStatus s : all) {
            table.row(
                    s.domain(),
                    s.gpus().isEmpty()
                            ? "-"
                            : s.gpus().stream().map(StatusText::gpu).collect(Collectors.joining(" ")),
                    set(s.gpuNodes(), "?"),
                    s.running() ? set(s.vcpuNodes(), "-") : "-",
                    memory(s, topology),
                    word(s.outcome()),
                    why(s.reasons()));
        }
        String text = table.text((row, line) -> style(all, row).of(line, color));
        return detailed ? text + "\n" + reasons(all) : text;
    }

    private static String gpu(GpuUse use) {
        String text = use.text() == null ? "?" : use.text();
        return switch (use.kind()) {
            case RENDER_NODE -> text.replace("/dev/dri/", "");
            case PCI -> text;
            case MDEV -> "mdev " + text.substring(0, Math.min(8, text.length()));
        };
    }

    private static String set(IdSet nodes, String none) {
        return nodes.isEmpty() ? none : nodes.toString();
    }

    private static String memory(DomainStatus s, HostTopology topology) {
        if (!s.running() || s.residentKiB().isEmpty()) {
            return "-";
        }
        Map<Integer, Double> percent = StatusCommand.percent(s.residentKiB());
        return topology.nodes().stream()
                .filter(n -> percent.getOrDefault(n.id(), 0.0) >= 0.05)
                .map(n -> String.format(java.util.Locale.ROOT, "%d:%.0f%%", n.id(), percent.get(n.id())))
                .collect(Collectors.joining(" "));
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case MISALIGNED, FAILED, REFUSED -> "✗ " + outcome.word();
            case DEFERRED -> "… " + outcome.word();
            case BOUND, ALIGNED -> "✓ " + outcome.word();
            case IGNORED -> "  " + outcome.word();
        };
    }

    /** Row 0 is the head. */
    private static Style style(List<DomainStatus> all, int row) {
        return row == 0 ? Style.PLAIN : Style.of(all.get(row - 1).outcome());
    }

    private static String why(List<Reason> reasons) {
        return reasons.isEmpty() ? "" : reasons.get(0).code().word();
    }

    private static String reasons(List<DomainStatus> all) {
        return all.stream()
                .flatMap(s -> s.reasons().stream())
                .map(r -> "  " + r.code().word() + ": " + Printable.of(r.text()) + "\n")
                .collect(Collectors.joining());
    }
}
