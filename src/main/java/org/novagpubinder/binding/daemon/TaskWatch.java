package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.host.proc.NovaComputeProcess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends tasks that Nova has given up without a word, and tells of guests that wait for one long. */
public record TaskWatch(NovaTasks tasks, NovaComputeProcess novaCompute, BindingService service, InstantSource time) {
    /**
     * How long nova-compute may take from its start until it has taken up again what it had begun before: it looks at one
     * instance after the other, and plugs its interfaces (manager.py, init_host).
     */
    public static final Duration TAKES_UP = Duration.ofMinutes(2);

    /** Most tasks last seconds; those that copy disks or memory are worth a line in the log. */
    public static final Duration LONG = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(TaskWatch.class);

    @Inject
    public TaskWatch {}

    /** A sweep begins, which will bind what waits no more. */
    public void look(Set<UUID> present) {
        Instant now = time.instant();
        // /proc may have thousands of processes: it is looked at only if something may come of it
        if (tasks.anyHeardBefore(now.minus(TAKES_UP))) {
            novaCompute.age().filter(age -> age.compareTo(TAKES_UP) >= 0).ifPresent(age -> tasks.endInterrupted(
                            now.minus(age))
                    .forEach((uuid, what) -> LOG.info(
                            "instance {}: nova-compute was started anew {} s ago and has not gone on with what it had"
                                    + " begun ({}): that is over",
                            uuid,
                            age.toSeconds(),
                            what)));
        }
        present.stream().filter(service::isDeferred).sorted().forEach(this::tell);
    }

    private void tell(UUID uuid) {
        tasks.notTold(uuid, LONG)
                .ifPresent(task -> LOG.info(
                        "instance {}: not wholly bound yet, for Nova has a task on it ({}, for {} min); it waits until its end"
                                + " is told, nova-compute is started anew, or {} min have passed",
                        uuid,
                        task.name(),
                        task.lasts().toMinutes(),
                        Math.max(0, task.ends().toMinutes())));
    }
}
