package org.novagpubinder.cli.live;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The daemon of this host as a unit of systemd. */
public final class DaemonUnit {
    private static final long PATIENCE_S = 30;
    private static final String UNIT = "nova-gpu-binder.service";

    /** In which a process of it may run: it is activating as long as it waits for the broker. */
    private static final Set<String> RUNS = Set.of("active", "activating", "reloading");

    /** How a daemon that runs is made to read its configuration again. */
    public enum Restarted {
        DONE,
        /** It does not run, as far as systemd knows: its next start reads it. */
        NOT_RUNNING,
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
            // try-restart does nothing to a unit that is activating
            String state = systemctl("show", "--property=ActiveState", "--value", UNIT);
            if (!RUNS.contains(state)) {
                return Restarted.NOT_RUNNING;
            }
            // without waiting for READY: that it hears Nova may take long
            systemctl("--no-block", "restart", UNIT);
            return Restarted.DONE;
        } catch (IOException e) {
            return Restarted.LEFT_TO_YOU;
        }
    }

    private static String systemctl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("systemctl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
            process.destroy();
            throw new IOException("no answer");
        }
        if (process.exitValue() != 0) {
            throw new IOException("exit status " + process.exitValue());
        }
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}
