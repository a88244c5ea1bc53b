package org.novagpubinder.domain.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtHold;

/** How many calls are in flight on a connection, and what goes past them. */
class LibvirtLanesIT {
    @Test
    void whatAGuestThatIsOffWaitsForIsNotHeldUpByCallsThatHang() throws Exception {
        LibvirtSession session = LibvirtSession.open(LibvirtLibrary.load(), "test:///default");
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch unlocked = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(3);
        List<Future<?>> calls = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                calls.add(threads.submit(() -> session.call(connection -> {
                    hanging.countDown();
                    Assertions.assertThatCode(unlocked::await).doesNotThrowAnyException();
                    return 0;
                })));
            }
            assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
            Future<Integer> fourth = threads.submit(() -> session.call(connection -> session.cpuMapBytes()));
            calls.add(fourth);

            Libvirt urgent = new LibvirtCalls(() -> session, new DomainXml()).urgent();
            assertThat(threads.submit(() -> urgent.find("test")).get(10, TimeUnit.SECONDS))
                    .isPresent();

            Assertions.assertThatThrownBy(() -> fourth.get(200, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
        } finally {
            unlocked.countDown();
            for (Future<?> call : calls) {
                call.get(10, TimeUnit.SECONDS);
            }
            threads.shutdownNow();
            session.close();
        }
    }

    @Test
    void aSecondGuestThatIsOffTakesTheLaneThatBecomesFreeFirst() throws Exception {
        LibvirtSession session = LibvirtSession.open(LibvirtLibrary.load(), "test:///default");
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch listsGoOn = new CountDownLatch(1);
        CountDownLatch createGoesOn = new CountDownLatch(1);
        CountDownLatch in = new CountDownLatch(4);
        try {
            for (int i = 0; i < 3; i++) {
                var unused = threads.submit(() -> session.call(connection -> hang(in, listsGoOn)));
            }
            while (in.getCount() > 1) {
                Thread.sleep(10);
            }
            var create = threads.submit(() -> session.urgently(connection -> hang(in, createGoesOn)));
            assertThat(create).isNotNull();
            assertThat(in.await(10, TimeUnit.SECONDS)).isTrue();
            Future<Integer> second = threads.submit(() -> session.urgently(connection -> 1));

            listsGoOn.countDown();

            assertThat(second.get(5, TimeUnit.SECONDS)).isEqualTo(1);
        } finally {
            listsGoOn.countDown();
            createGoesOn.countDown();
            threads.shutdownNow();
            session.close();
        }
    }

    @Test
    void whoeverWaitsForALaneHearsThatTheConnectionIsClosed() throws Exception {
        LibvirtSession session = LibvirtSession.open(LibvirtLibrary.load(), "test:///default");
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch in = new CountDownLatch(3);
        CountDownLatch goOn = new CountDownLatch(1);
        try {
            List<Future<Integer>> hanging = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                hanging.add(threads.submit(() -> session.call(connection -> hang(in, goOn))));
            }
            assertThat(in.await(10, TimeUnit.SECONDS)).isTrue();
            List<Future<Integer>> waiting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiting.add(threads.submit(() -> session.call(connection -> 1)));
            }
            Future<?> closing = threads.submit(session::close);
            Thread.sleep(200);
            goOn.countDown();

            closing.get(10, TimeUnit.SECONDS);
            for (Future<Integer> call : waiting) {
                Assertions.assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(LibvirtFailure.class);
            }
            for (Future<Integer> call : hanging) {
                assertThat(call.get(10, TimeUnit.SECONDS)).isZero();
            }
        } finally {
            goOn.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void whoeverWaitsForALaneHearsThatAConnectionIsClosedWhoseCallsHangForEver() throws Exception {
        LibvirtSession session = LibvirtSession.open(LibvirtLibrary.load(), "test:///default");
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch in = new CountDownLatch(4);
        CountDownLatch never = new CountDownLatch(1);
        try {
            for (int i = 0; i < 3; i++) {
                var unused = threads.submit(() -> session.call(connection -> hang(in, never)));
            }
            var create = threads.submit(() -> session.urgently(connection -> hang(in, never)));
            assertThat(create).isNotNull();
            assertThat(in.await(10, TimeUnit.SECONDS)).isTrue();
            List<Future<Integer>> waiting = List.of(
                    threads.submit(() -> session.call(connection -> 1)),
                    threads.submit(() -> session.urgently(connection -> 1)));

            session.close();

            for (Future<Integer> call : waiting) {
                Assertions.assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(LibvirtFailure.class);
            }
        } finally {
            never.countDown();
            threads.shutdownNow();
        }
    }

    private static int hang(CountDownLatch in, CountDownLatch until) {
        in.countDown();
        Assertions.assertThatCode(until::await).doesNotThrowAnyException();
        return 0;
    }

    @Test
    void whatIsDoneInAHeldLaneWaitsForNobodyAndTheLaneIsGivenBack() throws Exception {
        LibvirtSession session = LibvirtSession.open(LibvirtLibrary.load(), "test:///default");
        Libvirt calls = new LibvirtCalls(() -> session, new DomainXml());
        try {
            for (int i = 0; i < 10; i++) {
                try (LibvirtHold lane = calls.lane();
                        LibvirtHold second = calls.lane();
                        LibvirtHold third = calls.lane()) {
                    assertThat(lane.calls().find("test")).isPresent();
                    assertThat(third.calls().find("test")).isPresent();
                    assertThat(second.calls().urgent().find("test")).isPresent();
                }
            }
        } finally {
            session.close();
        }
    }

    @Test
    void aConnectionOfItsOwnIsOpenedAgainWhenItIsLost() throws Exception {
        LibvirtSession session = LibvirtSession.open(LibvirtLibrary.load(), "test:///default");
        try (LibvirtHold own = new LibvirtCalls(() -> session, new DomainXml()).own()) {
            assertThat(own.calls().find("test")).isPresent();
            ((OwnConnection) own).session().close();

            assertThat(own.calls().find("test")).isPresent();
        } finally {
            session.close();
        }
    }
}
