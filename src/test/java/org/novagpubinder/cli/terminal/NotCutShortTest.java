package org.novagpubinder.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class NotCutShortTest {
    private final List<String> told = new CopyOnWriteArrayList<>();

    private static Thread signalled(NotCutShort work) {
        Thread signal = new Thread(work.hook());
        signal.start();
        return signal;
    }

    @Test
    void aSignalWaitsUntilTheRestartIsOver() throws Exception {
        NotCutShort work = new NotCutShort("the guest's restart", told::add);
        Thread signal = signalled(work);
        await().until(() -> told.contains("stops when the guest's restart is over"));
        assertThat(signal.isAlive()).isTrue();

        work.close();

        signal.join();
        assertThat(told).hasSize(1);
    }

    @Test
    void aSignalAfterwardsWaitsForNothing() throws Exception {
        NotCutShort work = new NotCutShort("the guest's restart", told::add);
        work.close();

        signalled(work).join();

        assertThat(told).isEmpty();
    }
}
