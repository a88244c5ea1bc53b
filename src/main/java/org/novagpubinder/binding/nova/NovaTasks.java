package org.novagpubinder.binding.nova;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.host.common.RecentMap;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.InstanceEvent.Task;

/**
 * What Nova is doing to which instance, as its notifications tell it. A task lasts from its {@code .start} to its
 * {@code .end} or {@code .error}, but no longer than an hour: a task that fails may end without a word. Messages may come
 * twice, late and out of order; Nova's request id, which a task keeps from its start to its end, tells a start that comes
 * after its own end. A task of which no end is told is over when the method fails that did it, when Nova begins another that
 * it would not begin beside it, and when nova-compute was started anew and has not taken it up again.
 */
@Singleton
public final class NovaTasks {
    /** So long a task counts as under way though no end of it is heard. */
    public static final Duration LONGEST = Duration.ofHours(1);

    /** The same of one whose end may have been lost with the broker. */
    static final Duration UNSURE = Duration.ofMinutes(10);

    /** Of a guest that had left as well, and whose leaving was not told to its end. */
    private static final String ARRIVED = "instance.live_migration_post_dest.end";

    private static final int REMEMBERED = 10_000;

    private final String host;
    private final InstantSource time;
    private final Map<UUID, InstanceTasks> instances = RecentMap.ofMost(REMEMBERED);

    @Inject
    NovaTasks(BinderConfig config, InstantSource time) {
        this.host = config.host();
        this.time = time;
    }

    /**
     * Takes note of an event.
     *
     * @return false if it is the start of a task whose end was heard before: nothing may follow from it
     */
    public synchronized boolean heard(UUID uuid, InstanceEvent event) {
        if (event.event().equals(ARRIVED) && host.equals(event.host())) {
            known(uuid).ifPresent(i -> i.arrived(event.sent()));
        }
        Optional<Task> marked = event.task();
        if (marked.isEmpty()) {
            return true;
        }
        Task task = marked.get();
        String requestId = event.requestId();
        InstanceTasks i = instances.computeIfAbsent(uuid, u -> new InstanceTasks());
        if (task.begins()) {
            boolean leaves = leavesHere(event);
            if (i.hasEnded(task.name(), requestId) || (leaves && i.hasEnded(TaskTables.MIGRATION, requestId))) {
                return false;
            }
            i.begin(event, task.name(), leaves, time.instant());
        } else {
            i.end(task.name(), requestId);
            if (event.event().endsWith(".error")) {
                i.failed(task.name(), requestId);
            }
            if (endsMigration(event)) {
                i.endMigration(requestId);
            }
        }
        return true;
    }

    /**
     * Takes note of a failed method of nova-compute's.
     *
     * @return which tasks have ended by that, by instance
     */
    public synchronized Map<UUID, List<String>> failed(InstanceEvent event) {
        Map<UUID, List<String>> ended = new LinkedHashMap<>();
        instances.forEach((uuid, i) -> {
            List<String> of = i.failed(event.requestId());
            if (!of.isEmpty()) {
                ended.put(uuid, of);
            }
        });
        return ended;
    }

    /** Whether the guest is about to leave this host by live migration. */
    public boolean leavesHere(InstanceEvent event) {
        if (event.action() != InstanceEvent.Action.RELEASE) {
            return false;
        }
        String source = event.sourceHost() == null ? event.host() : event.sourceHost();
        return host.equals(source);
    }

    private static boolean endsMigration(InstanceEvent event) {
        return event.event().equals("instance.live_migration_post.end")
                || event.event().equals("instance.live_migration_rollback.end")
                || (event.event().startsWith("instance.live_migration_")
                        && event.event().endsWith(".error"));
    }

    /** The instance's tasks; empty if none was ever heard of. */
    private Optional<InstanceTasks> known(UUID uuid) {
        return Optional.ofNullable(instances.get(uuid));
    }

    /** The same without those that are overdue. */
    private Optional<InstanceTasks> now(UUID uuid) {
        known(uuid).ifPresent(i -> i.endOverdue(time.instant()));
        return known(uuid);
    }

    /** What Nova is doing to the instance, in words, such as "reboot, for 3 s"; empty if nothing. */
    public synchronized Optional<String> running(UUID uuid) {
        return now(uuid).flatMap(i -> i.first(time.instant()));
    }

    /**
     * In which task Nova is about to start the guest, such as "reboot"; empty if in none, or if it has another on it in which
     * the guest goes off or is somebody else's.
     */
    public synchronized Optional<String> starting(UUID uuid) {
        return now(uuid).flatMap(InstanceTasks::starting);
    }

    /** There was no connection to the broker: what is said to be running may have ended meanwhile. */
    public synchronized void endsMayBeLost() {
        Instant asIf = time.instant().minus(LONGEST).plus(UNSURE);
        instances.values().forEach(i -> i.countFrom(asIf));
    }

    public synchronized boolean anyRunning() {
        Instant now = time.instant();
        instances.values().forEach(i -> i.endOverdue(now));
        return instances.values().stream().anyMatch(InstanceTasks::anyRunning);
    }

    /** Whether a task is under way that was heard of before that moment. */
    public synchronized boolean anyHeardBefore(Instant when) {
        return instances.values().stream().anyMatch(i -> i.anyHeardBefore(when));
    }

    /**
     * The nova-compute of this host was started at that moment, and has had the time to go on with what it found begun. Of
     * that it tells a start anew (manager.py, _init_instance: deletion, reboot, stop, start, unpause); a live migration it
     * aborts, the rest it gives up, and tells nobody. So what was heard of before that moment alone is over.
     *
     * @return what was given up, in words such as "reboot", by instance
     */
    public synchronized Map<UUID, String> endInterrupted(Instant novaComputeStarted) {
        Map<UUID, String> given = new LinkedHashMap<>();
        instances.forEach((uuid, i) -> {
            List<String> over = i.endHeardBefore(novaComputeStarted);
            if (!over.isEmpty()) {
                given.put(uuid, String.join(", ", over));
            }
        });
        return given;
    }

    /**
     * A task that goes on for long.
     *
     * @param name such as "reboot"
     * @param lasts since it was heard of
     * @param ends when it is taken to be over if nothing is heard of it, from now
     */
    public record LongTask(String name, Duration lasts, Duration ends) {}

    /** A task on the instance that was heard of so long ago; each is told once. */
    public synchronized Optional<LongTask> notTold(UUID uuid, Duration since) {
        return now(uuid).flatMap(i -> i.notTold(time.instant(), since));
    }

    /** Whether the guest is leaving this host by live migration. */
    public synchronized boolean migrating(UUID uuid) {
        return now(uuid).filter(InstanceTasks::migrates).isPresent();
    }

    /**
     * The same for so long that it may have been rolled back without a word: Nova's preparations alone do not take that long,
     * and what follows libvirt has a job for.
     */
    public synchronized boolean migratingForLong(UUID uuid) {
        return now(uuid)
                .filter(i -> i.migratedBefore(time.instant().minus(LONGEST)))
                .isPresent();
    }

    /** The guest stays on this host. */
    public synchronized void migratesNoMore(UUID uuid) {
        known(uuid).ifPresent(InstanceTasks::dropMigration);
    }

    /**
     * In which task, begun since then and under way or ended well, Nova stops or starts the guest itself; empty if in none,
     * or if it only stops it unasked. What Nova has stopped must not be started beside it, and what it is about to start
     * neither. A task of which neither end nor failure was heard in time does not count: a guest that is started although Nova
     * has stopped it is stopped by it again, one that is off for nothing stays off.
     */
    public synchronized Optional<String> stopsSince(UUID uuid, Instant when) {
        return now(uuid).flatMap(i -> i.stopping(i.begunSince(when)));
    }

    /**
     * The same by when it was sent, also if it only stops the guest unasked: for a daemon that has not seen the guest go off
     * itself.
     *
     * @param when by the clock of the host that has sent it
     * @param heard what was heard before that does not count
     */
    public synchronized Optional<String> stopsSentAfter(UUID uuid, Instant when, Instant heard) {
        return known(uuid).flatMap(i -> i.stopping(i.sentAfter(when, heard)));
    }

    /** Whether Nova has begun anything since then that explains why a guest does not run, but for stopping it unasked. */
    public synchronized boolean explainsSince(UUID uuid, Instant when) {
        return known(uuid).filter(i -> i.begunSince(when).findAny().isPresent()).isPresent();
    }

    /** Whether Nova has begun to stop the instance since then, and no user has asked for it. */
    public synchronized boolean stoppedUnaskedSince(UUID uuid, Instant when) {
        return known(uuid).filter(i -> i.switchedOffUnasked(when)).isPresent();
    }

    /** The same, by Nova's own clock: of what a daemon before this one has not heard. */
    public synchronized boolean stopSentUnaskedAfter(UUID uuid, Instant when) {
        return known(uuid).filter(i -> i.switchOffSentUnaskedAfter(when)).isPresent();
    }

    /** The instance is gone from this host: Nova does nothing more to it here. */
    public synchronized void forget(UUID uuid) {
        left(uuid, null, null);
    }

    /**
     * The same, told by that event.
     *
     * @return whether it is coming back already
     */
    public synchronized boolean left(UUID uuid, InstanceEvent event) {
        left(uuid, event.task().map(Task::name).orElse(null), event.requestId());
        return running(uuid).isPresent();
    }

    private void left(UUID uuid, @Nullable String task, @Nullable String requestId) {
        known(uuid).ifPresent(i -> i.left(task, requestId));
    }

    /** What libvirt does not have (any more) migrates no more. */
    public synchronized void keepMigratingOnly(Collection<UUID> present) {
        instances.forEach((uuid, i) -> {
            if (!present.contains(uuid)) {
                i.dropMigration();
            }
        });
    }
}
