package org.novagpubinder.cli.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.novagpubinder.cli.terminal.Box;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.cli.terminal.Style;
import org.novagpubinder.host.topology.PciLink;
import org.novagpubinder.host.topology.PciRoute;
import org.novagpubinder.host.topology.PciRoute.Kind;

/** {@code topology --matrix}: how far each GPU is from the other GPUs, the NICs and the NVMe controllers. Pure. */
public final class MatrixText {
    private static final int COLUMN = 7;
    private static final String UNKNOWN = "?";

    private final List<PciRoute> devices;
    private final List<String> labels;

    private MatrixText(List<PciRoute> devices) {
        this.devices = devices;
        Map<Kind, Integer> next = new EnumMap<>(Kind.class);
        this.labels = devices.stream()
                .map(d -> (d.kind() == Kind.NVME ? "NVMe" : d.kind().name())
                        + (next.merge(d.kind(), 1, Integer::sum) - 1))
                .toList();
    }

    /**
     * The matrix, and what its labels mean.
     *
     * @param devices the GPUs first
     */
    public static String of(List<PciRoute> devices, Screen screen) {
        return new MatrixText(devices).text(screen);
    }

    /** The same as one object. */
    public static ObjectNode json(List<PciRoute> devices) {
        return new MatrixText(devices).object();
    }

    private String text(Screen screen) {
        List<Integer> gpus = gpus();
        if (gpus.isEmpty()) {
            return "no GPU on this host: nothing to tell distances from\n";
        }
        StringBuilder out = new StringBuilder();
        int atOnce = Math.max(1, (screen.width() - COLUMN) / COLUMN);
        for (int first = 0; first < devices.size(); first += atOnce) {
            List<Integer> columns = IntStream.range(first, Math.min(first + atOnce, devices.size()))
                    .boxed()
                    .toList();
            String head =
                    cell("") + columns.stream().map(c -> cell(labels.get(c))).collect(Collectors.joining());
            out.append(Style.BOLD.of(head.stripTrailing(), screen.color())).append('\n');
            for (int g : gpus) {
                String row = cell(labels.get(g))
                        + columns.stream().map(c -> cell(word(g, c))).collect(Collectors.joining());
                out.append(row.stripTrailing()).append('\n');
            }
            out.append('\n');
        }
        return out + legend(screen);
    }

    private String legend(Screen screen) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < devices.size(); i++) {
            PciRoute d = devices.get(i);
            List<String> pieces = Stream.concat(
                            Stream.of(
                                    cell(labels.get(i)) + d.address(),
                                    "node "
                                            + (d.node() == null
                                                    ? UNKNOWN
                                                    : d.node().toString())),
                            d.names().stream())
                    .toList();
            Box.wrap(pieces, "  ", screen.width(), " ".repeat(COLUMN))
                    .forEach(line -> out.append(Box.cut(line, screen.width())).append('\n'));
        }
        out.append('\n');
        List<String> there = gpus().stream()
                .flatMap(g -> IntStream.range(0, devices.size()).mapToObj(c -> word(g, c)))
                .toList();
        for (PciLink link : PciLink.values()) {
            if (there.contains(link.name())) {
                out.append(cell(link.name())).append(link.meaning()).append('\n');
            }
        }
        if (there.contains(UNKNOWN)) {
            out.append(cell(UNKNOWN)).append("the node of one of them is not known\n");
        }
        return out.toString();
    }

    private ObjectNode object() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ArrayNode all = document.putArray("devices");
        ArrayNode links = document.putArray("links");
        for (int i = 0; i < devices.size(); i++) {
            PciRoute d = devices.get(i);
            ObjectNode json = all.addObject();
            json.put("label", labels.get(i)).put("kind", d.kind().name().toLowerCase(Locale.ROOT));
            json.put("address", d.address().toString()).put("node", d.node());
            d.names().forEach(json.putArray("names")::add);
        }
        for (int g : gpus()) {
            for (int c = 0; c < devices.size(); c++) {
                if (c != g) {
                    links.addObject()
                            .put("from", labels.get(g))
                            .put("to", labels.get(c))
                            .put("link", link(g, c).map(PciLink::name).orElse(null));
                }
            }
        }
        return document;
    }

    private List<Integer> gpus() {
        return IntStream.range(0, devices.size())
                .filter(i -> devices.get(i).kind() == Kind.GPU)
                .boxed()
                .toList();
    }

    private Optional<PciLink> link(int a, int b) {
        return PciLink.between(devices.get(a), devices.get(b));
    }

    private String word(int from, int to) {
        return from == to ? "X" : link(from, to).map(PciLink::name).orElse(UNKNOWN);
    }

    private static String cell(String text) {
        return String.format(Locale.ROOT, "%-" + COLUMN + "s", text);
    }
}
