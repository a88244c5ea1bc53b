package org.novagpubinder.binding.nova;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.common.WordList;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.InstanceEvent.Task;

/**
 * On what occasion a domain is looked at.
 *
 * @param trigger the kind of occasion
 * @param started when Nova said that a task has ended in which it starts the guest, by the steady clock: it licenses the
 *     restart of a guest whose process began before; null if the occasion is no such message, or if its time is not
 *     known, was taken from another host's clock, is before this daemon, or is still to come
 */
public record Occasion(Trigger trigger, @Nullable Instant started) {
    /**
     * The tasks at whose end a guest has booted. After a resume or a live migration it goes on from what it was, and in none
     * of the others does Nova start it.
     */
    private static final Set<String> STARTS = Set.copyOf(WordList.of("""
            create reboot power_on rebuild resize_finish resize_revert unshelve unrescue restore"""));

    /** Whether Nova starts the guest in that task, such as "reboot". */
    public static boolean startsIn(String task) {
        return STARTS.contains(task);
    }

    /** An occasion that is no message of Nova's. */
    public static Occasion of(Trigger trigger) {
        return new Occasion(trigger, null);
    }

    /**
     * The end of a task, told by a message.
     *
     * @param host this host's name in nova.conf
     * @param began since when this daemon hears Nova, by the clock that nobody sets: what was sent before may have been
     *     followed by what another daemon has heard and taken in
     * @param wall the time that it is heard by the host's clock, as nova-compute has taken the time of the message
     * @param steady the same by the clock that nobody sets
     */
    static Occasion ended(InstanceEvent event, String host, Instant began, Instant wall, Instant steady) {
        boolean starts = event.event().endsWith(".end")
                && event.task().map(Task::name).filter(STARTS::contains).isPresent();
        boolean here = event.publisherHost().filter(host::equals).isPresent();
        Instant sent = event.sent();
        if (!starts || !here || sent == null || sent.isAfter(wall)) {
            return of(Trigger.TASK_ENDED);
        }
        Instant ended = steady.minus(Duration.between(sent, wall));
        return new Occasion(Trigger.TASK_ENDED, ended.isBefore(began) ? null : ended);
    }

    /** The trigger of the one with the license of the other, if that is younger. */
    public Occasion after(@Nullable Occasion earlier) {
        Instant theirs = earlier == null ? null : earlier.started;
        boolean younger = theirs != null && (started == null || theirs.isAfter(started));
        return younger ? new Occasion(trigger, theirs) : this;
    }

    /** Why no restart may follow, whenever the guest started; empty if one may. */
    public Optional<String> forbidsRestart() {
        if (!trigger.allowsRestart()) {
            return Optional.of(
                    "a restart follows only the end of a Nova task, which this look (" + words() + ") is not");
        }
        return trigger == Trigger.TASK_ENDED && started == null
                ? Optional.of(
                        "a restart follows only a message of this host's nova-compute, sent since this daemon runs, that a"
                                + " task has ended in which it started the guest")
                : Optional.empty();
    }

    /**
     * Why no restart of that start may follow; empty if one may.
     *
     * @param processBegan when its process began, by the steady clock, at the latest
     */
    public Optional<String> forbidsRestartOf(Instant processBegan) {
        return started != null && !started.isAfter(processBegan)
                ? Optional.of(
                        "the message that its task has ended is older than its QEMU process: it was started anew since")
                : Optional.empty();
    }

    private String words() {
        return switch (trigger) {
            case DEFINED -> "libvirt's define event";
            case STARTED -> "libvirt's start event";
            case SWEEP -> "a sweep";
            case COMMAND -> "the bind command without --restart";
            case TASK_ENDED, COMMAND_WITH_RESTART -> "the end of a task";
        };
    }
}
