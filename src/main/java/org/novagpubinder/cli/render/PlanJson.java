package org.novagpubinder.cli.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.novagpubinder.binding.report.Preview;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.observability.JsonParts;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Plan;

/** {@code plan --json}. */
public final class PlanJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private PlanJson() {}

    /**
     * One plan.
     *
     * @param assumed what was taken for granted, because nobody could be asked; not told if nothing was
     */
    public static ObjectNode of(Preview p, List<String> assumed) {
        Plan plan = p.plan();
        ObjectNode o = JSON.objectNode();
        o.put("uuid", plan.uuid().toString());
        o.put("outcome", plan.outcome().word());
        o.putObject("policy")
                .put("mode", p.chosen().policy().mode().word())
                .put("source", p.chosen().source())
                .put("renderNode", p.chosen().policy().addRenderNode() ? "auto" : "none")
                .put("renderNodeSource", p.chosen().renderNodeSource());
        JsonParts.reasons(o, plan.reasons());
        JsonParts.ids(o, "nodes", plan.nodes());
        o.set("vcpus", pins(plan.target().pins().vcpus()));
        o.put(
                "emulator",
                plan.target().pins().emulator() == null
                        ? null
                        : plan.target().pins().emulator().toString());
        o.set("iothreads", pins(plan.target().pins().iothreads()));
        var memory = plan.target().memory();
        o.putObject("memory")
                .put("nodeset", memory == null ? null : memory.nodeset().toString())
                .put("mode", memory == null ? null : memory.mode().word())
                .put("when", p.when().word());
        if (!plan.target().memnodes().isEmpty()) {
            o.set("memnodes", memnodes(plan.target().memnodes()));
        }
        o.put("renderNode", plan.target().renderNode());
        o.put("restart", p.restart());
        o.put("definition", p.definition());
        if (!assumed.isEmpty()) {
            JsonParts.texts(o, "assumed", assumed);
        }
        o.set("candidates", candidates(plan));
        return o;
    }

    private static ArrayNode candidates(Plan plan) {
        ArrayNode candidates = JSON.arrayNode();
        for (Plan.Candidate c : plan.candidates()) {
            ObjectNode n = candidates.addObject();
            JsonParts.ids(n, "nodes", c.nodes());
            n.put("renderNode", c.renderNode())
                    .put("fits", c.fits())
                    .put("distance", c.distance())
                    .put("gpuUsers", c.gpuUsers())
                    .put("load", c.load())
                    .put("freeKiB", c.freeKiB());
            JsonParts.reason(n.putObject("verdict"), c.verdict());
        }
        return candidates;
    }

    private static ObjectNode memnodes(Map<Integer, MemoryPlacement> memnodes) {
        ObjectNode o = JSON.objectNode();
        new TreeMap<>(memnodes).forEach((cell, m) -> o.putObject(cell.toString())
                .put("nodeset", m.nodeset().toString())
                .put("mode", m.mode().word()));
        return o;
    }

    private static ObjectNode pins(Map<Integer, IdSet> pins) {
        ObjectNode o = JSON.objectNode();
        new TreeMap<>(pins).forEach((k, v) -> o.put(k.toString(), v.toString()));
        return o;
    }
}
