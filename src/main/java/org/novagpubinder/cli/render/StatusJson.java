package org.novagpubinder.cli.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.cli.live.DaemonView;
import org.novagpubinder.observability.JsonParts;
import org.novagpubinder.observability.OutcomesJson;
import org.novagpubinder.passthrough.PassedThrough.Neighbor;

/** {@code status --json}; pure. */
public final class StatusJson {
    private StatusJson() {}

    /**
     * The daemon and the guests, as one document.
     *
     * @param neighbors of the only guest; empty for many
     */
    public static String of(List<DomainStatus> all, DaemonView daemon, Optional<List<Neighbor>> neighbors) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ObjectNode d = document.putObject("daemon").put("state", daemon.state());
        d.put("text", daemon.text().isEmpty() ? null : daemon.text());
        d.put("observeOnly", daemon.observes());
        JsonParts.texts(d, "causes", daemon.causes());
        ArrayNode domains = document.putArray("domains");
        for (DomainStatus s : all) {
            ObjectNode o = domains.addObject();
            one(s, o);
            neighbors.ifPresent(n -> neighbors(n, o.putArray("neighbors")));
        }
        return JsonParts.text(document);
    }

    private static void one(DomainStatus s, ObjectNode o) {
        o.put("uuid", s.uuid().toString()).put("domain", s.domain()).put("running", s.running());
        o.put("instanceName", s.instanceName());
        o.put("flavor", s.flavor());
        ArrayNode gpus = o.putArray("gpus");
        s.gpus().forEach(g -> gpus.addObject()
                .put("kind", g.kind().name().toLowerCase(Locale.ROOT))
                .put("address", g.gpu().map(Object::toString).orElse(null))
                .put("text", g.text()));
        JsonParts.ids(o, "gpuNodes", s.gpuNodes());
        JsonParts.ids(o, "vcpuNodes", s.vcpuNodes());
        JsonParts.ids(o, "emulatorNodes", s.emulatorNodes());
        memory(o, s.residentKiB());
        o.put("renderNode", s.renderNode());
        o.put("outcome", s.outcome().word());
        JsonParts.reasons(o, s.reasons());
        if (s.last() == null) {
            o.putNull("lastOutcome");
        } else {
            OutcomesJson.write(s.last(), o.putObject("lastOutcome"));
        }
    }

    /** {@code "memoryPercent": {node: percent}}. */
    static void memory(ObjectNode to, Map<Integer, Long> residentKiB) {
        long all = residentKiB.values().stream().mapToLong(Long::longValue).sum();
        ObjectNode percent = to.putObject("memoryPercent");
        new TreeMap<>(residentKiB)
                .forEach((node, kib) ->
                        percent.put(node.toString(), all == 0 ? 0 : Math.round(kib * 1000.0 / all) / 10.0));
    }

    private static void neighbors(List<Neighbor> neighbors, ArrayNode to) {
        neighbors.forEach(n -> to.addObject()
                .put("kind", n.device().kind().name().toLowerCase(Locale.ROOT))
                .put("address", n.device().address().toString())
                .put("gpu", n.gpu().toString())
                .put("link", n.link() == null ? null : n.link().name()));
    }
}
