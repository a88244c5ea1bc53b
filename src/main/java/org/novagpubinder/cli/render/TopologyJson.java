package org.novagpubinder.cli.render;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.PciAddress;

/** A host as {@code topology --json} prints it; the names are a contract. Pure. */
public final class TopologyJson {
    private TopologyJson() {}

    public static ObjectNode of(HostTopology host, Optional<Map<PciAddress, Integer>> users) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        host.nodes().stream().map(n -> node(n, host)).forEach(document.putArray("nodes")::add);
        host.gpus().stream().map(g -> gpu(g, users)).forEach(document.putArray("gpus")::add);
        return document;
    }

    private static ObjectNode node(Node node, HostTopology host) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", node.id());
        json.put("cpus", node.cpus().toString());
        json.put("memoryKiB", node.memoryKiB());
        json.put("freeKiB", node.freeKiB());
        ObjectNode distances = json.putObject("distances");
        host.nodes().forEach(to -> distances.put(Integer.toString(to.id()), host.distance(node.id(), to.id())));
        json.put("socket", node.socket() < 0 ? null : (Integer) node.socket());
        return json;
    }

    private static ObjectNode gpu(Gpu gpu, Optional<Map<PciAddress, Integer>> users) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("address", gpu.address().toString());
        json.put("vendor", gpu.vendor());
        json.put("device", gpu.device());
        json.put("class", gpu.pciClass());
        json.put("driver", gpu.driver());
        json.put("node", gpu.nodeId());
        json.put("nodeSource", gpu.nodeSource().word());
        json.put("renderNode", gpu.renderNode());
        json.put(
                "physicalFunction",
                gpu.physicalFunction() == null ? null : gpu.physicalFunction().toString());
        json.put("vgpuType", gpu.vgpuType());
        json.put("bindable", gpu.bindable());
        json.put("users", users.map(u -> u.getOrDefault(gpu.physical(), 0)).orElse(null));
        return json;
    }
}
