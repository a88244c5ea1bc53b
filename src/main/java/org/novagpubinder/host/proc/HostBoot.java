package org.novagpubinder.host.proc;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.novagpubinder.host.files.Dir;

/** The host's boot: which one it is, and how long ago. Neither is changed by whoever sets the host's clock. */
public record HostBoot(Path root) {
    /** Of a clock tick of this class. */
    public static final int MILLIS_PER_TICK = QemuProcesses.MILLIS_PER_TICK;

    /** The kernel's id of this boot, a random UUID ({@code drivers/char/random.c}); empty if the tree does not tell it. */
    public Optional<String> id() {
        return proc().flatMap(p -> p.dir("sys/kernel/random")).flatMap(d -> d.text("boot_id"));
    }

    /** How long the host has been up, the time in which it slept included; empty if the tree does not tell it. */
    public Optional<Duration> uptime() {
        return ticks().map(ticks -> Duration.ofMillis(ticks * MILLIS_PER_TICK));
    }

    /** The same in clock ticks, as {@link QemuProcess#startTicks}. */
    public Optional<Long> ticks() {
        return proc().flatMap(QemuProcesses::uptime);
    }

    private Optional<Dir> proc() {
        return Dir.below(root, "proc");
    }
}
