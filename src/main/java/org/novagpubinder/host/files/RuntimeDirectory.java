package org.novagpubinder.host.files;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where files stand that end with the host's boot. */
public record RuntimeDirectory(Path root) {
    /** Below the root; systemd makes it ({@code RuntimeDirectory=} of the unit). */
    private static final String USUAL = "run/nova-gpu-binder";

    /**
     * The directory.
     *
     * @param configured as the configuration or systemd names it; null if neither does
     */
    public Path of(@Nullable Path configured) {
        return configured == null ? root.resolve(USUAL) : configured;
    }
}
