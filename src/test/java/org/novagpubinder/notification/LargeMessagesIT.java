package org.novagpubinder.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.rabbitmq.client.BuiltinExchangeType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.notification.NotificationCounters.Result;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.notification.decode.NotificationDecoder;
import org.novagpubinder.testing.LogLines;
import org.novagpubinder.testing.NovaPublisher;
import org.novagpubinder.testing.RabbitBroker;

/** Messages that would end the daemon, and end every daemon that they are sent to, again and again. */
class LargeMessagesIT {
    private static final String KEY = "versioned_notifications.info";
    private static final int LARGE = 120 << 20;

    private static RabbitBroker broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() throws Exception {
        // the default until RabbitMQ 4.0, which has 16 MiB
        broker = RabbitBroker.start(RabbitBroker.newDirectory(), List.of("max_message_size = " + (128 << 20)));
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
    }

    @Test
    void aMessageOf120MiBIsDroppedAndTheNextOneHandedOnWithThePackagesHeap() throws Exception {
        try (NovaPublisher nova = new NovaPublisher(broker, "large").declareExchange()) {
            Process daemon = daemon("large");
            try {
                awaitLine(daemon, "state SUBSCRIBED");
                nova.publish(KEY, new byte[LARGE]);
                nova.publish(KEY, Messages.versioned("instance.create.end", "cmp-a", "cmp-a"));
                awaitLine(daemon, "handed on instance.create.end");
                assertThat(daemon.isAlive()).isTrue();
                daemon.getOutputStream().close();
                assertThat(daemon.waitFor()).as(out()).isZero();
                assertThat(nova.waiting("nova-gpu-binder.large")).isZero();
                assertThat(out())
                        .contains(LARGE + " bytes with routing key '" + KEY + "'")
                        .containsOnlyOnce("dropped unread");
            } finally {
                daemon.destroyForcibly();
            }
        }
    }

    @Test
    void aBacklogOfLargeMessagesFitsTheHeap() throws Exception {
        try (NovaPublisher nova = new NovaPublisher(broker, "many").declareExchange()) {
            own(nova, "many");
            byte[] justReceived = Messages.versioned("instance.create.end", "cmp-a", "cmp-a");
            byte[] padded = (new String(justReceived, UTF_8) + " ".repeat(NotificationDecoder.MAX_BODY_BYTES))
                    .substring(0, NotificationDecoder.MAX_BODY_BYTES)
                    .getBytes(UTF_8);
            for (int i = 0; i < 150; i++) {
                nova.publish(KEY, padded);
            }
            byte[] manySpecs = Messages.changed("instance.create.end", m -> {
                ObjectNode specs = Messages.data(m).withObject("/flavor/nova_object.data/extra_specs");
                IntStream.range(0, 10_000).forEach(n -> specs.put("trait:CUSTOM_" + n, "required"));
            });
            for (int i = 0; i < 20; i++) {
                nova.publish(KEY, manySpecs);
            }
            nova.publish(KEY, Messages.versioned("instance.power_on.end", "cmp-a", "cmp-a"));
            Process daemon = daemon("many");
            try {
                awaitLine(daemon, "handed on instance.power_on.end");
                daemon.getOutputStream().close();
                assertThat(daemon.waitFor()).as(out()).isZero();
                assertThat(out().lines().filter(l -> l.equals("handed on instance.create.end")))
                        .hasSize(170);
            } finally {
                daemon.destroyForcibly();
            }
        }
    }

    @Test
    void aMessageDuringWhichTheProcessDiedTwiceIsNotTakenAThirdTime() throws Exception {
        try (NovaPublisher nova = new NovaPublisher(broker, "deadly").declareExchange()) {
            own(nova, "deadly");
            nova.publish(KEY, Messages.versioned("instance.reboot.end", "cmp-a", "cmp-a"));
            nova.publish(KEY, Messages.versioned("instance.create.end", "cmp-a", "cmp-a"));

            assertThat(daemon("deadly").waitFor()).as("the first time").isEqualTo(3);
            assertThat(daemon("deadly").waitFor()).as("the second time").isEqualTo(3);
            Process third = daemon("deadly");
            try {
                awaitLine(third, "handed on instance.create.end");
                third.getOutputStream().close();
                assertThat(third.waitFor()).as(out()).isZero();
            } finally {
                third.destroyForcibly();
            }
            assertThat(out()).doesNotContain("handed on instance.reboot.end").contains("died while it handled it");
            assertThat(nova.waiting("nova-gpu-binder.deadly")).isZero();
            try (var files = Files.list(directory.resolve("run"))) {
                assertThat(files).isEmpty();
            }
        }
    }

    @Test
    void whatIsTooLargeIsCountedAndLoggedOnceAndTheConnectionStays() throws Exception {
        try (LogLines log = LogLines.of("org.novagpubinder.notification");
                NovaPublisher nova = new NovaPublisher(broker, "counted").declareExchange();
                SubscriptionRig rig = SubscriptionRig.started(SubscriptionRig.config(broker, "counted"))) {
            rig.awaitState(Kind.SUBSCRIBED);
            for (int size : List.of(1, (128 << 10) - 8, 1 << 20)) {
                nova.publish(KEY, new byte[NotificationDecoder.MAX_BODY_BYTES + size]);
            }
            nova.publish(KEY, Messages.versioned("instance.create.end", "cmp-a", "cmp-a"));
            rig.awaitEvents(1);

            assertThat(rig.counters.snapshot())
                    .containsEntry(new NotificationCounters.Key("too_large", Result.BAD_BODY), 3L);
            assertThat(rig.states).extracting(SubscriptionState::kind).containsOnly(Kind.SUBSCRIBED);
            assertThat(log.lines())
                    .filteredOn(l -> l.contains("is dropped unread"))
                    .hasSize(1);
            await().untilAsserted(() ->
                    assertThat(nova.waiting("nova-gpu-binder.counted")).isZero());
        }
    }

    @Test
    void whatHasBeenSentCountsAsUnreadUntilTheHandlerHasBeenToldOfIt() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        List<String> told = new CopyOnWriteArrayList<>();
        NotificationHandler slow = (event, ack) -> {
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            told.add(event.event());
            ack.done();
        };
        try (NovaPublisher nova = new NovaPublisher(broker, "end").declareExchange();
                SubscriptionRig rig = SubscriptionRig.handling(SubscriptionRig.config(broker, "end"), slow)) {
            rig.awaitState(Kind.SUBSCRIBED);
            assertThat(rig.subscription.readToTheEnd(Duration.ofSeconds(10)))
                    .as("an empty queue")
                    .isTrue();

            // more than the broker sends ahead
            for (int i = 0; i < 80; i++) {
                nova.publish(KEY, Messages.versioned("instance.create.end", "other", "other"));
            }
            nova.publish(KEY, Messages.versioned("instance.reboot.start", "cmp-a", "cmp-a"));
            nova.publish(KEY, Messages.versioned("instance.pause.start", "cmp-a", "cmp-a"));
            assertThat(rig.subscription.readToTheEnd(Duration.ofMillis(300))).isFalse();

            goOn.countDown();
            assertThat(rig.subscription.readToTheEnd(Duration.ofSeconds(10))).isTrue();
            assertThat(told).containsExactly("instance.reboot.start", "instance.pause.start");
        }
    }

    @Test
    void aQueueThatIsNeverEmptyIsReadToTheEndThatItHadWhenAsked() throws Exception {
        try (NovaPublisher nova = new NovaPublisher(broker, "busy").declareExchange();
                SubscriptionRig rig = SubscriptionRig.started(SubscriptionRig.config(broker, "busy"))) {
            rig.awaitState(Kind.SUBSCRIBED);
            byte[] body = Messages.versioned("instance.create.end", "other", "other");
            Thread busy = new Thread(() -> {
                try {
                    while (!Thread.currentThread().isInterrupted()) {
                        nova.publish(KEY, body);
                    }
                } catch (IOException | InterruptedException end) {
                    Thread.currentThread().interrupt();
                }
            });
            busy.start();
            for (int i = 0; i < 20; i++) {
                assertThat(rig.subscription.readToTheEnd(Duration.ofSeconds(5))).isTrue();
            }
            busy.interrupt();
            busy.join();
        }
    }

    @Test
    void whatNovaHasSentBeforeTheQuestionIsKnownAfterIt() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        NotificationHandler handler = (event, ack) -> {
            told.add(event.requestId());
            ack.done();
        };
        try (NovaPublisher nova = new NovaPublisher(broker, "race").declareExchange();
                SubscriptionRig rig = SubscriptionRig.handling(SubscriptionRig.config(broker, "race"), handler)) {
            rig.awaitState(Kind.SUBSCRIBED);
            byte[] start = Messages.versioned("instance.reboot.start", "cmp-a", "cmp-a");
            for (int i = 1; i <= 500; i++) {
                nova.publish(KEY, start);
                assertThat(rig.subscription.readToTheEnd(Duration.ofSeconds(5))).isTrue();
                assertThat(told).hasSize(i);
            }
        }
    }

    @Test
    void withoutTheBrokerNothingIsKnownToBeRead() throws Exception {
        try (SubscriptionRig rig = SubscriptionRig.started(SubscriptionRig.config(broker, "nobody"))) {
            rig.awaitState(Kind.WAITING);
            assertThat(rig.subscription.readToTheEnd(Duration.ofMillis(100))).isFalse();
        }
    }

    /** The queue as the subscription makes it, before there is one. */
    private static void own(NovaPublisher nova, String exchange) throws IOException {
        String queue = "nova-gpu-binder." + exchange;
        nova.channel().exchangeDeclare(exchange, BuiltinExchangeType.TOPIC, false, false, Map.of());
        nova.channel()
                .queueDeclare(
                        queue,
                        true,
                        false,
                        false,
                        Map.of("x-expires", Duration.ofHours(24).toMillis(), "x-max-length", 10_000));
        nova.channel().queueBind(queue, exchange, KEY);
    }

    private Process daemon(String exchange) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(packagesOptions());
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeap.class.getName(),
                Integer.toString(broker.port()),
                RabbitBroker.PASSWORD,
                exchange,
                directory.resolve("run").toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out").toFile())
                .start();
    }

    /** Options of the virtual machine that concern memory, as the package starts it. */
    private static List<String> packagesOptions() throws IOException {
        Matcher option = Pattern.compile("(?<!\\+)-X(mx|X:)\\S+")
                .matcher(Files.readString(Path.of("src/packaging/nova-gpu-binder")));
        return option.results().map(r -> r.group()).toList();
    }

    private void awaitLine(Process daemon, String line) throws IOException {
        await().atMost(Duration.ofSeconds(90)).until(() -> !daemon.isAlive() || out().contains(line));
        assertThat(out()).contains(line);
    }

    private String out() throws IOException {
        return Files.readString(directory.resolve("out"));
    }
}
