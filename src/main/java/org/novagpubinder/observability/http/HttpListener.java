package org.novagpubinder.observability.http;

import com.sun.net.httpserver.HttpServer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.ListenAddress;
import org.novagpubinder.host.common.DaemonThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the routes by HTTP where {@code metrics_listen} says. That it cannot listen is told and tried again, and keeps no
 * guest from being bound.
 */
@Singleton
public final class HttpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);

    private static final Duration RETRY = Duration.ofMinutes(1);
    private static final int THREADS = 8;
    private static final int BACKLOG = 16;

    private final @Nullable ListenAddress address;
    private final Set<HttpRoute> routes;
    private final Duration retry;
    private final ScheduledExecutorService retries =
            Executors.newSingleThreadScheduledExecutor(DaemonThreads.numbered("http-retry"));
    private boolean complained;
    private boolean closed;
    private @Nullable Running running;

    private record Running(HttpServer server, ExecutorService workers) {}

    @Inject
    HttpListener(BinderConfig config, Set<HttpRoute> routes) {
        this(config.operator().metricsListen(), routes, RETRY);
    }

    HttpListener(@Nullable ListenAddress address, Set<HttpRoute> routes, Duration retry) {
        this.address = address;
        this.routes = Set.copyOf(routes);
        this.retry = retry;
    }

    /** Begins to listen, now or as soon as the address is free; returns at once. */
    public synchronized void start() {
        if (address == null || running != null || closed) {
            return;
        }
        try {
            running = listen(address);
        } catch (IOException e) {
            complain(address, e);
            var unused = retries.schedule(this::start, retry.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    synchronized boolean listening() {
        return running != null;
    }

    private Running listen(ListenAddress where) throws IOException {
        HttpLimits.set();
        InetAddress host = InetAddress.getByName(where.host());
        HttpServer server = HttpServer.create(new InetSocketAddress(host, where.port()), BACKLOG);
        ExecutorService workers = Executors.newFixedThreadPool(THREADS, DaemonThreads.numbered("http"));
        server.setExecutor(workers);
        server.createContext("/", new HttpExchanges(routes, new HttpHosts(where, host)));
        server.start();
        LOG.info("metrics, health and a page about this host are served at http://{}/", where);
        if (!host.isLoopbackAddress()) {
            LOG.warn(
                    "metrics_listen is {}: everybody who reaches it reads the metrics and the names of guests; there is"
                            + " neither a password nor encryption. Let a firewall see to it that only operators do, or"
                            + " listen on 127.0.0.1",
                    where);
        }
        return new Running(server, workers);
    }

    private void complain(ListenAddress where, IOException e) {
        String text = String.valueOf(e.getMessage());
        String why = text;
        if (e instanceof UnknownHostException) {
            why = "there is no such name";
        } else if (text.contains("already in use")) {
            why = "another process listens there (`ss -ltnp sport = :" + where.port() + "` tells which)";
        } else if (text.contains("assign requested address")) {
            why = "this host does not have that address";
        } else if (text.contains("Permission denied")) {
            why = "only root may listen on ports below 1024";
        }
        if (complained) {
            LOG.debug("still no metrics: {}", why);
            return;
        }
        complained = true;
        LOG.error(
                "cannot listen on {}: {}. There are no metrics, no health and no page; guests are bound all the same. Set"
                        + " metrics_listen in [gpu_binder] to a free address and port of this host, or to off; until then"
                        + " this is tried again each minute",
                where,
                why);
    }

    @Override
    public synchronized void close() {
        closed = true;
        retries.shutdownNow();
        if (running != null) {
            running.server().stop(0);
            running.workers().shutdownNow();
            running = null;
        }
    }
}
