package org.novagpubinder.restarts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.host.files.RuntimeDirectory;
import org.novagpubinder.host.proc.HostBoot;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.restarts.FailureNotes.Kind;
import org.novagpubinder.restarts.FailureNotes.Note;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The starts that failed with our binding: restarts of ours, and Nova's own starts after the binding was written into the
 * definition. Such a guest is not started with it again; after two failed restarts within an hour no guest is restarted, and
 * after the failed starts of two guests in a row none is bound before Nova's start (the breakers), before an operator says so
 * or the host boots. That outlives Nova's next definition, which has no record of ours, and the daemon: it stands in a file,
 * which the commands read and change too. What cannot be read forbids every restart; what cannot be written is remembered by
 * this process.
 *
 * <p>How long ago a failure was is measured by the host's uptime, which nobody sets.
 */
@Singleton
public final class RestartFailures {
    private static final Logger LOG = LoggerFactory.getLogger(RestartFailures.class);

    static final Duration PATIENCE = Duration.ofSeconds(2);

    private final FailureNotes notes;
    private final HostBoot boot;
    private final Clock clock;

    @Inject
    RestartFailures(BinderConfig config, RuntimeDirectory directory, HostBoot boot) {
        this(directory.of(config.operator().runtimeDirectory()), boot, Clock.systemUTC(), PATIENCE);
    }

    /** @param patience so long another process that writes is waited for */
    RestartFailures(Path directory, HostBoot boot, Clock clock, Duration patience) {
        this.notes = new FailureNotes(new RestartFile(directory, patience, boot::id));
        this.boot = boot;
        this.clock = clock;
    }

    /** Why the guest must not be restarted now, on its own account or the host's; empty if it may. */
    public synchronized Optional<Reason> forbids(UUID uuid) {
        notes.writeWhatIsLeft();
        RestartState standing = standing();
        Optional<Reason> own = standing.of(uuid).map(RestartFailures::own);
        if (own.isEmpty() && standing.trouble() != null) {
            notes.tellOnce(standing.trouble());
        }
        return own.or(standing::forbids);
    }

    /** Why no guest of this host may be restarted; empty if guests may be. */
    public synchronized Optional<Reason> suspended() {
        return standing().forbids();
    }

    /** Why the guest's binding must not be written before its start; empty if it may. */
    public synchronized Optional<String> forbidsBeforeStart(UUID uuid) {
        RestartState standing = standing();
        return standing.of(uuid)
                .map(RestartFailures::own)
                .or(standing::forbids)
                .map(Reason::text)
                .or(standing::startsSuspended);
    }

    /** Why the guest's own binding must not be tried again: it did not start with it. Empty if that never happened. */
    public synchronized Optional<Reason> remembered(UUID uuid) {
        return standing().of(uuid).map(RestartFailures::own);
    }

    private static Reason own(FailedRestart failure) {
        return new Reason(
                Code.RESTART_FAILED,
                "its start with its binding failed (" + failure.cause() + ", " + at(failure.time())
                        + "): not tried again before the host boots, `nova-gpu-binder restarts --allow "
                        + failure.domain() + "`, or `nova-gpu-binder bind --restart " + failure.domain() + "`");
    }

    /**
     * The restart of a guest has failed: it runs with another definition, or is off. May be told more than once.
     *
     * @param domain libvirt's name of it
     * @param cause what libvirt or QEMU objected to
     */
    public synchronized void failed(UUID uuid, String domain, String cause) {
        boolean before = standing().suspended().isPresent();
        add(uuid, domain, cause, Kind.RESTART);
        Suspension suspension = standing().suspension();
        if (suspension != null && !before) {
            LOG.error(
                    "no guest is restarted on this host any more, nor bound before its start: {}. All of them run on as they"
                            + " are, and what needs a start waits for their next one. Find out why they did not start, then"
                            + " `nova-gpu-binder restarts --allow`; the host's next boot ends it too",
                    suspension.why());
        }
    }

    private void add(UUID uuid, String domain, String cause, Kind kind) {
        notes.add(new Note(new FailedRestart(uuid, domain, cause, clock.instant(), uptime()), kind));
    }

    /**
     * Nova's start of a guest has failed after our binding was written into its definition.
     *
     * @param stays whether Nova has the guest on this host all the same
     */
    public synchronized void startFailed(UUID uuid, String domain, String cause, boolean stays) {
        boolean before = standing().startsSuspended().isPresent();
        add(uuid, domain, cause, stays ? Kind.START : Kind.START_OF_ONE_THAT_IS_GONE);
        Optional<String> suspended = standing().startsSuspended();
        if (suspended.isPresent() && !before) {
            LOG.error("{}. Guests are bound after their start, as without early_define", suspended.get());
        }
    }

    /** The same of a guest that stays and whose start has failed for what is its own: the row of others is as it was. */
    public synchronized void ownStartFailed(UUID uuid, String domain, String cause) {
        add(uuid, domain, cause, Kind.START_OF_ITS_OWN);
    }

    /** A guest has started with a binding that was written before Nova's start. */
    public synchronized void startWon() {
        if (!standing().starts().isEmpty()) {
            notes.startWon();
        }
    }

    /** The guest was restarted and runs with its binding, or the instance was deleted. */
    public synchronized void forget(UUID uuid) {
        notes.forget(uuid);
    }

    /**
     * An operator lets the guest be restarted again.
     *
     * @return what was remembered of it; empty if nothing was
     * @throws IOException if the file can be neither read nor written; the message says which, why, and what to do
     */
    public synchronized Optional<FailedRestart> allow(UUID uuid) throws IOException {
        return notes.allow(uuid);
    }

    /**
     * An operator lets all guests be restarted again, whatever the file says.
     *
     * @return how it stood before
     * @throws IOException if the file cannot be written; the message says which, why, and what to do
     */
    public synchronized RestartState allowAll() throws IOException {
        RestartState before = standing();
        notes.replace(RestartMemory.released(uptime()));
        return before;
    }

    public synchronized RestartState standing() {
        return notes.now();
    }

    private Duration uptime() {
        return boot.uptime().orElse(Duration.ofMillis(-1));
    }

    /** For people. */
    static Instant at(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }
}
