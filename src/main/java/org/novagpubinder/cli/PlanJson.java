package org.novagpubinder.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.Plan;
import org.novagpubinder.placement.Plan.MemoryWhen;

/** {@code plan --json} (design 8). */
final class PlanJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private PlanJson() {}

    /**
     * One plan.
     *
     * @param restart whether it would be restarted
     * @param definition the inactive XML as it would be defined; null if it stays
     */
    static ObjectNode of(Plan plan, MemoryWhen when, boolean restart, @Nullable String definition) {
        ObjectNode o = JSON.objectNode();
        o.put("uuid", plan.uuid().toString());
        o.put("outcome", plan.outcome().word());
        var reasons = o.putArray("reasons");
        plan.reasons()
                .forEach(r -> reasons.addObject().put("code", r.code().word()).put("text", r.text()));
        var nodes = o.putArray("nodes");
        plan.nodes().stream().forEach(nodes::add);
        o.set("vcpus", pins(plan.target().vcpuPins()));
        o.put(
                "emulator",
                plan.target().emulator() == null
                        ? null
                        : plan.target().emulator().toString());
        o.set("iothreads", pins(plan.target().iothreadPins()));
        var memory = plan.target().memory();
        o.putObject("memory")
                .put("nodeset", memory == null ? null : memory.nodeset().toString())
                .put("mode", memory == null ? null : memory.mode().word())
                .put("when", when.word());
        o.put("renderNode", plan.target().renderNode());
        o.put("restart", restart);
        o.put("definition", definition);
        var candidates = o.putArray("candidates");
        plan.candidates().forEach(c -> {
            ObjectNode n = candidates.addObject();
            var ids = n.putArray("nodes");
            c.nodes().stream().forEach(ids::add);
            n.put("renderNode", c.renderNode())
                    .put("fits", c.fits())
                    .put("distance", c.distance())
                    .put("gpuUsers", c.gpuUsers())
                    .put("load", c.load())
                    .put("freeKiB", c.freeKiB())
                    .put("code", c.verdict().code().word())
                    .put("text", c.verdict().text());
        });
        return o;
    }

    private static ObjectNode pins(Map<Integer, IdSet> pins) {
        ObjectNode o = JSON.objectNode();
        new TreeMap<>(pins).forEach((k, v) -> o.put(k.toString(), v.toString()));
        return o;
    }
}
