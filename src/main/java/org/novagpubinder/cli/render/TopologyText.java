package org.novagpubinder.cli.render;

import static org.novagpubinder.host.topology.Quantity.counted;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.novagpubinder.cli.terminal.Box;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.cli.terminal.Style;
import org.novagpubinder.host.sysfs.PciNames;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.NodeSource;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.picture.svg.HostParts;

/** Draws a host for people: a box for each node, as lstopo; then distances, as {@code nvidia-smi topo -m}. Pure. */
public record TopologyText(
        HostTopology host,
        HostParts shown,
        PciNames names,
        Map<PciAddress, Integer> gpuUsers,
        Screen screen,
        int columns,
        int box) {
    /** What a node has to tell wants so many columns. */
    private static final int LEAST_BOX = 49;

    private static final int WIDEST_BOX = 80;

    private static final int BAR = 10;
    private static final String GAP = "  ";
    private static final String INDENT = "    ";

    /**
     * The whole picture, no line wider than the screen, with a newline at the end.
     *
     * @param gpuUsers domains by the physical GPU they use; of others nothing is said
     */
    public static String render(HostTopology host, PciNames names, Map<PciAddress, Integer> gpuUsers, Screen screen) {
        int columns = Math.max(1, (screen.width() + 2) / (LEAST_BOX + 2));
        int box = Math.min(WIDEST_BOX, (screen.width() - 2 * (columns - 1)) / columns);
        return new TopologyText(host, new HostParts(host), names, gpuUsers, screen, columns, box).picture();
    }

    private String picture() {
        List<Box> boxes = host.nodes().stream()
                .filter(n -> !shown.empty(n))
                .map(this::box)
                .toList();
        return Style.BOLD.of(shown.summary(), screen.color()) + "\n\n"
                + Box.grid(boxes, columns, box, screen.color())
                + shown.emptyNodes().map(line -> line + "\n").orElse("")
                + DistanceTable.render(shown, screen.width())
                + unknownNodes()
                + notBindable();
    }

    private Box box(Node node) {
        List<Box.Line> lines = new ArrayList<>();
        if (node.cpus().isEmpty() && node.hasCpus()) {
            lines.add(new Box.Line("CPUs    all " + node.presentCpus().size() + " are off for now", Style.FAINT));
        } else if (node.cpus().isEmpty()) {
            lines.add(new Box.Line("CPUs    none: no vCPU is ever bound here", Style.FAINT));
        } else {
            String cpus = "CPUs    " + node.cpus() + " (" + node.cpus().size() + isolated(node) + ")";
            // cut behind commas only
            Box.wrap(List.of(cpus.split("(?<=,)", -1)), "", Box.inner(box), " ".repeat(8))
                    .forEach(l -> lines.add(Box.Line.plain(l)));
        }
        lines.add(Box.Line.plain(
                node.memoryKiB() == 0 ? "memory  none" : "memory  " + bar(node) + "  " + HostParts.used(node)));
        HostParts.hugePages(node).forEach(pages -> lines.add(Box.Line.plain("pages   " + pages)));
        for (Gpu gpu : shown.gpusOf(node)) {
            lines.add(Box.Line.plain(""));
            lines.addAll(gpuLines(gpu));
        }
        String socket = node.socket() < 0 ? "" : " ─ socket " + node.socket();
        return new Box("node " + node.id() + socket, lines);
    }

    private String isolated(Node node) {
        IdSet isolated = node.cpus().intersect(host.isolatedCpus());
        if (isolated.isEmpty()) {
            return "";
        }
        return isolated.equals(node.cpus()) ? "; all isolated" : "; isolated: " + isolated;
    }

    private List<Box.Line> gpuLines(Gpu gpu) {
        List<String> first = new ArrayList<>(List.of("GPU " + gpu.address()));
        if (gpu.renderNode() != null) {
            first.add(gpu.renderNode().replace("/dev/dri/", ""));
        }
        Integer users = gpuUsers.get(gpu.physical());
        if (users != null) {
            first.add(counted(users, "guest"));
        }
        List<String> second = new ArrayList<>(describe(gpu));
        if (gpu.nodeSource() != NodeSource.NUMA_NODE) {
            second.add("(node by " + gpu.nodeSource().word() + ")");
        }
        List<Box.Line> lines = new ArrayList<>();
        Box.wrap(first, GAP, Box.inner(box), INDENT).forEach(l -> lines.add(new Box.Line(l, Style.GOOD)));
        Box.wrap(indented(second), GAP, Box.inner(box), INDENT).forEach(l -> lines.add(Box.Line.plain(l)));
        shown.parts(gpu).forEach(l -> lines.add(Box.Line.plain(INDENT + l)));
        return lines;
    }

    private List<String> describe(Gpu gpu) {
        List<String> pieces = new ArrayList<>();
        pieces.add(names.name(gpu.vendor(), gpu.device()));
        pieces.add("[" + gpu.vendor() + ":" + gpu.device() + "]");
        pieces.add(gpu.driver() == null ? "no driver" : gpu.driver());
        return pieces;
    }

    private static List<String> indented(List<String> pieces) {
        List<String> all = new ArrayList<>(pieces);
        all.set(0, INDENT + all.get(0));
        return all;
    }

    private String unknownNodes() {
        List<Gpu> unknown = shown.gpusOfUnknownNode();
        if (unknown.isEmpty()) {
            return "";
        }
        StringBuilder out = new StringBuilder("\n");
        if (host.nodes().stream().filter(Node::hasCpus).count() < 2) {
            out.append("GPUs of unknown node: on a host of one node every guest is beside them\n");
            unknown.forEach(g -> out.append(row(g)));
            return out.toString();
        }
        out.append(Style.WARNING.of("GPUs of unknown node: their guests are left alone", screen.color()))
                .append('\n');
        unknown.forEach(g -> out.append(row(g)));
        return out + "  Neither the firmware nor gpu_nodes names a node of this host. If you know it,\n"
                + "  add it to gpu_nodes in [gpu_binder] of nova-gpu-binder.conf:\n      "
                + unknown.get(0).address() + "=NODE\n";
    }

    private String notBindable() {
        List<Gpu> displays = shown.displays();
        if (displays.isEmpty()) {
            return "";
        }
        StringBuilder out = new StringBuilder("\n");
        out.append(Style.FAINT.of(
                        "Not taken for GPUs: no render node, and no guest has them (a BMC's display)", screen.color()))
                .append('\n');
        displays.forEach(g -> out.append(row(g)));
        return out.toString();
    }

    private String row(Gpu gpu) {
        List<String> pieces = new ArrayList<>(List.of("  " + gpu.address()));
        pieces.addAll(describe(gpu));
        pieces.add(gpu.node().map(n -> "node " + n).orElse("node ?"));
        if (gpu.renderNode() != null) {
            pieces.add(gpu.renderNode());
        }
        return Box.wrap(pieces, GAP, screen.width(), INDENT).stream()
                .map(line -> Box.cut(line, screen.width()) + "\n")
                .collect(Collectors.joining());
    }

    private static String bar(Node node) {
        int used = (int) Math.round(HostParts.usedShare(node) * BAR);
        return "█".repeat(used) + "░".repeat(BAR - used);
    }
}
