package org.novagpubinder.cli.render;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.cli.terminal.Style;
import org.novagpubinder.cli.terminal.Table;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.Candidate;
import org.novagpubinder.placement.model.Reason.Code;

/** The sets of nodes that were weighed, best first, and why all but one lost. */
public final class CandidateTable {
    /** So many are shown unless all are asked for. */
    public static final int MOST = 10;

    /** The columns, or the reasons above them, show already what such a verdict says in words. */
    private static final Set<Code> TOLD_BY_COLUMNS = EnumSet.of(
            Code.CHOSEN,
            Code.NODE_OF_GPU,
            Code.NODE_OF_VCPUS,
            Code.REMOTE,
            Code.SEVERAL_NODES,
            Code.CPUS_FULL,
            Code.MEMORY_FULL,
            Code.HUGE_PAGES_SHORT,
            Code.MORE_GPU_USERS,
            Code.RENDER_NODE_KEPT,
            Code.MORE_LOAD,
            Code.TIE);

    private CandidateTable() {}

    /** Nothing for a plan that weighed none. */
    static String of(Plan plan, boolean all, Screen screen) {
        List<Candidate> candidates = plan.candidates();
        if (candidates.isEmpty()) {
            return "";
        }
        List<Candidate> shown = all ? candidates : candidates.subList(0, Math.min(MOST, candidates.size()));
        int chosen = chosen(plan);
        Table table =
                new Table("  NODES", "RENDER NODE", "FITS", "DISTANCE", "GPU USERS", "LOAD/CPU", "FREE", "VERDICT");
        for (int i = 0; i < shown.size(); i++) {
            Candidate c = shown.get(i);
            table.row(
                    (i == chosen ? "* " : "  ") + c.nodes(),
                    c.renderNode() == null ? "-" : c.renderNode().replace("/dev/dri/", ""),
                    c.fits() ? "yes" : "no",
                    Integer.toString(c.distance()),
                    Integer.toString(c.gpuUsers()),
                    String.format(Locale.ROOT, "%.1f", c.load()),
                    Quantity.size(c.freeKiB()),
                    verdict(c, i == chosen));
        }
        String text = table.text(
                screen.width(), (row, line) -> style(shown, row, chosen).of(line, screen.color()));
        int more = candidates.size() - shown.size();
        return more == 0 ? text : text + "  and " + more + " more: --all shows them\n";
    }

    /** The first, if the plan goes there; policy report goes nowhere, but tells where it would. */
    private static int chosen(Plan plan) {
        Candidate first = plan.candidates().get(0);
        boolean there = plan.nodes().isEmpty()
                ? first.fits() && first.verdict().code() == Code.CHOSEN
                : first.nodes().equals(plan.nodes());
        return there ? 0 : -1;
    }

    private static String verdict(Candidate c, boolean chosen) {
        String code = c.verdict().code().word();
        if (chosen) {
            return c.fits() ? "chosen" : "chosen, though " + code;
        }
        return TOLD_BY_COLUMNS.contains(c.verdict().code())
                ? code
                : code + ": " + withoutPlace(c.verdict().text());
    }

    /** "node 1 with /dev/dri/renderD129: …" says again where. */
    static String withoutPlace(String text) {
        int colon = text.indexOf(": ");
        return text.startsWith("node") && colon > 0 ? text.substring(colon + 2) : text;
    }

    private static Style style(List<Candidate> shown, int row, int chosen) {
        if (row == 0) {
            return Style.BOLD;
        }
        return row - 1 == chosen ? Style.GOOD : shown.get(row - 1).fits() ? Style.PLAIN : Style.FAINT;
    }
}
