package org.novagpubinder.binding.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.common.DaemonThreads;

class DomainQueuesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final UUID one = UUID.randomUUID();
    private final UUID other = UUID.randomUUID();

    @Test
    void workForOneDomainIsDoneInItsOrder() {
        List<Integer> seen = new CopyOnWriteArrayList<>();
        try (DomainQueues queues = new DomainQueues(4)) {
            for (int i = 0; i < 200; i++) {
                int number = i;
                queues.submit(one, () -> seen.add(number));
            }
            await().atMost(PATIENCE).until(() -> seen.size() == 200);
        }
        assertThat(seen).isSorted();
    }

    @Test
    void aSlowDomainDoesNotHoldUpAnother() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        CountDownLatch otherDone = new CountDownLatch(1);
        try (DomainQueues queues = new DomainQueues(2)) {
            queues.submit(one, () -> {
                try {
                    slow.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            queues.submit(one, () -> {});
            queues.submit(other, otherDone::countDown);
            assertThat(otherDone.await(10, TimeUnit.SECONDS)).isTrue();
            slow.countDown();
        }
    }

    /** As where a thread cannot be made (TasksMax=, pids.max). */
    private static final ThreadFactory NONE = task -> {
        throw new OutOfMemoryError("unable to create native thread");
    };

    @Test
    void whatIsUrgentIsAWorkersIfNoThreadCanBeMadeForIt() {
        AtomicBoolean done = new AtomicBoolean();
        try (DomainQueues queues =
                new DomainQueues(1, name -> name.equals("urgent") ? NONE : DaemonThreads.numbered(name))) {
            queues.submitUrgent(one, () -> done.set(true));
            await().atMost(PATIENCE).untilTrue(done);
        }
    }

    @Test
    void whatNoThreadCouldBeMadeForIsDoneByTheNextThatCan() {
        AtomicBoolean none = new AtomicBoolean(true);
        List<String> done = new CopyOnWriteArrayList<>();
        ThreadFactory some = DaemonThreads.numbered("some");
        try (DomainQueues queues = new DomainQueues(1, name -> task -> (none.get() ? NONE : some).newThread(task))) {
            queues.submit(one, () -> done.add("first"));
            none.set(false);
            queues.submit(other, () -> done.add("another domain's"));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(done).containsExactly("another domain's", "first"));
        }
    }

    @Test
    void workThatThrowsDoesNotEndItsDomainsQueue() {
        AtomicBoolean after = new AtomicBoolean();
        try (DomainQueues queues = new DomainQueues(1)) {
            queues.submit(one, () -> {
                throw new IllegalStateException("a defect");
            });
            queues.submit(one, () -> after.set(true));
            await().dontCatchUncaughtExceptions().atMost(PATIENCE).untilTrue(after);
            await().dontCatchUncaughtExceptions().atMost(PATIENCE).until(() -> queues.busy() == 0);
        }
    }

    @Test
    void closingLetsWhatIsUnderWayFinishAndDropsTheRest() throws Exception {
        AtomicBoolean finished = new AtomicBoolean();
        AtomicBoolean dropped = new AtomicBoolean(true);
        CountDownLatch started = new CountDownLatch(1);
        DomainQueues queues = new DomainQueues(1);
        queues.submit(one, () -> {
            started.countDown();
            try {
                Thread.sleep(300);
                finished.set(true);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        queues.submit(one, () -> dropped.set(false));
        started.await();
        queues.close();
        assertThat(finished).isTrue();
        assertThat(dropped).isTrue();
    }

    @Test
    void closingDropsWhatOtherDomainsWaitForAsWell() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        AtomicInteger done = new AtomicInteger();
        DomainQueues queues = new DomainQueues(1);
        queues.submit(one, () -> {
            begun.countDown();
            waitsFor(goesOn).run();
        });
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 100; i++) {
            queues.submit(UUID.randomUUID(), done::incrementAndGet);
        }
        queues.submitUrgent(other, started::countDown);
        Thread closing = new Thread(queues::close);
        closing.start();
        await().atMost(PATIENCE).until(queues::closing);
        goesOn.countDown();
        closing.join();
        assertThat(done).hasValue(0);
        assertThat(started.getCount()).as("the start of a guest that is off").isZero();
    }

    @Test
    void workersThatAreAllStuckAreNoticed() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(2);
        Runnable work = () -> {
            begun.countDown();
            try {
                stuck.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        long later = System.nanoTime() + TimeUnit.MINUTES.toNanos(11);
        try (DomainQueues queues = new DomainQueues(2)) {
            assertThat(queues.responsive(later)).as("nothing to do").isTrue();
            queues.submit(one, work);
            assertThat(queues.responsive(later)).as("one worker is free").isTrue();
            queues.submit(other, work);
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(queues.responsive()).as("just begun").isTrue();
            assertThat(queues.responsive(later)).as("for eleven minutes").isFalse();
            stuck.countDown();
            await().atMost(PATIENCE).until(() -> queues.responsive(later));
        }
    }

    @Test
    void aGuestThatIsOffDoesNotWaitForOthers() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        CountDownLatch urgent = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        List<String> seen = new CopyOnWriteArrayList<>();
        try (DomainQueues queues = new DomainQueues(1)) {
            queues.submit(one, () -> {
                begun.countDown();
                waitsFor(slow).run();
                seen.add("slow");
            });
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            queues.submitUrgent(one, () -> seen.add("in its order"));
            queues.submitUrgent(other, urgent::countDown);
            assertThat(urgent.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(seen).isEmpty();
            slow.countDown();
            await().atMost(PATIENCE).until(() -> seen.size() == 2);
        }
        assertThat(seen).containsExactly("slow", "in its order");
    }

    private static Runnable waitsFor(CountDownLatch latch) {
        return () -> {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /** A sweep hands all domains in: those that libvirt does not answer for may have the workers. */
    @Test
    void aGuestThatIsOffDoesNotWaitForOthersWhereItsSweepDoes() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        AtomicBoolean swept = new AtomicBoolean();
        try (DomainQueues queues = new DomainQueues(1)) {
            queues.submit(other, waitsFor(hangs));
            queues.submit(one, () -> swept.set(true));
            queues.submitUrgent(one, started::countDown);
            assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(swept).isFalse();
            hangs.countDown();
            await().atMost(PATIENCE).untilTrue(swept);
            await().atMost(PATIENCE).until(() -> queues.busy() == 0);
        }
    }

    @Test
    void aGuestThatGoesOffInItsTurnDoesNotWaitForOthersAfterIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch turn = new CountDownLatch(1);
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        try (DomainQueues queues = new DomainQueues(1)) {
            queues.submit(one, () -> {
                begun.countDown();
                waitsFor(turn).run();
            });
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            queues.submit(other, waitsFor(hangs));
            queues.submitUrgent(one, started::countDown);
            turn.countDown();
            assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
            hangs.countDown();
        }
    }

    @Test
    void oneDomainsWorkIsNeverDoneTwiceAtATime() {
        AtomicInteger atWork = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        Runnable work = () -> {
            most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
            Thread.onSpinWait();
            atWork.decrementAndGet();
            done.incrementAndGet();
        };
        try (DomainQueues queues = new DomainQueues(4)) {
            for (int i = 0; i < 1000; i++) {
                queues.submit(one, work);
                queues.submitUrgent(one, work);
            }
            await().atMost(PATIENCE).until(() -> done.get() == 2000 && queues.busy() == 0);
        }
        assertThat(most).hasValue(1);
    }
}
