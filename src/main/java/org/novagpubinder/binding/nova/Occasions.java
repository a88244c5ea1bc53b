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
public record Occasions(String host, Clock clock, InstantSource time, Instant began) {
    @Inject
    Occasions(BinderConfig config, Clock clock, InstantSource time) {
        this(config.host(), clock, time, time.instant());
    }

    /** A message that is heard now: a task has ended. */
    public Occasion ended(InstanceEvent event) {
        return Occasion.ended(event, host, began, clock.instant(), time.instant());
    }
}
