package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.nova.NovaQueue;
import org.novagpubinder.binding.work.Pause;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.placement.model.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Waits for the messages that tell what Nova has begun, for as long as a guest that is off can wait for its start. */
record NovaWait(Records records, NovaQueue queue, Pause pause, InstantSource time) {
    private static final Logger LOG = LoggerFactory.getLogger(NovaWait.class);

    /** So long Nova's messages are waited for while it has not taken the guest for stopped. */
    private static final Duration MOST_UNREAD = Duration.ofSeconds(3);

    /** Nova stops a guest that was off for 15 s: a start that could not come before that has no haste. */
    private static final Duration NOVAS_PATIENCE = Duration.ofSeconds(12);

    /** Nova may be without its broker, and then stops nobody: the guest is started within its first minute all the same. */
    private static final Duration MOST_UNREAD_LATE = Duration.ofSeconds(20);

    /** So much of that minute is kept for the start. */
    private static final Duration NO_LATER = Duration.ofSeconds(50);

    private static final long QUEUE_LOOK_MS = 100;

    /** After a minute without its compute service an instance may be evacuated (service_down_time in nova/conf/service.py). */
    static final Duration MOST_UNHEARD = Duration.ofMinutes(1);

    @Inject
    NovaWait {}

    /**
     * What came of waiting for Nova's messages.
     *
     * @param unread why what Nova has begun is not known; empty if it is
     */
    record Heard(boolean waited, Optional<Reason> unread) {}

    /**
     * What Nova has begun may stand in the queue still: it is read before a guest is started, or waited for as long as Nova
     * does not take the guest for stopped.
     */
    Heard hear(BindingRecord record) {
        Duration off = records.age(record);
        Duration left = NO_LATER.minus(off).compareTo(MOST_UNREAD_LATE) < 0 ? NO_LATER.minus(off) : MOST_UNREAD_LATE;
        boolean late = off.compareTo(NOVAS_PATIENCE) > 0 && left.compareTo(MOST_UNREAD) > 0;
        Instant began = time.instant();
        Instant end = began.plus(late ? left : MOST_UNREAD);
        Optional<Reason> unread = queue.unread();
        // the question alone may take as long as all the patience there is
        boolean waited = Duration.between(began, time.instant()).toMillis() >= QUEUE_LOOK_MS;
        while (unread.isPresent() && time.instant().isBefore(end) && pause.sleep(QUEUE_LOOK_MS)) {
            LOG.debug("Nova's messages are not read to their end yet");
            waited = true;
            unread = queue.unread();
        }
        return new Heard(waited, unread);
    }

    /**
     * Whether a guest is not to be started as long as it is not known what Nova has begun; told then.
     *
     * @param unread why that is not known
     * @return whether it is to be looked at again within seconds; empty if it is to be started
     */
    Optional<Boolean> putsOff(OffGuests.Off off, Reason unread) {
        UUID uuid = off.domain().uuid();
        String name = off.domain().name();
        boolean forLong = records.age(off.record()).compareTo(MOST_UNHEARD) > 0;
        if (!off.defined()) {
            LOG.atLevel(forLong ? Level.ERROR : Level.INFO)
                    .log(
                            "instance {} ({}): is off in mid-restart, Nova has defined it anew since, and it is not known"
                                    + " what for ({}): it is not started before that is known. If it should run here:"
                                    + " openstack server start {}",
                            uuid,
                            name,
                            unread.text(),
                            uuid);
            return Optional.of(!forLong);
        }
        if (forLong) {
            LOG.error(
                    "instance {} ({}): is off in mid-restart for more than {} s, and it is not known what Nova has begun"
                            + " ({}): it may run elsewhere, so it is not started before that is known. If it should run"
                            + " here: openstack server start {}",
                    uuid,
                    name,
                    MOST_UNHEARD.toSeconds(),
                    unread.text(),
                    uuid);
            return Optional.of(false);
        }
        return Optional.empty();
    }
}
