package org.novagpubinder.domain.libvirt;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps questions that libvirt hands on to the guest's QEMU from filling the lanes of a connection: libvirt waits for a QEMU
 * without limit, and where storage is gone many of them hang at once. Whoever asks while as many as may have not been answered
 * for long hears that at once.
 */
public final class QemuQuestions {
    /** Longer than an answer takes, shorter than anybody minds. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final int OPERATION_TIMEOUT = 68;

    private final int most;
    private final LongSupplier nanoTime;
    private int asked;

    /** When the last one was asked. */
    private long last;

    /** @param most so many are asked at a time */
    public QemuQuestions(int most) {
        this(most, System::nanoTime);
    }

    QemuQuestions(int most, LongSupplier nanoTime) {
        this.most = most;
        this.nanoTime = nanoTime;
    }

    /** @throws LibvirtFailure of kind BUSY if it is not asked, for others are not answered */
    public <T> T ask(OneAtATime.Question<T> question) throws LibvirtFailure {
        try {
            begin();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LibvirtFailure(
                    LibvirtFailure.Kind.CONNECTION, 0, "interrupted while waiting for other guests' QEMUs");
        }
        try {
            return question.ask();
        } finally {
            end();
        }
    }

    private synchronized void begin() throws LibvirtFailure, InterruptedException {
        while (asked == most) {
            long waited = nanoTime.getAsLong() - last;
            if (waited >= PATIENCE.toNanos()) {
                throw new LibvirtFailure(
                        LibvirtFailure.Kind.BUSY,
                        OPERATION_TIMEOUT,
                        "libvirt waits for the QEMUs of other guests, which have not answered for "
                                + waited / 1_000_000_000 + " s: this one's is not asked");
            }
            TimeUnit.NANOSECONDS.timedWait(this, PATIENCE.toNanos() - waited);
        }
        asked++;
        last = nanoTime.getAsLong();
    }

    private synchronized void end() {
        asked--;
        notifyAll();
    }
}
