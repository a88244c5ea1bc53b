package org.novagpubinder.restarts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.host.files.RuntimeDirectory;
import org.novagpubinder.host.proc.HostBoot;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The starts that failed with our binding: a restart of ours, or Nova's own start after the binding was written into the
 * definition. Such a guest is not restarted by us and not bound before its start any more, and after two failures within an
 * hour no guest is (the breaker), before an operator says so or the host boots. That outlives Nova's next definition, which has no
 * record of ours, and the daemon: it stands in a file, which the commands read and change too. What cannot be read forbids
 * every restart; what cannot be written is remembered by this process.
 *
 * <p>How long ago a failure was is measured by the host's uptime, which nobody sets.
 */
@Singleton
public final class RestartFailures {
    private static final Logger LOG = LoggerFactory.getLogger(RestartFailures.class);

    private final RestartFile file;
    private final HostBoot boot;
    private final Clock clock;

    /** What could not be written yet, oldest first. */
    private final List<FailedRestart> unwritten = new ArrayList<>();

    private @Nullable String told;

    @Inject
    RestartFailures(BinderConfig config, RuntimeDirectory directory, HostBoot boot) {
        this(directory.of(config.operator().runtimeDirectory()), boot, Clock.systemUTC());
    }

    RestartFailures(Path directory, HostBoot boot, Clock clock) {
        this.file = new RestartFile(directory, boot::id);
        this.boot = boot;
        this.clock = clock;
    }

    /** Why the guest must not be restarted now, on its own account or the host's; empty if it may. */
    public synchronized Optional<Reason> forbids(UUID uuid) {
        writeWhatIsLeft();
        RestartState standing = standing();
        Optional<Reason> own = standing.of(uuid).map(RestartFailures::own);
        if (own.isEmpty() && standing.trouble() != null) {
            tellOnce(standing.trouble());
        }
        return own.or(() -> suspended(standing));
    }

    /** Why no guest of this host may be restarted; empty if guests may be. */
    public synchronized Optional<Reason> suspended() {
        return suspended(standing());
    }

    private static Optional<Reason> suspended(RestartState standing) {
        return standing.suspended().map(why -> new Reason(Code.RESTARTS_SUSPENDED, why));
    }

    /**
     * Why the guest's own binding must not be tried again, not even while it runs: our restart of it failed. Empty if that
     * never happened. After a failed start of Nova's the guest has come up by another, and is bound as it runs.
     */
    public synchronized Optional<Reason> remembered(UUID uuid) {
        return standing().of(uuid).filter(f -> !f.novas()).map(RestartFailures::own);
    }

    private static Reason own(FailedRestart failure) {
        return new Reason(
                Code.RESTART_FAILED,
                "its start with its binding failed (" + failure.cause() + ", " + at(failure.time())
                        + "): not tried again before the host boots or `nova-gpu-binder bind --restart "
                        + failure.domain() + "`");
    }

    /**
     * The restart of a guest has failed: it runs with another definition, or is off. May be told more than once.
     *
     * @param domain libvirt's name of it
     * @param cause what libvirt or QEMU objected to
     */
    public synchronized void failed(UUID uuid, String domain, String cause) {
        failed(new FailedRestart(uuid, domain, cause, clock.instant(), uptime(), false));
    }

    /** Nova's start of a guest has failed after our binding was written into its definition. */
    public synchronized void startFailed(UUID uuid, String domain, String cause) {
        failed(new FailedRestart(uuid, domain, cause, clock.instant(), uptime(), true));
    }

    private void failed(FailedRestart failure) {
        boolean before = standing().suspended().isPresent();
        unwritten.add(failure);
        writeWhatIsLeft();
        Suspension suspension = standing().suspension();
        if (suspension != null && !before) {
            LOG.error(
                    "no guest is restarted on this host any more: {}. All of them run on as they are, and what needs a"
                            + " start waits for their next one. Find out why they did not start, then"
                            + " `nova-gpu-binder restarts --allow`; the host's next boot ends it too",
                    suspension.why());
        }
    }

    /** The guest was restarted and runs with its binding, or the instance was deleted. */
    public synchronized void forget(UUID uuid) {
        unwritten.removeIf(f -> f.uuid().equals(uuid));
        if (file.read().memory().of(uuid).isEmpty()) {
            return;
        }
        try {
            file.update(memory -> memory.without(uuid));
        } catch (IOException e) {
            // it is not restarted once more, which is the safe side
            LOG.warn("instance {}: that its restart once failed stays in {}: {}", uuid, file.path(), e.getMessage());
        }
    }

    /**
     * An operator lets the guest be restarted again.
     *
     * @return what was remembered of it; empty if nothing was
     * @throws IOException if the file can be neither read nor written; the message says which, why, and what to do
     */
    public synchronized Optional<FailedRestart> allow(UUID uuid) throws IOException {
        RestartFile.Reading now = file.read();
        if (now.trouble() == null && now.memory().of(uuid).isEmpty()) {
            return Optional.empty();
        }
        try {
            file.update(memory -> memory.without(uuid));
            return now.memory().of(uuid);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /**
     * An operator lets all guests be restarted again, whatever the file says.
     *
     * @return how it stood before
     * @throws IOException if the file cannot be written; the message says which, why, and what to do
     */
    public synchronized RestartState allowAll() throws IOException {
        RestartState before = standing();
        try {
            file.replace(RestartMemory.released(uptime()));
        } catch (IOException e) {
            throw failure(e);
        }
        unwritten.clear();
        return before;
    }

    private IOException failure(IOException e) {
        return new IOException(
                file.path() + " cannot be changed: " + e.getMessage()
                        + "; run it as the daemon's user (root), or see whether its directory is there and can be written",
                e);
    }

    /**
     * How it stands.
     *
     * @param guests the guests that are not restarted again, oldest first
     * @param suspension null if others may be restarted
     * @param trouble why the file cannot be read, and so no guest may be restarted, a sentence; null if it can
     */
    public record RestartState(
            List<FailedRestart> guests,
            @Nullable Suspension suspension,
            @Nullable String trouble) {
        public RestartState {
            guests = List.copyOf(guests);
        }

        /** The failure of the guest that is remembered. */
        public Optional<FailedRestart> of(UUID uuid) {
            return guests.stream().filter(g -> g.uuid().equals(uuid)).findFirst();
        }

        /** Why no guest is restarted on this host, and what to do: one sentence; empty if guests may be. */
        public Optional<String> suspended() {
            if (trouble != null) {
                return Optional.of(trouble);
            }
            return Optional.ofNullable(suspension)
                    .map(s -> "no guest is restarted on this host since " + at(s.since()) + ": " + s.why()
                            + "; find out why, then `nova-gpu-binder restarts --allow`");
        }
    }

    /** How it stands now. */
    public synchronized RestartState standing() {
        RestartFile.Reading now = file.read();
        RestartMemory memory = now.memory();
        for (FailedRestart failure : unwritten) {
            memory = memory.settles(failure) ? memory : memory.failed(failure);
        }
        String trouble = now.trouble() == null
                ? null
                : "no guest is restarted on this host: which restarts have failed is not known, for " + file.path()
                        + " cannot be read (" + now.trouble()
                        + "); `nova-gpu-binder restarts --allow`, by the daemon's user (root), begins it anew";
        return new RestartState(memory.guests(), memory.suspension(), trouble);
    }

    private void writeWhatIsLeft() {
        if (unwritten.isEmpty()) {
            return;
        }
        try {
            file.update(memory -> {
                RestartMemory next = memory;
                for (FailedRestart failure : unwritten) {
                    next = memory.settles(failure) ? next : next.failed(failure);
                }
                return next;
            });
            unwritten.clear();
            told = null;
        } catch (IOException e) {
            tellOnce("failed restarts are remembered by this process alone, until it ends: " + file.path()
                    + " cannot be written (" + e.getMessage()
                    + "); its directory has to be there and writable for the daemon, see runtime_directory in"
                    + " [gpu_binder]");
        }
    }

    private void tellOnce(String trouble) {
        if (!trouble.equals(told)) {
            LOG.error("{}", trouble);
            told = trouble;
        }
    }

    private Duration uptime() {
        return boot.uptime().orElse(Duration.ofMillis(-1));
    }

    /** For people. */
    static Instant at(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }
}
