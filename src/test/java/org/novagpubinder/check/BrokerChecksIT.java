package org.novagpubinder.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.check.StartChecks.Waits;
import org.novagpubinder.check.broker.BrokerCheck;
import org.novagpubinder.check.broker.BrokerConnections;
import org.novagpubinder.check.broker.ExchangeCheck;
import org.novagpubinder.check.broker.NovaComputeCheck;
import org.novagpubinder.check.broker.NovaQueuesCheck;
import org.novagpubinder.check.broker.OwnQueueCheck;
import org.novagpubinder.check.broker.PermissionsCheck;
import org.novagpubinder.check.broker.SharedQueuesCheck;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult.State;
import org.novagpubinder.testing.LogLines;
import org.novagpubinder.testing.NovaPublisher;
import org.novagpubinder.testing.RabbitBroker;

/** What the checks tell of a real RabbitMQ. */
class BrokerChecksIT {
    private static final String OWN = "nova-gpu-binder.cmp-a";

    @TempDir
    private static Path directory;

    private static RabbitBroker broker;
    private static NovaPublisher nova;

    private static final long EXPIRES = 86_400_000;
    private static final int LENGTH = 100_000;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = RabbitBroker.start();
        broker.rabbitmqctl("add_user", "limited", "limited-pa55");
        broker.rabbitmqctl("set_permissions", "limited", "^$", ".*", "^nova");
        nova = new NovaPublisher(broker, "nova");
    }

    @AfterAll
    static void stopBroker() throws Exception {
        nova.close();
        broker.close();
    }

    private static String url(String login, int... ports) {
        StringBuilder url = new StringBuilder("rabbit://");
        for (int port : ports) {
            url.append(url.length() > 9 ? "," : "")
                    .append(login)
                    .append("@127.0.0.1:")
                    .append(port);
        }
        return url.append('/').toString();
    }

    private static String administrator() {
        return url(RabbitBroker.USER + ":" + RabbitBroker.PASSWORD, broker.port());
    }

    private static CheckRig rig(String url, String further) throws Exception {
        return CheckRig.of(directory, "[DEFAULT]\nhost = cmp-a\ntransport_url = " + url + "\n" + further);
    }

    private static String told(Class<? extends Check> check) throws Exception {
        return told(check, "");
    }

    private static String told(Class<? extends Check> check, String further) throws Exception {
        try (CheckRig rig = rig(administrator(), further)) {
            return rig.told(check);
        }
    }

    @Test
    void eachBrokerOfTheUrlIsToldAndOneThatWorksMakesTheOthersWarnings() throws Exception {
        String login = RabbitBroker.USER + ":" + RabbitBroker.PASSWORD;
        try (CheckRig rig = rig(url(login, 1, broker.port()), "")) {
            assertThat(rig.run(BrokerCheck.class))
                    .satisfiesExactly(
                            r -> {
                                assertThat(r.state()).isEqualTo(State.WARNING);
                                assertThat(r.text()).startsWith("RabbitMQ at 127.0.0.1:1 cannot be reached");
                            },
                            r -> {
                                assertThat(r.state()).isEqualTo(State.OK);
                                assertThat(r.text())
                                        .startsWith("127.0.0.1:" + broker.port() + ": RabbitMQ ")
                                        .endsWith("user openstack, virtual host /, without TLS")
                                        .doesNotContain(RabbitBroker.PASSWORD);
                            });
            assertThat(rig.run(PermissionsCheck.class)).isNotEmpty();
        }
        try (CheckRig rig = rig(url("nobody:secret-word", 1, broker.port()), "")) {
            assertThat(rig.run(BrokerCheck.class))
                    .hasSize(2)
                    .allSatisfy(r -> assertThat(r.state()).isEqualTo(State.FAILURE))
                    .noneSatisfy(r -> assertThat(r.toString()).contains("secret-word"));
            // the rest depends on a broker, and says nothing more
            for (Class<? extends Check> silent : List.of(
                    ExchangeCheck.class,
                    PermissionsCheck.class,
                    OwnQueueCheck.class,
                    SharedQueuesCheck.class,
                    NovaComputeCheck.class)) {
                assertThat(rig.run(silent)).isEmpty();
            }
        }
    }

    @Test
    void aBrokerThatNeverAnswersIsGivenUpAfterSeconds() throws Exception {
        try (var mute = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
                CheckRig rig = rig(url("a:b", mute.getLocalPort()), "")) {
            long begin = System.nanoTime();
            assertThat(rig.told(BrokerCheck.class))
                    .startsWith("FAILURE RabbitMQ at 127.0.0.1:")
                    .contains("in time");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(12));
        }
    }

    @Test
    void aBrokerThatTakesNovasQueuesIsFine() throws Exception {
        // 4.3 refuses transient queues unless it is told to permit them, as Debian's is: there it is asked for the
        // queues
        assertThat(told(NovaQueuesCheck.class))
                .matches(
                        "OK (RabbitMQ [34]\\.[0-9.]+ takes transient ones|notifications.info: there, on RabbitMQ 4.*)");
    }

    @Test
    void whatIsLeftOfAFormerHostTopicIsTold() throws Exception {
        nova.declareQueue("gpu-binder-cmp-a.info");
        nova.declareQueue("gpu-binder-cmp-a.error");
        assertThat(told(SharedQueuesCheck.class, "[oslo_messaging_notifications]\ndriver = messagingv2\n"))
                .startsWith("WARNING left of a host topic that is read no more: gpu-binder-cmp-a.info (0 messages),"
                        + " gpu-binder-cmp-a.error (0 messages)")
                .endsWith("""

                        rabbitmqctl delete_queue -p / gpu-binder-cmp-a.info
                        rabbitmqctl delete_queue -p / gpu-binder-cmp-a.error""");
        nova.channel().queueDelete("gpu-binder-cmp-a.info");
        nova.channel().queueDelete("gpu-binder-cmp-a.error");
    }

    @Test
    void theExchangeIsLookedAtAndNeverMade() throws Exception {
        assertThat(told(ExchangeCheck.class, "control_exchange = elsewhere\n"))
                .startsWith("FAILURE 'elsewhere' is not there on virtual host '/'");
        assertThat(broker.rabbitmqctl("list_exchanges", "name")).doesNotContain("elsewhere");
        nova.declareExchange();
        assertThat(told(ExchangeCheck.class)).isEqualTo("OK nova");
    }

    @Test
    void whatTheUserMayNotIsToldWithTheCommandThatGrantsIt() throws Exception {
        nova.declareExchange();
        try (CheckRig rig = rig(url("limited:limited-pa55", broker.port()), "")) {
            assertThat(rig.told(PermissionsCheck.class))
                    .startsWith("FAILURE user 'limited' lacks configure on queue '" + OWN + "'\n");
            String command = rig.one(PermissionsCheck.class)
                    .remedy()
                    .lines()
                    .reduce((a, b) -> b)
                    .orElseThrow();
            assertThat(command)
                    .isEqualTo(
                            "rabbitmqctl set_permissions -p / limited \"${CONFIGURE:?}|^nova-gpu-binder\\.cmp-a(\\.meanwhile)?$\""
                                    + " \"${WRITE:?}|^nova-gpu-binder\\.cmp-a(\\.meanwhile)?$\""
                                    + " \"${READ:?}|^(nova-gpu-binder\\.cmp-a(\\.meanwhile)?|nova)$\"");
            assertThat(shell("", command))
                    .as("whoever copies it as it is takes nothing from anybody")
                    .isEmpty();
            assertThat(shell("CONFIGURE=''; WRITE=''; READ='.*'; ", command))
                    .as("an empty pattern allows nothing, and would allow all with another one beside it")
                    .isEmpty();
            List<String> words = shell("CONFIGURE='^$'; WRITE='.*'; READ='^nova-'; ", command);
            broker.rabbitmqctl("set_permissions", "-p", "/", words.get(4), words.get(5), words.get(6), words.get(7));
            assertThat(broker.rabbitmqctl("list_user_permissions", "limited"))
                    .contains("^$|^nova-gpu", ".*|^nova-gpu", "^nova-|^(nova-gpu");
            assertThat(rig.told(PermissionsCheck.class)).isEqualTo("OK user limited has those that are needed");
        }
    }

    /** The words that a shell makes of a command; none if it refuses it. */
    private static List<String> shell(String before, String command) throws Exception {
        Process sh = new ProcessBuilder("sh", "-c", before + "printf '%s\\n' " + command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new String(sh.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    @Test
    void theOwnQueueIsToldWithItsReaderOrWithout() throws Exception {
        nova.declareExchange();
        assertThat(told(OwnQueueCheck.class))
                .isEqualTo("OK " + OWN + " is not there: the daemon makes it at its first start");
        Channel channel = nova.channel();
        channel.queueDeclare(OWN, true, false, false, Map.of("x-expires", EXPIRES, "x-max-length", LENGTH));
        channel.queueBind(OWN, "nova", "notifications.*");
        nova.publish("notifications.info", "{}".getBytes(StandardCharsets.UTF_8));
        assertThat(told(OwnQueueCheck.class))
                .isEqualTo("WARNING nobody reads " + OWN + ", 1 message waits\nstart the daemon:\nsystemctl start"
                        + " nova-gpu-binder");
        String consumer = channel.basicConsume(OWN, true, new DefaultConsumer(channel));
        assertThat(told(OwnQueueCheck.class)).isEqualTo("OK " + OWN + " is read, 0 messages wait");
        channel.basicCancel(consumer);
        channel.queueDelete(OWN);
    }

    @Test
    void anOwnQueueOfOtherSettingsIsAFailureButNotOneOfAnotherType() throws Exception {
        nova.declareExchange();
        Channel channel = nova.channel();
        channel.queueDeclare(OWN, true, false, false, Map.of("x-expires", EXPIRES, "x-max-length", LENGTH + 1));
        assertThat(told(OwnQueueCheck.class))
                .startsWith("FAILURE queue '" + OWN + "' exists with other settings")
                .contains("rabbitmqctl delete_queue -p / " + OWN);
        channel.queueDelete(OWN);
        channel.queueDeclare(
                OWN,
                true,
                false,
                false,
                Map.of("x-queue-type", "quorum", "x-expires", EXPIRES, "x-max-length", LENGTH));
        assertThat(told(OwnQueueCheck.class))
                .as("made when the virtual host's default was quorum")
                .startsWith("WARNING nobody reads " + OWN);
        channel.queueDelete(OWN);
    }

    @Test
    void aHostTopicsQueueIsNovasToMake() throws Exception {
        String topic = """
                [oslo_messaging_notifications]
                driver = messagingv2
                [notifications]
                notification_format = both
                versioned_notifications_topics = versioned_notifications,gpu-binder-cmp-a
                """;
        assertThat(told(OwnQueueCheck.class, topic))
                .startsWith("WARNING gpu-binder-cmp-a.info is not there: nova-compute makes it");
        assertThat(broker.rabbitmqctl("list_queues", "name")).doesNotContain("gpu-binder-cmp-a");
    }

    @Test
    void sharedQueuesThatNobodyReadsAreToldWithAPolicyThatIsValid() throws Exception {
        nova.declareExchange().declareQueue("notifications.info").declareQueue("notifications.error");
        nova.channel().queuePurge("notifications.info");
        assertThat(told(SharedQueuesCheck.class)).isEqualTo("OK none fills up unread");
        nova.publish("notifications.info", "{}".getBytes(StandardCharsets.UTF_8));
        nova.publish("notifications.info", "{}".getBytes(StandardCharsets.UTF_8));

        String told = told(SharedQueuesCheck.class);

        assertThat(told).startsWith("WARNING nobody reads notifications.info (2 messages): without a limit they");
        String command = told.lines().reduce((a, b) -> b).orElseThrow();
        assertThat(command)
                .startsWith(
                        "rabbitmqctl set_policy -p / nova-notifications" + " '^(notifications\\.(info|error))$' '{");
        broker.rabbitmqctl(
                "set_policy",
                "-p",
                "/",
                "nova-notifications",
                command.replaceAll(".*'(\\^.*\\$)'.*", "$1"),
                command.replaceAll(".*'(\\{.*})'.*", "$1"),
                "--apply-to",
                "queues");
        assertThat(broker.rabbitmqctl("list_queues", "name", "policy"))
                .contains("notifications.info\tnova-notifications");
        String consumer = nova.channel().basicConsume("notifications.info", true, new DefaultConsumer(nova.channel()));
        assertThat(told(SharedQueuesCheck.class)).isEqualTo("OK none fills up unread");
        nova.channel().basicCancel(consumer);
    }

    @Test
    void thePolicyForQueuesThatNobodyReadsNamesNoneThatSomebodyReads() throws Exception {
        String both =
                "[oslo_messaging_notifications]\ndriver = messagingv2\n[notifications]\nnotification_format = both\n";
        nova.declareExchange()
                .declareQueue("notifications.info")
                .declareQueue("notifications.error")
                .declareQueue("versioned_notifications.info");
        nova.channel().queuePurge("notifications.info");
        // Ceilometer
        String reader = nova.channel().basicConsume("notifications.info", true, new DefaultConsumer(nova.channel()));
        nova.publish("versioned_notifications.info", "{}".getBytes(StandardCharsets.UTF_8));

        assertThat(told(SharedQueuesCheck.class, both))
                .startsWith("WARNING nobody reads versioned_notifications.info (1 messages)")
                .contains("'^(versioned_notifications\\.(info|error)|notifications\\.(error))$'");
        nova.channel().basicCancel(reader);
        nova.channel().queuePurge("versioned_notifications.info");
    }

    @Test
    void aNovaComputeOfAnotherNameOrNoneIsTold() throws Exception {
        assertThat(told(NovaComputeCheck.class)).startsWith("FAILURE no nova-compute calls itself 'cmp-a'");
        Channel channel = nova.channel();
        channel.queueDeclare("compute.cmp-a", NovaPublisher.DURABLE, false, false, Map.of());
        assertThat(told(NovaComputeCheck.class))
                .startsWith("FAILURE the nova-compute of host 'cmp-a' is not connected");
        channel.queueDeclare("compute-alt.cmp-a", NovaPublisher.DURABLE, false, false, Map.of());
        channel.basicConsume("compute-alt.cmp-a", true, new DefaultConsumer(channel));
        assertThat(told(NovaComputeCheck.class))
                .startsWith("WARNING the nova-compute of host 'cmp-a' is ending: it finishes what it has begun");
        channel.queueDelete("compute-alt.cmp-a");
        channel.queueDelete("compute.cmp-a");
    }

    @Test
    void ofABrokerForNotificationsAloneNovaComputeIsNotExpected() throws Exception {
        broker.rabbitmqctl("add_vhost", "apart");
        broker.rabbitmqctl("set_permissions", "-p", "apart", RabbitBroker.USER, ".*", ".*", ".*");
        String apart = "[oslo_messaging_notifications]\ntransport_url = " + administrator() + "apart\n";
        assertThat(told(NovaComputeCheck.class, apart)).startsWith("OK not looked for");
    }

    @Test
    void theDaemonLogsAMissingNovaComputeOnceAndItsComing() throws Exception {
        try (CheckRig rig = rig(administrator(), "");
                LogLines log = LogLines.of(StartChecks.class.getName())) {
            Duration soon = Duration.ofMillis(100);
            new StartChecks(
                            Map.of(),
                            rig.get(NovaComputeCheck.class),
                            rig.get(BrokerConnections.class),
                            new Waits(soon, soon))
                    .run();
            await().until(() -> !log.lines().isEmpty());
            Thread.sleep(1_000);
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN nova-compute: no nova-compute calls itself");
            nova.channel().queueDeclare("compute.cmp-a", NovaPublisher.DURABLE, false, true, Map.of());
            nova.channel().basicConsume("compute.cmp-a", true, "rpc", new DefaultConsumer(nova.channel()));
            await().until(() -> log.lines().size() > 1);
            assertThat(log.lines()).last().isEqualTo("INFO nova-compute: connected as cmp-a");
            nova.channel().basicCancel("rpc");
        }
    }
}
