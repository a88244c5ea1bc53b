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

    /** Whether the device file, e.g. /dev/dri/renderD129, is there. */
    public boolean exists(String path) {
        return Files.exists(root.resolve(path.substring(1)));
    }
}
