package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.early.EarlyOutcomes;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.domain.libvirt.LibvirtFailure;

/** When the daemon looks after guests that may be off through us: {@link Recovery} starts them. */
record UnfinishedRestarts(Recovery recovery, RestartWatch watch, EarlyOutcomes outcomes, DomainWork work) {
    private static final Duration OF_A_COMMAND = Duration.ofSeconds(5);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(15);

    /** Nova's messages may come any moment, and a guest that is off for a minute is not started any more. */
    private static final Duration UNHEARD = Duration.ofSeconds(2);

    @Inject
    UnfinishedRestarts {}

    /**
     * A guest is off. Of one that a restart of ours could not stop in time that may be the late end: it is started, before Nova
     * takes it for stopped.
     */
    void wentOff(UUID uuid) {
        if (recovery.mayBeOurs(uuid)) {
            finish(uuid);
        } else {
            // a command may have stopped it, and have ended before it could start it again
            watch.later(OF_A_COMMAND, () -> finish(uuid));
        }
    }

    private void finish(UUID uuid) {
        work.submitUrgent(uuid, Trigger.SWEEP, () -> finishNow(uuid));
    }

    /** As part of a look at the domain. */
    void finishNow(UUID uuid) throws LibvirtFailure {
        try {
            if (recovery.finish(uuid)) {
                watch.later(UNHEARD, () -> finish(uuid));
            }
        } catch (LibvirtFailure e) {
            finishSoon(uuid, e);
            throw e;
        }
    }

    /** The look has failed: a guest that is off through us does not wait for the next sweep. */
    void finishSoon(UUID uuid, LibvirtFailure e) {
        if (e.kind() != LibvirtFailure.Kind.NO_DOMAIN && recovery.mayBeOurs(uuid)) {
            watch.later(TRY_AGAIN, () -> finish(uuid));
        }
    }

    /**
     * The instance has left: a definition that stays here when Nova has taken it elsewhere in mid-restart must not be started
     * by the next daemon, and what our define has brought back in the moment of its deletion goes.
     *
     * @param done called in any case afterwards
     */
    void leave(UUID uuid, @Nullable String requestId, Runnable done) {
        work.submit(uuid, Trigger.TASK_ENDED, requestId, done, () -> {
            recovery.leave(uuid);
            outcomes.gaveUp(uuid);
        });
    }

    /** Every guest was looked at. */
    void forgetOld() {
        recovery.forgetOld();
    }
}
