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
    private static final int OF_EACH = 2;
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
        long memory = used();
        int threads = Thread.activeCount();
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
        System.out.printf(
                "%,d hosts by %s: %.1f MiB and %d threads each%n",
                hosts.size(),
                own ? "a topic of each" : "the shared topics",
                (double) (used() - memory) / MIB / hosts.size(),
                (Thread.activeCount() - threads) / hosts.size());
        send(nova, hosts, own, counters, heard);
        long published = (long) OF_EACH * hosts.size();
        all.forEach(NotificationSubscription::close);
        System.out.printf("  %,d of %,d messages were heard by the hosts that they are for%n", heard.get(), published);
    }

    private static void send(
            NovaPublisher nova, List<String> hosts, boolean own, NotificationCounters counters, AtomicInteger heard)
            throws Exception {
        long published = (long) OF_EACH * hosts.size();
        long deliveries = own ? published : published * hosts.size();
        long before = counted(counters);
        Duration cpu = cpu();
        Duration brokers = brokers();
        long began = System.nanoTime();
        long bytes = 0;
        for (int i = 0; i < OF_EACH; i++) {
            for (String host : hosts) {
                byte[] body = Messages.versioned("instance.power_on.end", host, host);
                bytes += body.length;
                nova.publish(own ? "gpu-binder-" + host + ".info" : "versioned_notifications.info", body);
            }
        }
        while (heard.get() < published || counted(counters) - before < deliveries) {
            Thread.sleep(10);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        System.out.printf(
                "  %,d messages (%,d bytes each) in, %,d out (%.1f MiB) in %,d ms; CPU of a delivery: %.1f us here, %.1f us at the broker%n",
                published,
                bytes / published,
                deliveries,
                (double) bytes / published * deliveries / MIB,
                took.toMillis(),
                each(cpu().minus(cpu), deliveries),
                each(brokers().minus(brokers), deliveries));
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
