package org.novagpubinder.domain.libvirt;

import java.nio.file.Files;
import java.nio.file.Path;

/** The daemon of libvirt that has QEMU's guests on this host, for those who tell an operator what to start. */
public final class LibvirtDaemon {
    private LibvirtDaemon() {}

    /** virtqemud, where libvirt is split into a daemon for each driver and that one listens; else libvirtd. */
    public static String name() {
        return Files.exists(Path.of("/run/libvirt/virtqemud-sock")) ? "virtqemud" : "libvirtd";
    }
}
