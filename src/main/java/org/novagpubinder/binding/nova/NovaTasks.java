package org.novagpubinder.binding.nova;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.daemon.TaskWatch;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.InstanceEvent.Initiator;
import org.novagpubinder.notification.decode.InstanceEvent.Task;

/**
 * What Nova is doing to which instance, as its notifications tell it. A task lasts from its {@code .start} to its
 * {@code .end} or {@code .error}, but no longer than an hour: a task that fails may end without a word. Messages may come
 * twice, late and out of order; Nova's request id, which a task keeps from its start to its end, tells a start that comes
 * after its own end. A task of which no end is told is over when the method fails that did it, and when Nova begins another
 * that it would not begin beside it; and when nova-compute was started anew and has not taken it up again
 * ({@link TaskWatch}).
 */
@Singleton
public final class NovaTasks {
    public static final Duration LONGEST = Duration.ofHours(1);

    /** Of a large guest that goes on writing it may take hours, and is told its end in any case. */
    static final Duration LONGEST_MIGRATION = Duration.ofDays(1);

    /** Of one whose end may have been lost with the broker. */
    static final Duration UNSURE = Duration.ofMinutes(10);

    private static final String MIGRATION = "live migration";

    /** Several instances may be made by one request, of which one fails; of each its own error or end is told. */
    private static final String CREATE = "create";

    /**
     * Tasks that Nova begins only when the instance has no other: its API wants task_state None before
     * (nova/compute/api.py, check_instance_state). What else there is (volumes, interfaces, live migration, deletion) may go
     * on beside others.
     */
    private static final Set<String> ALONE = Set.of(
            "power_off",
            "power_on",
            "pause",
            "unpause",
            "suspend",
            "resume",
            "rebuild",
            "resize_prep",
            "resize_confirm",
            "resize_revert",
            "rescue",
            "unrescue",
            "shelve",
            "unshelve",
            "snapshot");

    /** Those, a hard reboot (which may follow on one that is stuck), and the later halves of a resize and a shelving. */
    private static final Set<String> ENDED_BY_THE_NEXT = Stream.concat(
                    ALONE.stream(), Stream.of("reboot", "resize", "resize_finish", "shelve_offload", CREATE, "restore"))
            .collect(Collectors.toUnmodifiableSet());

    private static final Set<String> OFF = Set.of("power_off", "shutdown");

    /** In which Nova stops the guest, or starts it, itself. */
    private static final Set<String> STOPS = Set.of(
            "power_off",
            "power_on",
            "reboot",
            "suspend",
            "rebuild",
            "resize",
            "resize_finish",
            "resize_revert",
            "rescue",
            "unrescue",
            "shelve",
            "shelve_offload",
            "shutdown",
            "delete",
            "soft_delete",
            "restore");

    /** Beside which Nova does not start the guest from the definition that it writes, or not here. */
    private static final Set<String> NOT_TO_START = Set.of(
            MIGRATION,
            "rescue",
            "delete",
            "soft_delete",
            "shutdown",
            "power_off",
            "suspend",
            "shelve",
            "shelve_offload");

    private static final int REMEMBERED = 10_000;
    private static final int ENDED_REMEMBERED = 32;

    /**
     * @param at from when on it counts
     * @param heard when it was heard
     * @param sent when it was sent; null if that is not known
     */
    private record Begun(
            Instant at,
            Instant heard,
            @Nullable Instant sent,
            @Nullable String requestId,
            Initiator initiator) {
        Begun as(Instant other) {
            return new Begun(other, heard, sent, requestId, initiator);
        }

        boolean sameRequest(@Nullable String other) {
            return requestId == null || requestId.equals(other);
        }

        boolean sentBefore(@Nullable Instant other) {
            return sent != null && other != null && sent.isBefore(other);
        }
    }

    private static final class Instance {
        final Map<String, Begun> running = new HashMap<>();
        final Map<String, Begun> begun = new HashMap<>();
        final Set<String> ended = new LinkedHashSet<>();
        final Set<Begun> told = new HashSet<>();

        void failed(String task, @Nullable String requestId) {
            begun.computeIfPresent(task, (name, b) -> b.sameRequest(requestId) ? null : b);
        }

        /** Whether no failure of it is likely: it goes on, or its end was told. */
        boolean goesOnOrHasEnded(String task) {
            Begun b = begun.get(task);
            return running.containsKey(task) || (b != null && ended.contains(task + " " + b.requestId()));
        }

        void ended(String task, @Nullable String requestId) {
            if (requestId != null) {
                ended.add(task + " " + requestId);
                if (ended.size() > ENDED_REMEMBERED) {
                    ended.remove(ended.iterator().next());
                }
            }
        }
    }

    private final String host;
    private final InstantSource time;
    private final Map<UUID, Instance> instances = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Instance> eldest) {
            return size() > REMEMBERED;
        }
    };

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
        Optional<Task> marked = event.task();
        if (marked.isEmpty()) {
            return true;
        }
        Task task = marked.get();
        String requestId = event.requestId();
        Instance i = instances.computeIfAbsent(uuid, u -> new Instance());
        if (task.begins()) {
            if (i.ended.contains(task.name() + " " + requestId)
                    || (leavesHere(event) && i.ended.contains(MIGRATION + " " + requestId))) {
                return false;
            }
            begin(i, event, task.name());
        } else {
            end(i, task.name(), requestId);
            if (event.event().endsWith(".error")) {
                i.failed(task.name(), requestId);
            }
            if (endsMigration(event)) {
                i.running.remove(MIGRATION);
                i.ended(MIGRATION, requestId);
            }
        }
        return true;
    }

    private void begin(Instance i, InstanceEvent event, String task) {
        Instant heard = time.instant();
        Begun now = new Begun(heard, heard, event.sent(), event.requestId(), event.initiator());
        if (ALONE.contains(task)) {
            i.running
                    .entrySet()
                    .removeIf(e -> ENDED_BY_THE_NEXT.contains(e.getKey())
                            && !e.getValue().sameRequest(now.requestId())
                            && e.getValue().sentBefore(now.sent()));
        }
        i.running.put(task, now);
        i.begun.put(task, now);
        if (leavesHere(event)) {
            i.running.put(MIGRATION, now);
        } else if (!task.startsWith("live_migration_") && !sentBeforeMigration(i, now)) {
            // Nova lets nothing else begin on an instance that migrates: its end was missed
            i.running.remove(MIGRATION);
        }
    }

    /** An old start that comes late. */
    private static boolean sentBeforeMigration(Instance i, Begun task) {
        Begun migration = i.running.get(MIGRATION);
        return migration != null && task.sentBefore(migration.sent());
    }

    private static void end(Instance i, String task, @Nullable String requestId) {
        Begun running = i.running.get(task);
        boolean another = running != null
                && running.requestId() != null
                && requestId != null
                && !running.requestId().equals(requestId);
        if (!another) {
            i.running.remove(task);
        }
        i.ended(task, requestId);
    }

    /**
     * Takes note of a failed method of nova-compute's.
     *
     * @return the instances on which a task has ended by that
     */
    public synchronized List<UUID> failed(InstanceEvent event) {
        String request = event.requestId();
        List<UUID> ended = new ArrayList<>();
        instances.forEach((uuid, i) -> {
            List<String> of = i.running.entrySet().stream()
                    .filter(e -> !e.getKey().equals(MIGRATION)
                            && !e.getKey().equals(CREATE)
                            && request != null
                            && request.equals(e.getValue().requestId()))
                    .map(Map.Entry::getKey)
                    .toList();
            of.forEach(task -> {
                end(i, task, request);
                i.failed(task, request);
            });
            if (!of.isEmpty()) {
                ended.add(uuid);
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

    /** What Nova is doing to the instance, in words, such as "reboot, for 3 s"; empty if nothing. */
    public synchronized Optional<String> running(UUID uuid) {
        Instance i = instances.get(uuid);
        if (i == null) {
            return Optional.empty();
        }
        Instant now = time.instant();
        endOverdue(i, now);
        return i.running.entrySet().stream()
                .min(Map.Entry.comparingByKey())
                .map(e -> e.getKey() + ", for "
                        + Duration.between(e.getValue().at(), now).toSeconds() + " s");
    }

    /**
     * In which task Nova is about to start the guest, such as "reboot"; empty if in none, or if it has another on it in which
     * the guest goes off or is somebody else's.
     */
    public synchronized Optional<String> starting(UUID uuid) {
        Instance i = instances.get(uuid);
        if (i == null) {
            return Optional.empty();
        }
        endOverdue(i, time.instant());
        return i.running.keySet().stream().anyMatch(NOT_TO_START::contains)
                ? Optional.empty()
                : i.running.keySet().stream().filter(Occasion::startsIn).min(Comparator.naturalOrder());
    }

    private static void endOverdue(Instance i, Instant now) {
        i.running.entrySet().removeIf(e -> now.isAfter(e.getValue().at().plus(longest(e.getKey()))));
    }

    /** There was no connection to the broker: what is said to be running may have ended meanwhile. */
    public synchronized void endsMayBeLost() {
        Instant asIf = time.instant().minus(LONGEST).plus(UNSURE);
        for (Instance i : instances.values()) {
            i.running.replaceAll((task, b) -> task.equals(MIGRATION) || b.at().isBefore(asIf) ? b : b.as(asIf));
        }
    }

    /** Whether a task is under way that was heard of before that moment. */
    public synchronized boolean anyHeardBefore(Instant when) {
        return instances.values().stream()
                .flatMap(i -> i.running.values().stream())
                .anyMatch(b -> b.heard().isBefore(when));
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
            List<String> over = i.running.entrySet().stream()
                    .filter(e -> e.getValue().heard().isBefore(novaComputeStarted))
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
            over.forEach(i.running::remove);
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
        Instance i = instances.get(uuid);
        if (i == null) {
            return Optional.empty();
        }
        Instant now = time.instant();
        endOverdue(i, now);
        i.told.retainAll(i.running.values());
        return i.running.entrySet().stream()
                .filter(e -> !now.isBefore(e.getValue().heard().plus(since)))
                .sorted(Map.Entry.comparingByKey())
                .filter(e -> i.told.add(e.getValue()))
                .findFirst()
                .map(e -> new LongTask(
                        e.getKey(),
                        Duration.between(e.getValue().heard(), now),
                        Duration.between(now, e.getValue().at().plus(longest(e.getKey())))));
    }

    private static Duration longest(String task) {
        return task.equals(MIGRATION) ? LONGEST_MIGRATION : LONGEST;
    }

    /** Whether the guest is leaving this host by live migration. */
    public synchronized boolean migrating(UUID uuid) {
        return running(uuid).isPresent() && instances.get(uuid).running.containsKey(MIGRATION);
    }

    /**
     * In which task, begun since then and under way or ended well, Nova stops or starts the guest itself; empty if in none,
     * or if it only stops it unasked. What Nova has stopped must not be started beside it, and what it is about to start
     * neither. A task of which neither end nor failure was heard in time does not count: a guest that is started although Nova
     * has stopped it is stopped by it again, one that is off for nothing stays off.
     */
    public synchronized Optional<String> stopsSince(UUID uuid, Instant when) {
        Instance i = instances.get(uuid);
        if (i == null) {
            return Optional.empty();
        }
        endOverdue(i, time.instant());
        return explanations(uuid, when)
                .filter(task -> STOPS.contains(task) && i.goesOnOrHasEnded(task))
                .min(Comparator.naturalOrder());
    }

    /**
     * The same by when it was sent: for a daemon that has not seen the guest go off itself.
     *
     * @param when by the clock of the host that has sent it
     */
    public synchronized Optional<String> stopsSentAfter(UUID uuid, Instant when) {
        Instance i = instances.get(uuid);
        return i == null
                ? Optional.empty()
                : i.begun.entrySet().stream()
                        .filter(e -> STOPS.contains(e.getKey())
                                && e.getValue().sent() != null
                                && e.getValue().sent().isAfter(when)
                                && i.goesOnOrHasEnded(e.getKey()))
                        .map(Map.Entry::getKey)
                        .min(Comparator.naturalOrder());
    }

    /** Whether Nova has begun anything since then that explains why a guest does not run, but for stopping it unasked. */
    public synchronized boolean explainsSince(UUID uuid, Instant when) {
        return explanations(uuid, when).findAny().isPresent();
    }

    private Stream<String> explanations(UUID uuid, Instant when) {
        Instance i = instances.get(uuid);
        return i == null
                ? Stream.empty()
                : i.begun.entrySet().stream()
                        .filter(e -> !e.getValue().at().isBefore(when)
                                && (!OFF.contains(e.getKey()) || e.getValue().initiator() == Initiator.USER))
                        .map(Map.Entry::getKey);
    }

    /** Whether Nova has begun to stop the instance since then, and no user has asked for it. */
    public synchronized boolean stoppedUnaskedSince(UUID uuid, Instant when) {
        Instance i = instances.get(uuid);
        return i != null
                && i.begun.entrySet().stream()
                        .anyMatch(e -> OFF.contains(e.getKey())
                                && e.getValue().initiator() == Initiator.NOVA
                                && !e.getValue().at().isBefore(when));
    }

    /** The instance is gone from this host: Nova does nothing more to it here. */
    public synchronized void forget(UUID uuid) {
        Instance i = instances.get(uuid);
        if (i != null) {
            // what has ended stays: its start may still come
            i.running.clear();
        }
    }

    /** What libvirt does not have (any more) migrates no more. */
    public synchronized void keepMigratingOnly(Collection<UUID> present) {
        instances.forEach((uuid, i) -> {
            if (!present.contains(uuid)) {
                i.running.remove(MIGRATION);
            }
        });
    }
}
