package org.novagpubinder.domain.needs;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.needs.StartNeed.Kind;
import org.novagpubinder.domain.xml.XmlElement;

/** What a guest's displays and video devices need. */
record DisplayNeeds(NeedList needs) {
    private static final Set<String> KINDS = Set.of("vnc", "spice", "egl-headless", "dbus");

    void read(XmlElement e) {
        if (e.name().equals("video")) {
            video(e);
        } else {
            graphics(e);
        }
    }

    private void video(XmlElement e) {
        if (e.first("driver").filter(d -> d.has("name", "vhostuser")).isPresent()) {
            needs.unknown("<video> of driver vhostuser");
        }
        e.all("model", "acceleration").forEach(a -> needs.pathIfNamed("its render node", a.attribute("rendernode")));
    }

    private void graphics(XmlElement e) {
        String type = e.attributes().getOrDefault("type", "");
        // sdl needs the X server of somebody who is logged in
        if (!KINDS.contains(type)) {
            needs.unknown(NeedList.tag(e));
            return;
        }
        if (type.equals("dbus") && !e.has("p2p", "yes")) {
            if (e.attribute("address") != null) {
                needs.unknown("<graphics type='dbus'> with a bus of its own");
            } else {
                needs.program("for its display the program", "dbus-daemon");
            }
        }
        needs.directoryOf("the socket of its display", e.attribute("socket"));
        for (XmlElement listen : e.all("listen")) {
            switch (listen.attributes().getOrDefault("type", "")) {
                case "address", "none" -> {}
                case "network" -> needs.named(Kind.NETWORK, "its display: libvirt's network", listen, "network");
                case "socket" -> needs.directoryOf("the socket of its display", listen.attribute("socket"));
                default -> needs.unknown(NeedList.tag(listen) + " in " + NeedList.tag(e));
            }
        }
        renderNode(e, type);
    }

    private void renderNode(XmlElement e, String type) {
        Optional<XmlElement> gl = e.first("gl");
        @Nullable String node = gl.map(g -> g.attribute("rendernode")).orElse(null);
        boolean wanted = type.equals("egl-headless")
                || gl.filter(g -> g.has("enable", "yes")).isPresent();
        if (node != null) {
            needs.path("its render node", node);
        } else if (wanted) {
            // virutil.c:virHostGetDRMRenderNode takes the first that it finds
            needs.path("a render node for its display", "/dev/dri");
        }
    }
}
