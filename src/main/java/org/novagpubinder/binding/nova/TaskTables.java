package org.novagpubinder.binding.nova;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.novagpubinder.host.common.WordList;

/** What is known of Nova's tasks by their names, which are those of its notifications between "instance." and ".start". */
final class TaskTables {
    /** From the {@link #PREPARATION}'s start to the post or the rollback. */
    static final String MIGRATION = "live migration";

    /** Its first part, done by the destination: should it fail there, the source hears only the rollback. */
    static final String PREPARATION = "live_migration_pre";

    /** Several instances may be made by one request, of which one fails; of each its own error or end is told. */
    static final String CREATE = "create";

    /** Of a large guest that goes on writing a migration may take hours, and its end is told in any case. */
    private static final Duration LONGEST_MIGRATION = Duration.ofDays(1);

    /**
     * Tasks that Nova begins only when the instance has no other: its API wants task_state None before
     * (nova/compute/api.py, check_instance_state). What else there is (volumes, interfaces, live migration, deletion) may go
     * on beside others.
     */
    static final Set<String> ALONE = Set.copyOf(WordList.of("""
            power_off power_on pause unpause suspend resume rebuild resize_prep resize_confirm resize_revert rescue
            unrescue shelve unshelve snapshot"""));

    /** What is over when Nova begins one of those: those, a hard reboot (which may follow on one that is stuck), and the later halves of a resize and a shelving. */
    private static final Set<String> ENDED_BY_THE_NEXT = Stream.concat(
                    ALONE.stream(), Stream.of("reboot", "resize", "resize_finish", "shelve_offload", CREATE, "restore"))
            .collect(Collectors.toUnmodifiableSet());

    /** A hard reboot may begin in one of these (nova/compute/task_states.py, ALLOW_REBOOT). */
    private static final Set<String> REBOOTED_IN = Set.of("reboot", "resume", "pause", "unpause", "suspend");

    /** What is over when Nova begins a reboot. */
    private static final Set<String> ENDED_BY_A_REBOOT = ENDED_BY_THE_NEXT.stream()
            .filter(task -> !REBOOTED_IN.contains(task))
            .collect(Collectors.toUnmodifiableSet());

    /** Those that do nothing but switch the guest off. */
    static final Set<String> OFF = Set.of("power_off", "shutdown");

    /** Those in which Nova itself stops or starts the guest. */
    static final Set<String> STOPS_OR_STARTS = Set.copyOf(WordList.of("""
            power_off power_on reboot suspend rebuild resize resize_finish resize_revert rescue unrescue shelve
            shelve_offload shutdown delete soft_delete restore"""));

    /** Those beside which Nova does not start the guest from the definition that it writes, or not here. */
    static final Set<String> NOT_TO_START = Set.of(
            MIGRATION,
            "rescue",
            "delete",
            "soft_delete",
            "shutdown",
            "power_off",
            "suspend",
            "shelve",
            "shelve_offload");

    private TaskTables() {}

    /** Which tasks are over when Nova begins that one, for it would not begin it beside them. */
    static Set<String> endedBy(String task) {
        if (task.equals("reboot")) {
            return ENDED_BY_A_REBOOT;
        }
        return ALONE.contains(task) ? ENDED_BY_THE_NEXT : Set.of();
    }

    /** After how long it is taken to be over though no end was heard. */
    static Duration longest(String task) {
        return task.equals(MIGRATION) ? LONGEST_MIGRATION : NovaTasks.LONGEST;
    }
}
