package org.novagpubinder.binding.nova;

import static org.novagpubinder.binding.nova.TaskTables.CREATE;
import static org.novagpubinder.binding.nova.TaskTables.MIGRATION;
import static org.novagpubinder.binding.nova.TaskTables.PREPARATION;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.nova.NovaTasks.LongTask;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.InstanceEvent.Initiator;

/** The tasks of one instance: those under way, and what was begun and ended before. Not safe for several threads. */
final class InstanceTasks {
    private static final int ENDED_REMEMBERED = 32;

    private final Map<String, Begun> running = new HashMap<>();
    private final Map<String, Begun> begun = new HashMap<>();

    /** Task and request id. */
    private final Set<String> ended = new LinkedHashSet<>();

    private final Set<Begun> told = new HashSet<>();

    /**
     * A task that was begun.
     *
     * @param at from when on it counts
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

    /** Whether the end of that task was heard already. */
    boolean hasEnded(String task, @Nullable String requestId) {
        return ended.contains(task + " " + requestId);
    }

    /** @param leaves whether the guest leaves this host by it */
    void begin(InstanceEvent event, String task, boolean leaves, Instant heard) {
        Begun now = new Begun(heard, heard, event.sent(), event.requestId(), event.initiator());
        Set<String> over = TaskTables.endedBy(task);
        running.entrySet()
                .removeIf(e -> over.contains(e.getKey())
                        && !e.getValue().sameRequest(now.requestId())
                        && e.getValue().sentBefore(now.sent()));
        running.put(task, now);
        begun.put(task, now);
        if (leaves) {
            running.put(MIGRATION, now);
        } else if (!task.startsWith("live_migration_") && !sentBeforeMigration(now)) {
            // Nova lets nothing else begin on an instance that migrates: its end was missed
            dropMigration();
        }
    }

    /** An old start that comes late. */
    private boolean sentBeforeMigration(Begun task) {
        Begun migration = running.get(MIGRATION);
        return migration != null && task.sentBefore(migration.sent());
    }

    /** The task has ended, well or not. */
    void end(String task, @Nullable String requestId) {
        Begun now = running.get(task);
        boolean another = now != null
                && now.requestId() != null
                && requestId != null
                && !now.requestId().equals(requestId);
        if (!another) {
            running.remove(task);
        }
        remember(task, requestId);
    }

    void endMigration(@Nullable String requestId) {
        running.remove(MIGRATION);
        remember(MIGRATION, requestId);
        end(PREPARATION, requestId);
    }

    /** The guest has come here by live migration: an older one, by which it left, is over. */
    void arrived(@Nullable Instant sent) {
        Begun migration = running.get(MIGRATION);
        if (migration != null && !(sent != null && migration.sent() != null && sent.isBefore(migration.sent()))) {
            dropMigration();
        }
    }

    void dropMigration() {
        running.remove(MIGRATION);
        running.remove(PREPARATION);
    }

    private void remember(String task, @Nullable String requestId) {
        if (requestId != null) {
            ended.add(task + " " + requestId);
            if (ended.size() > ENDED_REMEMBERED) {
                ended.remove(ended.iterator().next());
            }
        }
    }

    /** What was begun by that request has failed: it explains nothing. */
    void failed(String task, @Nullable String requestId) {
        begun.computeIfPresent(task, (name, b) -> b.sameRequest(requestId) ? null : b);
    }

    /** All of the request has failed: what there was of it. */
    List<String> failed(@Nullable String requestId) {
        List<String> of = named(e -> !e.getKey().equals(MIGRATION)
                && !e.getKey().equals(CREATE)
                && requestId != null
                && requestId.equals(e.getValue().requestId()));
        of.forEach(task -> {
            end(task, requestId);
            failed(task, requestId);
        });
        return of;
    }

    /** Ends what was heard of before that moment alone; their names in order. */
    List<String> endHeardBefore(Instant when) {
        List<String> over = named(e -> e.getValue().heard().isBefore(when));
        over.forEach(running::remove);
        return over;
    }

    private List<String> named(Predicate<Map.Entry<String, Begun>> which) {
        return running.entrySet().stream()
                .filter(which)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    boolean anyHeardBefore(Instant when) {
        return running.values().stream().anyMatch(b -> b.heard().isBefore(when));
    }

    void endOverdue(Instant now) {
        running.entrySet().removeIf(e -> now.isAfter(end(e)));
    }

    private static Instant end(Map.Entry<String, Begun> task) {
        return task.getValue().at().plus(TaskTables.longest(task.getKey()));
    }

    /** Lets all but a migration count from that moment, if it is earlier than theirs. */
    void countFrom(Instant asIf) {
        running.replaceAll((task, b) -> task.equals(MIGRATION) || b.at().isBefore(asIf) ? b : b.as(asIf));
    }

    /**
     * The instance has left by that task; what has ended stays, for its start may still come. What Nova has begun on it since
     * then, and begins only when nothing else goes on, is of its coming back: Nova tells such an end late.
     *
     * @param task by which it has left; null if none tells that
     */
    void left(@Nullable String task, @Nullable String requestId) {
        Begun leaving = task == null ? null : begun.get(task);
        Instant since = leaving != null && requestId != null && requestId.equals(leaving.requestId())
                ? leaving.heard()
                : Instant.MAX;
        running.entrySet()
                .removeIf(e -> !TaskTables.ALONE.contains(e.getKey())
                        || e.getValue().sameRequest(requestId)
                        || !e.getValue().heard().isAfter(since));
    }

    boolean anyRunning() {
        return !running.isEmpty();
    }

    boolean migrates() {
        return running.containsKey(MIGRATION);
    }

    /** Whether it does, and has been heard to before that moment. */
    boolean migratedBefore(Instant when) {
        Begun migration = running.get(MIGRATION);
        return migration != null && migration.heard().isBefore(when);
    }

    /** The first by name, in words such as "reboot, for 3 s". */
    Optional<String> first(Instant now) {
        return running.entrySet().stream()
                .min(Map.Entry.comparingByKey())
                .map(e -> e.getKey() + ", for "
                        + Duration.between(e.getValue().heard(), now).toSeconds() + " s");
    }

    /** In which Nova is about to start the guest. */
    Optional<String> starting() {
        return running.keySet().stream().anyMatch(TaskTables.NOT_TO_START::contains)
                ? Optional.empty()
                : running.keySet().stream().filter(Occasion::startsIn).min(Comparator.naturalOrder());
    }

    /** One that was heard of so long ago and was not told yet. */
    Optional<LongTask> notTold(Instant now, Duration since) {
        told.retainAll(running.values());
        return running.entrySet().stream()
                .filter(e -> !now.isBefore(e.getValue().heard().plus(since)))
                .sorted(Map.Entry.comparingByKey())
                .filter(e -> told.add(e.getValue()))
                .findFirst()
                .map(e -> new LongTask(
                        e.getKey(), Duration.between(e.getValue().heard(), now), Duration.between(now, end(e))));
    }

    /** What Nova has begun since then, but for switching the guest off unasked. */
    Stream<String> begunSince(Instant when) {
        return begun.entrySet().stream()
                .filter(e -> !e.getValue().at().isBefore(when)
                        && (!TaskTables.OFF.contains(e.getKey()) || e.getValue().initiator() == Initiator.USER))
                .map(Map.Entry::getKey);
    }

    /** What Nova has sent the start of since then, by its own clock, and what was not heard before. */
    Stream<String> sentAfter(Instant when, Instant heard) {
        return begun.entrySet().stream()
                .filter(e -> e.getValue().sent() != null && e.getValue().sent().isAfter(when))
                .filter(e -> !e.getValue().heard().isBefore(heard))
                .map(Map.Entry::getKey);
    }

    /** The first by name in which Nova stops or starts the guest, and no failure of which is likely. */
    Optional<String> stopping(Stream<String> tasks) {
        return tasks.filter(task -> TaskTables.STOPS_OR_STARTS.contains(task) && goesOnOrHasEnded(task))
                .min(Comparator.naturalOrder());
    }

    private boolean goesOnOrHasEnded(String task) {
        Begun b = begun.get(task);
        return running.containsKey(task) || (b != null && hasEnded(task, b.requestId()));
    }

    /** Whether Nova has begun to switch the guest off since then, and no user has asked for it. */
    boolean switchedOffUnasked(Instant when) {
        return unasked().anyMatch(b -> !b.at().isBefore(when));
    }

    /** Whether Nova has sent the start of that since then, by its own clock. */
    boolean switchOffSentUnaskedAfter(Instant when) {
        return unasked().anyMatch(b -> b.sent() != null && b.sent().isAfter(when));
    }

    private Stream<Begun> unasked() {
        return begun.entrySet().stream()
                .filter(e -> TaskTables.OFF.contains(e.getKey()) && e.getValue().initiator() == Initiator.NOVA)
                .map(Map.Entry::getValue);
    }
}
