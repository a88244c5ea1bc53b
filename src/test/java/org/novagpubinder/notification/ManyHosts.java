package org.novagpubinder.notification;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.notification.decode.NotificationDecoder;
import org.novagpubinder.testing.NovaPublisher;
import org.novagpubinder.testing.RabbitBroker;

/**
 * The subscriptions of very many hosts in one process on one real RabbitMQ (src/dev/many-hosts): what they cost it, and each
 * other, by the shared topics and by a topic for each host.
 */
public final class ManyHosts {
    private static final String EXCHANGE = "many";
    private static final int MESSAGES = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration SETTLED = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    private ManyHosts() {}

    /**
     * Measures and prints.
     *
     * @param args how many hosts
     */
    public static void main(String[] args) throws Exception {
        List<String> hosts = IntStream.range(0, Integer.parseInt(args[0]))
                .mapToObj(i -> "cmp-%04d".formatted(i))
                .toList();
        for (boolean own : new boolean[] {true, false}) {
            try (RabbitBroker broker = RabbitBroker.start();
                    NovaPublisher nova = new NovaPublisher(broker, EXCHANGE).declareExchange()) {
                measure(broker, nova, hosts, own);
            }
        }
    }

    private static void measure(RabbitBroker broker, NovaPublisher nova, List<String> hosts, boolean own)
            throws Exception {
        NotificationCounters counters = new NotificationCounters();
        AtomicInteger heard = new AtomicInteger();
        double alone = idle();
        long memory = used();
        List<NotificationSubscription> all = new ArrayList<>();
        for (String host : hosts) {
            if (own) {
                nova.declareQueue("gpu-binder-" + host + ".info");
            }
            NotificationSubscription one = new NotificationSubscription(
                    config(broker, host, own),
                    List::of,
                    host,
                    (event, ack) -> {
                        heard.incrementAndGet();
                        ack.done();
                    },
                    Set.of(),
                    new NotificationDecoder(),
                    counters,
                    null,
                    Timings.USUAL);
            one.start();
            all.add(one);
            // one after the other: a broker that shares a machine with all of them would not answer in time
            while (one.state().kind() != Kind.SUBSCRIBED) {
                Thread.sleep(20);
            }
        }
        if (own) {
            // until then each asks for the queue for errors, which is not there, as if Nova were at something
            Thread.sleep(DeliveryHandler.OLDER.toMillis());
        }
        System.out.printf(
                "%,d hosts by %s: %.0f KiB of heap each; the broker's CPU while nothing is sent: %.1f ms a second%n",
                hosts.size(),
                own ? "a topic of each" : "the shared topics",
                (double) (used() - memory) / KIB / hosts.size(),
                idle() - alone);
        send(nova, hosts, own, counters, heard);
        all.forEach(NotificationSubscription::close);
    }

    private static void send(
            NovaPublisher nova, List<String> hosts, boolean own, NotificationCounters counters, AtomicInteger heard)
            throws Exception {
        int each = own ? 1 : hosts.size();
        Duration cpu = cpu();
        Duration brokers = brokers();
        long bytes = 0;
        for (int i = 0; i < MESSAGES; i++) {
            String host = hosts.get(i * hosts.size() / MESSAGES);
            byte[] body = Messages.versioned("instance.power_on.end", host, host);
            bytes += body.length;
            long before = counted(counters);
            nova.publish(own ? "gpu-binder-" + host + ".info" : "versioned_notifications.info", body);
            // a message that goes to all keeps two cores busy for a while: the next one waits for its end
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (heard.get() <= i || counted(counters) < before + each) {
                if (System.nanoTime() > until) {
                    throw new IllegalStateException("message " + i + " was heard by " + (counted(counters) - before)
                            + " of " + each + " hosts; " + heard + " were heard by their own");
                }
                Thread.sleep(10);
            }
        }
        int deliveries = MESSAGES * each;
        System.out.printf(
                "  %,d messages (%,d bytes each) in, %,d out (%.1f MiB), each heard by its host%n",
                MESSAGES, bytes / MESSAGES, deliveries, (double) bytes * each / MIB);
        if (!own) {
            // of a few messages what the connections take meanwhile would be the most
            System.out.printf(
                    "  CPU of a delivery: %.0f us here, %.0f us at the broker%n",
                    each(cpu().minus(cpu), deliveries), each(brokers().minus(brokers), deliveries));
        }
    }

    /** The broker's CPU while nothing is sent, ms a second. */
    private static double idle() throws InterruptedException {
        // what was begun before is done then
        Thread.sleep(SETTLED.toMillis());
        long began = System.nanoTime();
        Duration before = brokers();
        Thread.sleep(IDLE.toMillis());
        return brokers().minus(before).toNanos() * 1e3 / (System.nanoTime() - began);
    }

    private static double each(Duration all, long of) {
        return all.toNanos() / 1e3 / of;
    }

    private static long counted(NotificationCounters counters) {
        return counters.snapshot().values().stream().mapToLong(Long::longValue).sum();
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static Duration brokers() {
        return ProcessHandle.current()
                .descendants()
                .filter(p ->
                        p.info().command().filter(c -> c.endsWith("beam.smp")).isPresent())
                .flatMap(p -> p.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static BrokerConfig config(RabbitBroker broker, String host, boolean own) {
        return new BrokerConfig(
                List.of(broker.address()),
                "/",
                null,
                Duration.ofSeconds(60),
                EXCHANGE,
                List.of("versioned_notifications"),
                own ? "gpu-binder-" + host : null,
                "nova-gpu-binder." + host,
                Duration.ofHours(24),
                100_000,
                50);
    }
}
