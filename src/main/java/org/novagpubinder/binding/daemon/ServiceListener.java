package org.novagpubinder.binding.daemon;

import java.time.Duration;

/** Hears how the service stands: systemd, health, metrics. */
public interface ServiceListener {
    /** Something has changed. Called under a lock: must not block. */
    void changed(ServiceStatus status);

    /** The work goes on; called at least every {@link #wantsToHearEvery}, as long as it does. */
    default void alive() {}

    /** How often {@link #alive} is to be called at least. */
    default Duration wantsToHearEvery() {
        return Duration.ofSeconds(10);
    }
}
