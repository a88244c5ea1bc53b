package org.novagpubinder.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.novagpubinder.binding.report.FilePreviews;
import org.novagpubinder.binding.report.Preview;
import org.novagpubinder.cli.files.DomainFile;
import org.novagpubinder.cli.render.PlanJson;
import org.novagpubinder.cli.render.PlanText;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.common.Printable;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Plan.MemoryWhen;

/** {@code plan --domain-xml}: one file after the other; one that is no domain does not stop the others. */
record PlanFiles(
        CommonOptions common,
        boolean all,
        FilePreviews previews,
        HostTopology topology,
        Limits limits,
        Map<String, String> extraSpecs) {

    /** Prints the plans; the worst exit code of all. */
    int print(List<String> files) {
        int worst = Exit.FINE;
        boolean first = true;
        for (String file : files) {
            worst = Math.max(worst, print(file, files.size() > 1, first));
            first = false;
        }
        return worst;
    }

    private int print(String file, boolean several, boolean first) {
        try {
            Preview preview = previews.of(DomainFile.text(file), topology, extraSpecs, limits);
            List<String> assumed = assumed(preview);
            if (!common.json) {
                String head = several ? (first ? "" : "\n") + Printable.of(file) + ":\n" : "";
                common.print(head + PlanText.of(preview, assumed, all, common.screen()));
            } else if (several) {
                ObjectNode line = JsonNodeFactory.instance.objectNode().put("file", file);
                line.setAll(PlanJson.of(preview, assumed));
                common.print(line + "\n");
            } else {
                common.print(PlanJson.of(preview, assumed).toPrettyString() + "\n");
            }
            return Exit.of(preview.plan().outcome());
        } catch (InvalidDomainXml | IOException e) {
            String what = DomainFile.why(e);
            if (common.json) {
                common.print(
                        JsonNodeFactory.instance.objectNode().put("file", file).put("error", what) + "\n");
            } else {
                common.err().println("nova-gpu-binder: " + Printable.of(file + ": " + what));
            }
            return Exit.FAILURE;
        }
    }

    /** A file is not a host: what nobody could be asked is said, for it may make the outcome worse than it would be there. */
    private static List<String> assumed(Preview p) {
        List<String> assumed = new ArrayList<>(List.of("nobody else is on the host"));
        if (p.running()) {
            assumed.add("it runs and has just started, for its XML has an id");
            if (p.plan().changes() && p.when() != MemoryWhen.UNCHANGED) {
                assumed.add(
                        "none of its memory is on " + Quantity.nodes(p.plan().nodes())
                                + " yet, for a file does not tell where it lies: if all of it is, nothing has to move or to wait "
                                + "for a start");
            }
        }
        return assumed;
    }
}
