package org.novagpubinder.notification.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.novagpubinder.notification.decode.NotificationDecoder;

/** Heap, body limit and what may wait fit each other, whatever prefetch is. */
class MessageMemoryTest {
    private static final long MIB = 1 << 20;

    @Test
    void messagesTakeHalfOfThePackagesHeapAtMost() throws Exception {
        Matcher heap =
                Pattern.compile("-Xmx([0-9]+)m").matcher(Files.readString(Path.of("src/packaging/nova-gpu-binder")));
        assertThat(heap.find()).isTrue();
        long waiting = Inbound.MOST_UNREAD_BYTES;
        // the one that arrives: its frames, and the body that the client makes of them
        long arriving = 2L * NotificationDecoder.MAX_BODY_BYTES;
        // bytes, characters of two bytes each, and the same of the message in the envelope, while their buffers grow
        long decoded = 14L * NotificationDecoder.MAX_BODY_BYTES;

        assertThat(waiting + arriving + decoded).isLessThanOrEqualTo(Long.parseLong(heap.group(1)) * MIB / 2);
    }

    @Test
    void aBodyWaitsForRoomAndGetsItWhenAnotherIsRead() throws Exception {
        Inbound inbound = new Inbound();
        inbound.opened(1);
        inbound.sent(1);
        inbound.arrives(1, Inbound.MOST_UNREAD_BYTES);
        CountDownLatch arrived = new CountDownLatch(1);
        Thread reader = reader(inbound, arrived);
        assertThat(arrived.getCount()).isEqualTo(1);

        inbound.read(inbound.of(1), Inbound.MOST_UNREAD_BYTES);

        assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
        reader.join();
    }

    @Test
    void whatAClosedChannelHasNotReadKeepsNobodyWaiting() throws Exception {
        Inbound inbound = new Inbound();
        inbound.opened(1);
        inbound.arrives(1, Inbound.MOST_UNREAD_BYTES);
        CountDownLatch arrived = new CountDownLatch(1);
        Thread reader = reader(inbound, arrived);

        inbound.closed(inbound.of(1));

        assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
        reader.join();
    }

    /** What the consumer of a channel that was lost still reads says nothing of the one that has got its number. */
    @Test
    void whatIsReadOfALostChannelDoesNotCountForItsSuccessor() throws Exception {
        Inbound inbound = new Inbound();
        inbound.opened(1);
        Inbound.Counts lost = inbound.of(1);
        inbound.sent(1);
        inbound.opened(1);
        Inbound.Counts successor = inbound.of(1);
        inbound.sent(1);

        inbound.read(lost, 0);
        inbound.closed(lost);
        assertThat(inbound.unread(successor)).isTrue();
        assertThat(inbound.awaitRead(successor, 1, System.nanoTime())).isFalse();

        inbound.read(successor, 0);
        assertThat(inbound.awaitRead(successor, 1, System.nanoTime())).isTrue();
    }

    /** A thread that has a body to bring, and waits. */
    private static Thread reader(Inbound inbound, CountDownLatch arrived) {
        Thread reader = new Thread(() -> {
            try {
                inbound.arrives(1, 1);
                arrived.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        reader.start();
        while (reader.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return reader;
    }
}
