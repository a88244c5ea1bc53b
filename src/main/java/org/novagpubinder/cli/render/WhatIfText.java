package org.novagpubinder.cli.render;

import static org.novagpubinder.host.topology.Quantity.counted;
import static org.novagpubinder.host.topology.Quantity.size;

import java.util.ArrayList;
import java.util.List;
import org.novagpubinder.cli.terminal.Prose;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.cli.terminal.Style;
import org.novagpubinder.cli.terminal.Table;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.whatif.WhatIfAnswer;
import org.novagpubinder.placement.whatif.WhatIfAnswer.OnGpu;
import org.novagpubinder.placement.whatif.WhatIfAnswer.Stop;

/** {@code plan --what-if} for people: how many more, then a line a GPU. Pure. */
public final class WhatIfText {
    private WhatIfText() {}

    public static String of(WhatIfResult r, Screen screen) {
        WhatIfAnswer answer = r.answer();
        int fit = answer.together();
        boolean more = answer.stop().code().equals(Stop.COUNTED_ENOUGH);
        String head =
                switch (fit) {
                    case 0 -> "No further guest fits beside its GPU";
                    case 1 -> "1 more guest fits beside its GPU";
                    default -> (more ? "At least " : "") + fit + " more guests fit beside their GPU";
                };
        Prose about = new Prose()
                .say("each", each(r))
                .say(fit == 0 ? "why" : "then", answer.stop().text());
        r.notes().forEach(n -> about.say("counted", n));
        String table = answer.gpus().isEmpty() ? "" : "\n" + table(r, screen);
        return (fit == 0 ? Style.WARNING : Style.GOOD).of(head, screen.color()) + "\n" + about.text() + table;
    }

    private static String each(WhatIfResult r) {
        Guest g = r.template().guest();
        String pages = g.hugePageKiB() == 0 ? "" : " in pages of " + size(g.hugePageKiB());
        String model = r.template().model() == null ? "" : " " + r.template().model();
        int gpus = r.template().gpus();
        String gpu =
                switch (r.template().kind()) {
                    case RENDER_NODE -> "a render node";
                    case PCI ->
                        gpus == 1 ? "a GPU" + model + " passed through" : gpus + " GPUs" + model + " passed through";
                    case MDEV -> gpus == 1 ? "a vGPU" : gpus + " vGPUs";
                };
        return counted(g.currentVcpus(), "vCPU") + ", " + size(g.memoryKiB()) + pages + ", " + gpu
                + (r.like() == null ? "" : ", like " + r.like());
    }

    private static String table(WhatIfResult r, Screen screen) {
        List<OnGpu> gpus = r.answer().gpus();
        boolean renders = r.template().kind() == GpuUse.Kind.RENDER_NODE;
        boolean functions = gpus.stream().anyMatch(g -> g.functions() > 1);
        List<String> head = new ArrayList<>(List.of("  NODE", "GPU"));
        if (renders) {
            head.add("RENDER NODE");
        }
        if (functions) {
            head.add("FREE");
        }
        head.addAll(List.of("USERS", "ALONE", "TOGETHER", "THEN"));
        Table table = new Table(head.toArray(String[]::new));
        for (OnGpu g : gpus) {
            List<String> row = new ArrayList<>(List.of(
                    "  " + g.gpu().node().map(String::valueOf).orElse("?"),
                    g.gpu().address().toString()));
            if (renders) {
                row.add(String.valueOf(g.gpu().renderNode()).replace("/dev/dri/", ""));
            }
            if (functions) {
                row.add(g.free() == null ? "-" : g.free() + " of " + g.functions());
            }
            row.addAll(List.of(
                    Integer.toString(g.users()),
                    Integer.toString(g.alone()),
                    Integer.toString(g.share()),
                    CandidateTable.withoutPlace(g.stop().text())));
            table.row(row.toArray(String[]::new));
        }
        return table.text(screen.width(), (row, line) -> style(gpus, row).of(line, screen.color()));
    }

    private static Style style(List<OnGpu> gpus, int row) {
        return row == 0 ? Style.BOLD : gpus.get(row - 1).alone() == 0 ? Style.FAINT : Style.PLAIN;
    }
}
