package org.novagpubinder.picture.page;

import static org.novagpubinder.picture.svg.Markup.escaped;

import java.util.List;
import java.util.stream.Collectors;
import org.novagpubinder.binding.inventory.GuestMemory;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.picture.svg.AlignmentState;
import org.novagpubinder.picture.svg.GuestHistory;
import org.novagpubinder.picture.svg.GuestLabels;
import org.novagpubinder.picture.svg.HostPicture;
import org.novagpubinder.picture.svg.Markup;
import org.novagpubinder.picture.svg.Palette;
import org.novagpubinder.picture.svg.Svg;
import org.novagpubinder.picture.svg.TextWidth;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Outcome;

/** A guest's row in the page's table. */
final class GuestRow {
    private static final GuestHistory NOTHING = new GuestHistory(List.of());

    /** Of a name, in thousandths of the font's size. */
    private static final int LONGEST = 36_000;

    private GuestRow() {}

    /** The table's head; the last day only where a daemon has seen it. */
    static String head(HostPicture picture) {
        String day = picture.histories().isEmpty() ? "" : "<th scope=\"col\">Last day</th>";
        return "<thead><tr><th scope=\"col\">Guest</th><th scope=\"col\">Outcome</th><th scope=\"col\">GPU</th>"
                + "<th scope=\"col\">vCPUs on</th><th scope=\"col\">Memory by node</th>" + day
                + "<th scope=\"col\">Why</th></tr></thead>\n";
    }

    static void append(DomainStatus g, HostPicture picture, StringBuilder out) {
        HostTopology host = picture.topology();
        AlignmentState standing = AlignmentState.of(g.outcome());
        out.append("<tr><td>")
                .append("<span class=\"b\">" + name(GuestLabels.called(g)) + "</span>")
                .append(g.instanceName() == null ? "" : "<br>" + name(g.domain()))
                .append("<br><span class=\"dim mono tight\">" + g.uuid() + "</span>")
                .append(g.flavor() == null ? "" : "<br><span class=\"dim\">" + name(g.flavor()) + "</span>");
        cell(out, "Outcome", "tight")
                .append(HtmlPage.sign(standing))
                .append(word(g.outcome()))
                .append(picture.stood(g)
                        .map(d -> "<br><span class=\"dim\">for " + Quantity.time(d) + "</span>")
                        .orElse(""));
        cell(out, "GPU", "").append(gpus(g, host));
        cell(out, "vCPUs on", "tight").append(g.running() ? nodes(g.vcpuNodes()) : "off");
        cell(out, "Memory by node", "tight m").append(g.running() ? memory(g) : "off");
        if (!picture.histories().isEmpty()) {
            cell(out, "Last day", "day");
            new TimeLine(picture.histories().getOrDefault(g.uuid(), NOTHING), picture.at()).append(out);
        }
        cell(out, "Why", "prose")
                .append(g.reasons().stream().map(r -> escaped(r.text())).collect(Collectors.joining("<br>")))
                .append("</td></tr>\n");
    }

    /** A name of somebody else's choice, long ones cut; what is cut shows when one points at it. */
    static String name(String text) {
        String cut = TextWidth.cut(Markup.clean(text), LONGEST, false);
        return cut.equals(Markup.clean(text))
                ? "<bdi>" + escaped(text) + "</bdi>"
                : "<bdi title=\"" + escaped(text) + "\">" + escaped(cut) + "</bdi>";
    }

    /** Ends the cell before it and begins the next. */
    static StringBuilder cell(StringBuilder out, String is, String kind) {
        return out.append("</td><td data-is=\"" + is + "\"" + (kind.isEmpty() ? ">" : " class=\"" + kind + "\">"));
    }

    /** The outcome's word in its colour. */
    static String word(Outcome outcome) {
        return "<span class=\"b " + AlignmentState.of(outcome).colour.word() + "\">" + outcome.word() + "</span>";
    }

    private static String gpus(DomainStatus g, HostTopology host) {
        return g.gpus().isEmpty()
                ? "none"
                : g.gpus().stream().map(use -> gpu(use, host)).collect(Collectors.joining("<br>"));
    }

    private static String gpu(GpuUse use, HostTopology host) {
        String node = use.gpu()
                .flatMap(host::gpu)
                .map(gpu -> gpu.node().map(n -> "node " + n).orElse("node unknown"))
                .orElse("not on this host");
        String where = use.gpu()
                .map(a -> a.toString().equals(use.text()) ? "" : a + ", ")
                .orElse("");
        return "<span class=\"mono\">" + name(GuestLabels.gpu(use)) + "</span><br><span class=\"dim tight\">" + where
                + node + "</span>";
    }

    private static String nodes(IdSet ids) {
        return ids.isEmpty() ? "nowhere" : Quantity.nodes(ids);
    }

    private static String memory(DomainStatus g) {
        return GuestLabels.memory(g)
                .map(text -> text.replace("% on ", "%&nbsp;on&nbsp;") + bar(g))
                .orElse("not known");
    }

    /** How much of it is on its GPU's nodes; the rest of the bar is what lies elsewhere. */
    private static String bar(DomainStatus g) {
        double beside = GuestMemory.share(g.residentKiB(), g.gpuNodes());
        return "<svg class=\"pic bar\" viewBox=\"0 0 104 8\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\""
                + Math.round(100 * beside) + "% beside its GPU\"><rect class=\"" + Palette.BAD.fill()
                + "\" width=\"104\" height=\"8\"/><rect class=\"" + Palette.GOOD.fill() + "\" width=\""
                + Svg.number(104 * beside) + "\" height=\"8\"/></svg>";
    }
}
