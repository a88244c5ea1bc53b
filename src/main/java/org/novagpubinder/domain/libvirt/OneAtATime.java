package org.novagpubinder.domain.libvirt;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Keeps one domain that libvirt is busy with from filling the lanes for all others: libvirt 11.0 to 11.4 lets the XML of a
 * domain that is being saved, snapshotted or migrated be waited for up to 30 s. Whoever asks for such a domain while
 * somebody else has been waiting for it hears at once that it is busy.
 */
public final class OneAtATime {
    /** Longer than an answer takes, shorter than anybody minds. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final int OPERATION_TIMEOUT = 68;

    private final Map<UUID, Long> since = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    public OneAtATime() {
        this(System::nanoTime);
    }

    OneAtATime(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    public interface Question<T> {
        T ask() throws LibvirtFailure;
    }

    /**
     * Asks, unless another question about that domain has not been answered for long.
     *
     * @throws LibvirtFailure of kind BUSY then
     */
    public <T> T ask(UUID domain, Question<T> question) throws LibvirtFailure {
        long now = nanoTime.getAsLong();
        Long first = since.putIfAbsent(domain, now);
        if (first != null && now - first > PATIENCE.toNanos()) {
            throw new LibvirtFailure(
                    LibvirtFailure.Kind.BUSY,
                    OPERATION_TIMEOUT,
                    "libvirt is busy with domain " + domain + ": it has not answered for "
                            + (now - first) / 1_000_000_000 + " s");
        }
        try {
            return question.ask();
        } finally {
            if (first == null) {
                since.remove(domain);
            }
        }
    }
}
