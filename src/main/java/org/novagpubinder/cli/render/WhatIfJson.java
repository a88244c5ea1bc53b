package org.novagpubinder.cli.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.novagpubinder.observability.JsonParts;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.whatif.WhatIfAnswer.OnGpu;
import org.novagpubinder.placement.whatif.WhatIfAnswer.Stop;

/** {@code plan --what-if --json}; the fields are told by {@code plan --help}. */
public final class WhatIfJson {
    private WhatIfJson() {}

    public static ObjectNode of(WhatIfResult r) {
        ObjectNode o = JsonNodeFactory.instance.objectNode();
        Guest guest = r.template().guest();
        o.putObject("guest")
                .put("like", r.like())
                .put("vcpus", guest.currentVcpus())
                .put("memoryKiB", guest.memoryKiB())
                .put("hugePageKiB", guest.hugePageKiB())
                .put("gpu", kind(r.template().kind()))
                .put("gpus", r.template().gpus());
        o.put("together", r.answer().together());
        stop(o, r.answer().stop());
        JsonParts.texts(o, "notes", r.notes());
        ArrayNode gpus = o.putArray("gpus");
        for (OnGpu g : r.answer().gpus()) {
            ObjectNode n = gpus.addObject()
                    .put("address", g.gpu().address().toString())
                    .put("node", g.gpu().nodeId())
                    .put("renderNode", g.gpu().renderNode())
                    .put("users", g.users())
                    .put("functions", g.functions())
                    .put("freeFunctions", g.free())
                    .put("alone", g.alone());
            stop(n, g.stop());
            n.put("share", g.share());
        }
        return o;
    }

    static String kind(GpuUse.Kind kind) {
        return switch (kind) {
            case RENDER_NODE -> "render";
            case PCI -> "pci";
            case MDEV -> "mdev";
        };
    }

    private static void stop(ObjectNode o, Stop stop) {
        o.putObject("stop").put("code", stop.code()).put("text", stop.text());
    }
}
