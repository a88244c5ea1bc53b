package org.novagpubinder.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.NotificationDecoder;

class DeliveryHandlerTest {
    private static DeliveryHandler on(String host, NotificationHandler handler) {
        return new DeliveryHandler(
                host,
                new NotificationDecoder(),
                handler,
                new NotificationCounters(),
                InstantSource.system(),
                new MessagesInHand(null));
    }

    @ParameterizedTest
    @CsvSource({"from, true", "to, true", "other, false"})
    void anEvacuationIsHeardByTheHostThatTheGuestComesToAsWell(String host, boolean heard) {
        List<String> handed = new ArrayList<>();
        DeliveryHandler deliveries = on(host, (event, ack) -> handed.add(event.event()));

        deliveries.arrived(Messages.versioned("instance.rebuild.end", "to", "from"), () -> {});

        assertThat(handed).hasSize(heard ? 1 : 0);
    }

    @Test
    void aMessageThatIsStuckIsNoticed() {
        DeliveryHandler deliveries = on("host", (event, ack) -> ack.done());
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

    @Test
    void aTaskOfNovasIsUnderwayWhileTheHandlerSaysSoAndMayBeOlderThanWeAre() {
        boolean[] task = new boolean[1];
        DeliveryHandler deliveries = on("host", new NotificationHandler() {
            @Override
            public void handle(InstanceEvent event, Acknowledgement ack) {
                ack.done();
            }

            @Override
            public boolean taskUnderway() {
                return task[0];
            }
        });
        assertThat(deliveries.taskUnderway(System.nanoTime())).isTrue();
        long later = System.nanoTime() + DeliveryHandler.OLDER.toNanos();
        assertThat(deliveries.taskUnderway(later)).isFalse();
        task[0] = true;
        assertThat(deliveries.taskUnderway(later)).isTrue();
    }
}
