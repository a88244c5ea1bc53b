package org.novagpubinder.host;

import java.nio.file.Files;
import java.nio.file.Path;

/** What is in /dev, below any root. */
public final class DeviceFiles {
    private final Path root;

    /** @param root the directory that has dev/: / for this machine */
    public DeviceFiles(Path root) {
        this.root = root;
    }

    /**
     * Whether the device file, e.g. /dev/dri/renderD129, is there. The host's own /dev is that of process 1, which root
     * may look into; systemd gives a service one without GPUs (PrivateDevices), and a container has its own.
     */
    public boolean exists(String path) {
        String relative = path.substring(1);
        return Files.exists(root.resolve("proc/1/root").resolve(relative)) || Files.exists(root.resolve(relative));
    }
}
