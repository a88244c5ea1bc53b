package org.novagpubinder.host.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** What is in /dev, below any root. */
public record DeviceFiles(Path root) {
    /** Whether device files can be seen at all: a captured tree of sys/ and proc/ has none. */
    public boolean there() {
        return is(root.resolve("proc/1/root/dev")) || is(root.resolve("dev"));
    }

    public boolean ofThisMachine() {
        return root.equals(Path.of("/"));
    }

    /**
     * Whether the device file, e.g. /dev/dri/renderD129, is there. The host's own /dev is that of process 1, which root
     * may look into; systemd gives a service one without GPUs (PrivateDevices), and a container has its own.
     */
    public boolean exists(String path) {
        return below(root.resolve("proc/1/root"), path) || below(root, path);
    }

    /** An absolute link leads to what is below the same root, not into this process's own /dev. */
    private static boolean below(Path root, String path) {
        return new Dir(root, root).resolved(path).filter(DeviceFiles::is).isPresent();
    }

    /** By stat(2): access(2), which Files.exists calls, is denied for a device that the service's cgroup may not open. */
    private static boolean is(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class) != null;
        } catch (IOException e) {
            return false;
        }
    }
}
