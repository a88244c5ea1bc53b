package org.novagpubinder.cli.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The daemon of this host as a unit of systemd. */
public final class DaemonUnit {
    private static final long PATIENCE_S = 30;

    /** How a daemon that runs is made to read its configuration again. */
    public enum Restarted {
        /** By systemd, if it runs at all. */
        DONE,
        /** systemd does not run here, or has refused: somebody has to do it. */
        LEFT_TO_YOU
    }

    /**
     * Has systemd start the daemon again if it runs. Guests do not notice: what was begun is finished by the next process.
     *
     * @throws InterruptedException if this thread was interrupted meanwhile
     */
    public Restarted restart() throws InterruptedException {
        // sd_booted(3)
        if (!Files.isDirectory(Path.of("/run/systemd/system"))) {
            return Restarted.LEFT_TO_YOU;
        }
        try {
            // without waiting for READY: that it hears Nova may take long
            Process systemctl = new ProcessBuilder("systemctl", "--no-block", "try-restart", "nova-gpu-binder.service")
                    .inheritIO()
                    .start();
            if (systemctl.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                return systemctl.exitValue() == 0 ? Restarted.DONE : Restarted.LEFT_TO_YOU;
            }
            systemctl.destroy();
            return Restarted.LEFT_TO_YOU;
        } catch (IOException e) {
            return Restarted.LEFT_TO_YOU;
        }
    }
}
