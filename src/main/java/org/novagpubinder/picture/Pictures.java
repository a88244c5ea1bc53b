package org.novagpubinder.picture;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.daemon.ServiceState;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.host.common.DaemonThreads;
import org.novagpubinder.picture.svg.HostPicture;

/**
 * The host as it is now, or was a moment ago: however many ask, one look at a time is taken, and a tenth of the time is
 * spent on it at most. A look may take long, for libvirt may hold a domain's lock for a minute: who asks meanwhile gets the
 * last picture, which tells its time.
 */
@Singleton
public final class Pictures {
    /** A picture holds at least so long, ns. */
    private static final long FRESH = Duration.ofSeconds(5).toNanos();

    /** And at least so many times as long as it took. */
    private static final int SHARE = 9;

    private final Supplier<HostPicture> looks;
    private final Supplier<HostPicture> blank;
    private final LongSupplier nanoTime;
    private final Duration patience;
    private final RecentDecisions decisions;
    private final GuestHistories histories;
    private final Supplier<ServiceStatus> service;
    private final ExecutorService looker = Executors.newSingleThreadExecutor(DaemonThreads.named("picture"));

    private @Nullable HostPicture last;
    private long staleFrom;
    private @Nullable Future<?> look;

    @Inject
    Pictures(Snapshots snapshots, RecentDecisions decisions, GuestHistories histories, ServiceState service) {
        this(
                snapshots::take,
                () -> snapshots.blank("The host is being looked at for the first time: libvirt has not answered yet."),
                System::nanoTime,
                Duration.ofSeconds(1),
                decisions,
                histories,
                service::now);
    }

    Pictures(
            Supplier<HostPicture> looks,
            Supplier<HostPicture> blank,
            LongSupplier nanoTime,
            Duration patience,
            RecentDecisions decisions,
            GuestHistories histories,
            Supplier<ServiceStatus> service) {
        this.looks = looks;
        this.blank = blank;
        this.nanoTime = nanoTime;
        this.patience = patience;
        this.decisions = decisions;
        this.histories = histories;
        this.service = service;
    }

    /** The picture; waits for a look under way for a second at most. The decisions are those until now. */
    public HostPicture now() throws InterruptedException {
        Future<?> running = lookIfStale();
        if (running != null) {
            try {
                running.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                // the last one will do
            } catch (ExecutionException e) {
                throw new IllegalStateException("the host cannot be looked at", e.getCause());
            }
        }
        HostPicture p = last();
        return new HostPicture(
                p.host(),
                p.topology(),
                p.gpuNames(),
                p.load(),
                p.guests(),
                p.trouble(),
                decisions.list(),
                histories.all(),
                service.get(),
                p.at());
    }

    private synchronized HostPicture last() {
        return last == null ? blank.get() : last;
    }

    /** The look to wait for; null if the last picture is fresh. */
    private synchronized @Nullable Future<?> lookIfStale() {
        if (look != null && !look.isDone()) {
            return look;
        }
        if (last != null && nanoTime.getAsLong() - staleFrom < 0) {
            return null;
        }
        look = looker.submit(this::look);
        return look;
    }

    private void look() {
        long before = nanoTime.getAsLong();
        HostPicture picture = looks.get();
        long after = nanoTime.getAsLong();
        synchronized (this) {
            last = picture;
            staleFrom = after + Math.max(FRESH, SHARE * (after - before));
        }
    }
}
