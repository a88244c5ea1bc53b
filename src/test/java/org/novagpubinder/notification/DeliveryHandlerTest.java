package org.novagpubinder.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.novagpubinder.notification.decode.NotificationDecoder;

class DeliveryHandlerTest {
    @Test
    void aMessageThatIsStuckIsNoticed() {
        DeliveryHandler deliveries = new DeliveryHandler(
                "host",
                new NotificationDecoder(),
                (event, ack) -> ack.done(),
                new NotificationCounters(),
                InstantSource.system(),
                new MessagesInHand(null));
        boolean[] seen = new boolean[2];
        deliveries.arrived(new byte[0], () -> {
            long now = System.nanoTime();
            seen[0] = deliveries.responsive(now);
            seen[1] = deliveries.responsive(now + TimeUnit.MINUTES.toNanos(6));
        });
        assertThat(seen).as("in the middle of it, at once and minutes later").containsExactly(true, false);
        assertThat(deliveries.responsive(System.nanoTime() + TimeUnit.MINUTES.toNanos(6)))
                .as("afterwards")
                .isTrue();
    }
}
