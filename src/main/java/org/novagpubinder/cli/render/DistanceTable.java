package org.novagpubinder.cli.render;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.picture.svg.HostParts;

/** How far each node and GPU is from each node with CPUs, as {@code nvidia-smi topo -m} shows it. Pure. */
record DistanceTable(HostTopology host, List<Integer> columns, boolean roomy) {
    private static final int FIRST = 14;
    private static final int COLUMN = 5;
    private static final int CPUS = 24;

    /** The table; nothing for a host of one node, where there is nothing to tell. */
    static String render(HostParts shown, int width) {
        List<Integer> targets = shown.targets().stream().map(Node::id).toList();
        List<Node> rows = shown.starts();
        if (rows.size() < 2 || targets.isEmpty()) {
            return "";
        }
        List<Integer> columns = targets.subList(0, Math.min(targets.size(), (width - FIRST) / COLUMN));
        // the boxes of the nodes tell CPUs and GPUs as well: with many nodes the distances need the room
        boolean roomy = targets.size() <= (width - FIRST - CPUS) / COLUMN;
        return new DistanceTable(shown.host(), columns, roomy).table(rows, targets.size());
    }

    private String table(List<Node> rows, int targets) {
        StringBuilder out = new StringBuilder("\n").append(label("distance to"));
        columns.forEach(c -> out.append(cell(Integer.toString(c))));
        out.append(roomy ? "  its CPUs\n" : "\n");
        rows.forEach(n -> out.append(row("node " + n.id(), n.id())));
        host.gpus().stream()
                .filter(g -> roomy && g.bindable() && g.physicalFunction() == null)
                .forEach(g -> out.append(gpuRow(g)));
        if (columns.size() < targets) {
            out.append(String.format(Locale.ROOT, "(%d more nodes with CPUs: see --json)\n", targets - columns.size()));
        }
        return out.toString();
    }

    private String gpuRow(Gpu gpu) {
        String address = gpu.address().toString();
        if (gpu.node().isPresent()) {
            return row(address, gpu.node().get());
        }
        return label(address) + columns.stream().map(c -> cell("?")).collect(Collectors.joining()) + "  unknown\n";
    }

    private String row(String label, int from) {
        String cpus = host.node(from).map(n -> n.cpus().toString()).orElse("");
        String fitting = cpus.isEmpty() ? "none" : cpus.length() < CPUS ? cpus : cpus.substring(0, CPUS - 3) + "…";
        return label(label)
                + columns.stream()
                        .map(c -> cell(Integer.toString(host.distance(from, c))))
                        .collect(Collectors.joining())
                + (roomy ? "  " + fitting : "") + "\n";
    }

    private static String label(String text) {
        return String.format(Locale.ROOT, "%-" + FIRST + "s", text);
    }

    private static String cell(String text) {
        return String.format(Locale.ROOT, "%" + COLUMN + "s", text);
    }
}
