package org.novagpubinder.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which boot of the host this is. What is counted from a boot, such as the start of a process in /proc/PID/stat, means
 * nothing after the next one.
 */
public final class BootId {
    private final Path root;

    /** @param root the directory that has proc/: / for this machine */
    public BootId(Path root) {
        this.root = root;
    }

    /**
     * The UUID that the kernel made up at this boot (drivers/char/random.c, boot_id); empty if /proc does not tell, and then
     * nothing must be concluded from what an earlier process has left.
     */
    public Optional<String> now() {
        try {
            return Dir.open(root)
                    .dir("proc/sys/kernel/random")
                    .flatMap(d -> d.text("boot_id"))
                    .filter(id -> id.matches("[0-9a-f-]{36}"));
        } catch (IOException noRoot) {
            return Optional.empty();
        }
    }
}
