package org.novagpubinder.domain.needs;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.xml.XmlElement;

/** What the other end of a character device needs (domain_conf.c:virDomainChrSourceDefParseXML). */
record ChardevNeeds(NeedList needs) {
    /** @param what the device in words */
    void read(XmlElement e, String what) {
        String type = e.attributes().getOrDefault("type", "pty");
        @Nullable String path = e.childAttribute("source", "path");
        String mode = e.first("source").map(s -> s.attribute("mode")).orElse("connect");
        switch (type) {
            case "pty", "null", "vc", "stdio", "spicevmc", "spiceport", "qemu-vdagent", "dbus", "udp" -> {}
            case "file" -> needs.directoryOf(what, path);
            case "dev" -> needs.path(what, path);
            case "pipe" -> needs.path(what, path, path == null ? null : path + ".in");
            case "unix" -> unix(what, mode, path);
            case "tcp" -> {
                if (!mode.equals("bind")) {
                    needs.unknown("the far end of " + what + ", a TCP server");
                }
            }
            default -> needs.unknown(NeedList.tag(e));
        }
    }

    private void unix(String what, String mode, @Nullable String path) {
        if (path == null) {
            // a channel: libvirt makes both the path and the socket
            return;
        }
        switch (mode) {
            case "bind" -> needs.directoryOf(what, path);
            case "connect" -> needs.socket("the socket of " + what, path);
            default -> needs.unknown(what + " of mode " + mode);
        }
    }
}
