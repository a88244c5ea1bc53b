package org.novagpubinder.domain.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.LibvirtListener;

class EventQueueTest {
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final CountDownLatch go = new CountDownLatch(1);
    private final EventQueue queue = new EventQueue(new LibvirtListener() {
        @Override
        public void connected() {
            heard.add("connected");
        }

        @Override
        public void disconnected(String cause) {
            heard.add(cause);
        }

        @Override
        public void event(DomainEvent event) {
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (event.name().equals("bad")) {
                throw new IllegalStateException("a listener's bug");
            }
            heard.add(event.name());
        }
    });

    @AfterEach
    void stop() {
        queue.stop();
    }

    @Test
    void newsArrivesInOrderAndOneBadEventDoesNotEndIt() {
        queue.start();
        queue.tell(LibvirtListener::connected);
        for (String name : List.of("a", "bad", "b")) {
            queue.tell(l ->
                    l.event(new DomainEvent(new UUID(0, 1), name, DomainEvent.Kind.STARTED, 0, System.nanoTime())));
        }
        queue.tell(l -> l.disconnected("gone"));
        go.countDown();
        await().untilAsserted(() -> assertThat(heard).containsExactly("connected", "a", "b", "gone"));
    }

    /** As where a thread cannot be made (TasksMax=, pids.max). */
    @Test
    void anErrorDoesNotEndTheNewsOfAllOthers() {
        queue.start();
        queue.tell(l -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
        queue.tell(LibvirtListener::connected);
        await().dontCatchUncaughtExceptions()
                .untilAsserted(() -> assertThat(heard).containsExactly("connected"));
    }

    @Test
    void aListenerThatCannotKeepUpIsToldToLookAtEverythingAnew() {
        queue.start();
        for (int i = 0; i < 10_050; i++) {
            queue.tell(
                    l -> l.event(new DomainEvent(new UUID(0, 1), "a", DomainEvent.Kind.STARTED, 0, System.nanoTime())));
        }
        go.countDown();
        await().untilAsserted(() -> assertThat(heard).endsWith("connected"));
        assertThat(heard).hasSizeBetween(10_000, 10_050);
    }

    @Test
    void aListenerThatIsStuckIsNoticed() {
        long later = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        queue.start();
        assertThat(queue.responsive(later)).as("no news").isTrue();
        queue.tell(l -> l.event(new DomainEvent(new UUID(0, 1), "a", DomainEvent.Kind.STARTED, 0, System.nanoTime())));
        await().until(() -> !queue.responsive(later));
        assertThat(queue.responsive(System.nanoTime())).as("just begun").isTrue();
        go.countDown();
        await().until(() -> queue.responsive(later));
    }
}
