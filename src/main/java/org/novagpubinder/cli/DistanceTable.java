package org.novagpubinder.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.novagpubinder.host.Gpu;
import org.novagpubinder.host.HostTopology;
import org.novagpubinder.host.Node;

/** How far each node and GPU is from each node with CPUs, as {@code nvidia-smi topo -m} shows it. Pure. */
final class DistanceTable {
    private static final int FIRST = 14;
    private static final int COLUMN = 5;
    private static final int CPUS = 24;

    private DistanceTable() {}

    /** The table; nothing for a host of one node, where there is nothing to tell. */
    static String render(HostTopology host) {
        List<Integer> targets = host.nodes().stream()
                .filter(n -> !n.cpus().isEmpty())
                .map(Node::id)
                .toList();
        List<Node> rows = host.nodes().stream()
                .filter(n -> !n.cpus().isEmpty() || n.memoryKiB() > 0)
                .toList();
        if (rows.size() < 2 || targets.isEmpty()) {
            return "";
        }
        // more nodes than fit: those that are left out are in --json
        int shown = Math.min(targets.size(), (TopologyText.WIDTH - FIRST - CPUS) / COLUMN);
        List<Integer> columns = targets.subList(0, shown);
        StringBuilder out = new StringBuilder("\n").append(label("distance to"));
        columns.forEach(c -> out.append(cell(Integer.toString(c))));
        out.append("  its CPUs\n");
        rows.forEach(n -> out.append(row(host, columns, "node " + n.id(), n.id())));
        host.gpus().stream()
                .filter(g -> g.bindable() && g.physicalFunction() == null)
                .forEach(g -> out.append(gpuRow(host, columns, g)));
        if (shown < targets.size()) {
            out.append(String.format(Locale.ROOT, "(%d more nodes with CPUs: see --json)\n", targets.size() - shown));
        }
        return out.toString();
    }

    private static String gpuRow(HostTopology host, List<Integer> columns, Gpu gpu) {
        String address = gpu.address().toString();
        if (gpu.node().isPresent()) {
            return row(host, columns, address, gpu.node().get());
        }
        return label(address) + columns.stream().map(c -> cell("?")).collect(Collectors.joining()) + "  unknown\n";
    }

    private static String row(HostTopology host, List<Integer> columns, String label, int from) {
        String cpus = host.node(from).map(n -> n.cpus().toString()).orElse("");
        String fitting = cpus.isEmpty() ? "none" : cpus.length() < CPUS ? cpus : cpus.substring(0, CPUS - 3) + "…";
        return label(label)
                + columns.stream()
                        .map(c -> cell(Integer.toString(host.distance(from, c))))
                        .collect(Collectors.joining())
                + "  " + fitting + "\n";
    }

    private static String label(String text) {
        return String.format(Locale.ROOT, "%-" + FIRST + "s", text);
    }

    private static String cell(String text) {
        return String.format(Locale.ROOT, "%" + COLUMN + "s", text);
    }
}
