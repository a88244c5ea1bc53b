package org.novagpubinder.host.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.common.DaemonThreads;
import org.novagpubinder.host.files.LibvirtView.Seen;
import org.novagpubinder.host.files.LibvirtView.State;

/** A stat below a dead NFS mount ends when its server is back, which may be never. */
class PatientFilesTest {
    private static final Seen THERE = new Seen(State.THERE, "");

    private final PatientFiles files = new PatientFiles(Duration.ofMillis(20), 2, DaemonThreads.pool("test"));
    private final CountDownLatch server = new CountDownLatch(1);

    @AfterEach
    void serverIsBack() {
        server.countDown();
    }

    private Seen hangs(String path) {
        try {
            server.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return THERE;
    }

    @Test
    void aPathThatDoesNotAnswerIsUnknownUntilItDoes() {
        assertThat(files.at("/nfs/disk", this::hangs).state()).isEqualTo(State.UNKNOWN);
        assertThat(files.at("/nfs/disk", p -> THERE).why())
                .as("no second thread hangs")
                .contains("not answered");

        server.countDown();

        await().until(() -> files.at("/nfs/disk", p -> THERE).equals(THERE));
    }

    @Test
    void noMoreThreadsHangThanAFew() {
        files.at("/nfs/1", this::hangs);
        files.at("/nfs/2", this::hangs);

        assertThat(files.at("/local", p -> THERE).state()).isEqualTo(State.UNKNOWN);
    }

    @Test
    void whoIsInterruptedStillGetsItsAnswerAndStaysInterrupted() {
        PatientFiles patient = new PatientFiles(Duration.ofSeconds(60), 2, DaemonThreads.pool("test"));
        Thread.currentThread().interrupt();

        assertThat(patient.at("/local", p -> THERE)).isEqualTo(THERE);
        assertThat(Thread.interrupted()).isTrue();
    }
}
