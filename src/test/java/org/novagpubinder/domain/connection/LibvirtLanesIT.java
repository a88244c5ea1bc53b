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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtHold;

/** How many calls are in flight on a connection, and what goes past them. */
class LibvirtLanesIT {
    private static final int LANES = 3;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private LibvirtSession session;

    @BeforeEach
    void open() throws Exception {
        session = LibvirtSession.open(LibvirtLibrary.load(), "test:///default");
    }

    @AfterEach
    void close() {
        goOn.countDown();
        session.close();
        threads.shutdownNow();
    }

    private Libvirt calls() {
        return new LibvirtCalls(() -> session, new DomainXml());
    }

    /** Calls in all the lanes, which hang until they may go on. */
    private List<Future<Integer>> hanging() throws Exception {
        CountDownLatch in = new CountDownLatch(LANES);
        List<Future<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < LANES; i++) {
            calls.add(threads.submit(() -> session.call(connection -> hang(in, goOn))));
        }
        assertThat(in.await(10, TimeUnit.SECONDS)).isTrue();
        return calls;
    }

    /** One more, past the lanes. */
    private void hangingUrgently(CountDownLatch until) throws Exception {
        CountDownLatch in = new CountDownLatch(1);
        var create = threads.submit(() -> session.urgently(connection -> hang(in, until)));
        assertThat(create).isNotNull();
        assertThat(in.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static int hang(CountDownLatch in, CountDownLatch until) {
        in.countDown();
        Assertions.assertThatCode(until::await).doesNotThrowAnyException();
        return 0;
    }

    private static void assertHearItIsClosed(List<Future<Integer>> waiting) {
        for (Future<Integer> call : waiting) {
            Assertions.assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(LibvirtFailure.class);
        }
    }

    @Test
    void whatAGuestThatIsOffWaitsForIsNotHeldUpByCallsThatHang() throws Exception {
        hanging();
        Future<Integer> fourth = threads.submit(() -> session.call(connection -> session.cpuMapBytes()));

        Libvirt urgent = calls().urgent();
        assertThat(threads.submit(() -> urgent.find("test")).get(10, TimeUnit.SECONDS))
                .isPresent();

        Assertions.assertThatThrownBy(() -> fourth.get(200, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        goOn.countDown();
        assertThat(fourth.get(10, TimeUnit.SECONDS)).isPositive();
    }

    @Test
    void aSecondGuestThatIsOffTakesTheLaneThatBecomesFreeFirst() throws Exception {
        hanging();
        CountDownLatch createGoesOn = new CountDownLatch(1);
        try {
            hangingUrgently(createGoesOn);
            Future<Integer> second = threads.submit(() -> session.urgently(connection -> 1));

            goOn.countDown();

            assertThat(second.get(5, TimeUnit.SECONDS)).isEqualTo(1);
        } finally {
            createGoesOn.countDown();
        }
    }

    @Test
    void whoeverWaitsForALaneHearsThatTheConnectionIsClosed() throws Exception {
        List<Future<Integer>> hanging = hanging();
        List<Future<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < LANES; i++) {
            waiting.add(threads.submit(() -> session.call(connection -> 1)));
        }
        Future<?> closing = threads.submit(session::close);
        Thread.sleep(200);
        goOn.countDown();

        closing.get(10, TimeUnit.SECONDS);
        assertHearItIsClosed(waiting);
        for (Future<Integer> call : hanging) {
            assertThat(call.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void whoeverWaitsForALaneHearsThatAConnectionIsClosedWhoseCallsHangForEver() throws Exception {
        hanging();
        hangingUrgently(goOn);
        List<Future<Integer>> waiting = List.of(
                threads.submit(() -> session.call(connection -> 1)),
                threads.submit(() -> session.urgently(connection -> 1)));

        session.close();

        assertHearItIsClosed(waiting);
    }

    @Test
    void whatIsDoneInAHeldLaneWaitsForNobodyAndTheLaneIsGivenBack() throws Exception {
        Libvirt calls = calls();
        for (int i = 0; i < 10; i++) {
            try (LibvirtHold lane = calls.lane();
                    LibvirtHold second = calls.lane();
                    LibvirtHold third = calls.lane()) {
                assertThat(lane.calls().find("test")).isPresent();
                assertThat(third.calls().find("test")).isPresent();
                assertThat(second.calls().urgent().find("test")).isPresent();
            }
        }
    }

    @Test
    void aConnectionOfItsOwnIsOpenedAgainWhenItIsLost() throws Exception {
        OwnConnection own = OwnConnection.like(session, new DomainXml());
        try (LibvirtHold held = new LibvirtHold(own.calls(), own::close)) {
            assertThat(held.calls().find("test")).isPresent();
            own.session().close();

            assertThat(held.calls().find("test")).isPresent();
        }
    }
}
