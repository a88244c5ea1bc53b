package org.novagpubinder.domain.libvirt;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The daemon of libvirt that has QEMU's guests on this host, for those who tell an operator what to start. */
public final class LibvirtDaemon {
    private LibvirtDaemon() {}

    /** virtqemud, where libvirt is split into a daemon for each driver and that one listens, or is to; else libvirtd. */
    public static String name() {
        return name(Path.of("/"));
    }

    /** What to do about a trouble of which it tells more. */
    public static String lookIntoLog() {
        return "look into libvirt's log (journalctl -u " + name() + ")";
    }

    /** Started beside it, libvirtd would stop virtqemud (its unit's Conflicts=). */
    static String name(Path root) {
        return Stream.of(
                                "run/libvirt/virtqemud-sock",
                                "etc/systemd/system/sockets.target.wants/virtqemud.socket",
                                "etc/systemd/system/multi-user.target.wants/virtqemud.service")
                        .anyMatch(sign -> Files.exists(root.resolve(sign), LinkOption.NOFOLLOW_LINKS))
                ? "virtqemud"
                : "libvirtd";
    }
}
