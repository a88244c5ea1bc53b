package org.novagpubinder.binding.nova;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.notification.decode.InstanceEvent;

/** The occasions that messages of Nova's are to this daemon, which began when this was made. */
@Singleton
public final class Occasions {
    private final String host;
    private final Clock clock;
    private final InstantSource time;
    private final Instant began;

    @Inject
    Occasions(BinderConfig config, Clock clock, InstantSource time) {
        this.host = config.host();
        this.clock = clock;
        this.time = time;
        this.began = time.instant();
    }

    /** A message that is heard now: a task has ended. */
    public Occasion ended(InstanceEvent event) {
        return Occasion.ended(event, host, began, clock.instant(), time.instant());
    }
}
