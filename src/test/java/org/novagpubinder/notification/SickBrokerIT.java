package org.novagpubinder.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.Secret;
import org.novagpubinder.notification.NotificationSubscription.Renewal;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.testing.CutProxy;
import org.novagpubinder.testing.NovaPublisher;
import org.novagpubinder.testing.RabbitBroker;

/** A real RabbitMQ that is cut off, silent, full or has changed its mind: the subscription comes back and loses nothing. */
class SickBrokerIT {
    private static final String INFO = "versioned_notifications.info";

    /** A delivery's end comes about here, counted from the connection's begin. */
    private static final long LAST_CUT = 5_200;

    private static RabbitBroker broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = RabbitBroker.start();
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.close();
    }

    /** {@code -Dtests.cut.step=1}: each byte, some 40 minutes. */
    @Test
    void cutOffAnywhereBetweenTheFirstByteAndADeliveryItLosesNothing() throws Exception {
        int step = Integer.getInteger("tests.cut.step", 1_500);
        try (CutProxy proxy = new CutProxy(broker.port());
                NovaPublisher nova = new NovaPublisher(broker, "cut").declareExchange();
                SubscriptionRig rig = SubscriptionRig.started(through(proxy, "cut", 10))) {
            rig.awaitState(Kind.SUBSCRIBED);
            List<Long> cuts = LongStream.iterate(1, n -> n <= LAST_CUT, n -> n + step)
                    .boxed()
                    .toList();
            long sent = 0;
            for (long bytes : cuts) {
                int before = rig.events.size();
                long cutBefore = proxy.cuts();
                proxy.cutNextAfter(bytes);
                nova.publish(INFO, Messages.versioned("instance.power_on.end", "cmp-a", "cmp-a"));
                sent++;
                await("cut after " + bytes)
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> rig.events.size() > before && proxy.cuts() > cutBefore);
            }
            rig.awaitState(Kind.SUBSCRIBED);
            // at least once: what was cut off before its acknowledgement comes again
            assertThat((long) rig.events.size()).isGreaterThanOrEqualTo(sent);
            await().until(() -> nova.waiting("nova-gpu-binder.cut") == 0);
        }
    }

    @Test
    void aBrokerThatTakesConnectionsAndNeverAnswersIsGivenUpAndFoundAgain() throws Exception {
        try (CutProxy proxy = new CutProxy(broker.port());
                NovaPublisher nova = new NovaPublisher(broker, "silent")) {
            nova.declareExchange();
            proxy.silent(true);
            try (SubscriptionRig rig = SubscriptionRig.started(through(proxy, "silent", 1))) {
                rig.awaitState(Kind.DISCONNECTED);
                assertThat(rig.subscription.state().detail()).contains("does not answer in time");
                proxy.silent(false);
                rig.awaitState(Kind.SUBSCRIBED);

                // in the middle of a session only its heartbeats tell
                proxy.silent(true);
                rig.awaitState(Kind.DISCONNECTED);
                proxy.silent(false);
                rig.awaitState(Kind.SUBSCRIBED);
                nova.publish(INFO, Messages.versioned("instance.power_on.end", "cmp-a", "cmp-a"));
                rig.awaitEvents(1);
            }
        }
    }

    @Test
    void aBrokerThatIsOutOfMemoryOrDiskIsReadFromAllTheSame() throws Exception {
        try (NovaPublisher nova = new NovaPublisher(broker, "alarm").declareExchange();
                SubscriptionRig before = SubscriptionRig.started(SubscriptionRig.config(broker, "alarm"))) {
            before.awaitState(Kind.SUBSCRIBED);
            for (List<String> alarm : List.of(
                    List.of("set_vm_memory_high_watermark", "absolute", "1MB"),
                    List.of("set_disk_free_limit", "1000000GB"))) {
                broker.rabbitmqctl(alarm.toArray(String[]::new));
                int known = before.events.size();
                // the broker reads no more of a connection that publishes, until the alarm is over
                nova.channel()
                        .basicPublish(
                                "alarm", INFO, null, Messages.versioned("instance.power_on.end", "cmp-a", "cmp-a"));
                try (SubscriptionRig during = SubscriptionRig.started(SubscriptionRig.config(broker, "alarm"))) {
                    during.awaitState(Kind.SUBSCRIBED);
                }
                assertThat(before.subscription.state().kind()).isEqualTo(Kind.SUBSCRIBED);
                broker.rabbitmqctl("set_vm_memory_high_watermark", "0.6");
                broker.rabbitmqctl("set_disk_free_limit", "1MB");
                before.awaitEvents(known + 1);
            }
        }
    }

    @Test
    void withoutItsPermissionsItSaysSoAndWithThemItGoesOn() throws Exception {
        broker.rabbitmqctl("add_user", "limited", "l1mited");
        permissions(".*");
        BrokerAddress address = new BrokerAddress("127.0.0.1", broker.port(), "limited", new Secret("l1mited"));
        BrokerConfig config = SubscriptionRig.config(List.of(address), "revoked", null, null);
        try (SubscriptionRig rig = SubscriptionRig.started(config)) {
            new NovaPublisher(broker, "revoked").declareExchange().close();
            rig.awaitState(Kind.SUBSCRIBED);
            permissions("^$");
            broker.rabbitmqctl("close_all_connections", "for the test");
            rig.awaitState(state -> state.kind() == Kind.WAITING);
            assertThat(rig.subscription.state().detail())
                    .contains("limited", "`nova-gpu-binder check` has the command");

            permissions(".*");
            says(rig, "revoked");
        }
    }

    @Test
    void aPasswordThatIsChangedInNovaConfIsTakenWithoutARestart() throws Exception {
        broker.rabbitmqctl("add_user", "rotated", "old");
        broker.rabbitmqctl("set_permissions", "rotated", ".*", ".*", ".*");
        try (SubscriptionRig rig = SubscriptionRig.started(
                SubscriptionRig.config(List.of(login("rotated", "old")), "rotated", null, null))) {
            new NovaPublisher(broker, "rotated").declareExchange().close();
            rig.awaitState(Kind.SUBSCRIBED);
            rig.newest = List.of(login("rotated", "old"));
            broker.rabbitmqctl("change_password", "rotated", "new");
            broker.rabbitmqctl("close_all_connections", "for the test");
            rig.awaitState(state -> state.detail().contains("refuses user 'rotated'"));

            rig.newest = List.of(login("rotated", "new"));
            says(rig, "rotated");
        }
    }

    @Test
    void aReloadTakesAnotherLoginWhileTheOldOneStillWorksAndLosesNoMessage() throws Exception {
        try (SubscriptionRig rig = SubscriptionRig.keeping(SubscriptionRig.config(broker, "reload"))) {
            new NovaPublisher(broker, "reload").declareExchange().close();
            rig.awaitState(Kind.SUBSCRIBED);
            assertThat(rig.subscription.renew(List.of(broker.address()))).isEqualTo(Renewal.SAME);
            says(rig, "reload");

            List<BrokerAddress> other = List.of(login("reloaded", "new"));
            assertThat(rig.subscription.renew(other)).as("not there yet").isEqualTo(Renewal.KEPT);
            broker.rabbitmqctl("add_user", "reloaded", "new");
            broker.rabbitmqctl("set_permissions", "reloaded", "^$", "^$", "^$");
            assertThat(rig.subscription.renew(other)).as("may do nothing yet").isEqualTo(Renewal.KEPT);
            broker.rabbitmqctl("set_permissions", "reloaded", ".*", ".*", ".*");
            assertThat(rig.subscription.renew(other)).isEqualTo(Renewal.TAKEN);
            rig.kept.get(0).done();

            await().untilAsserted(() -> assertThat(broker.rabbitmqctl("list_connections", "user"))
                    .contains("reloaded")
                    .doesNotContain(RabbitBroker.USER));
            try (NovaPublisher nova = new NovaPublisher(broker, "reload")) {
                nova.publish(INFO, Messages.versioned("instance.power_off.end", "cmp-a", "cmp-a"));
                rig.awaitEvents(2);
            }
            // acknowledged before the connection went: it does not come twice
            assertThat(rig.events)
                    .extracting(InstanceEvent::event)
                    .containsExactly("instance.power_on.end", "instance.power_off.end");
        }
    }

    @Test
    void whereTheBrokerHasReachedALimitItSaysWhichAndGoesOnOnceThereIsRoom() throws Exception {
        broker.rabbitmqctl("add_vhost", "full");
        broker.rabbitmqctl("set_permissions", "-p", "full", RabbitBroker.USER, ".*", ".*", ".*");
        broker.rabbitmqctl("set_vhost_limits", "-p", "full", "{\"max-connections\": 0, \"max-queues\": 0}");
        try (SubscriptionRig rig = SubscriptionRig.started(in("full"))) {
            rig.awaitState(state -> state.detail().contains("takes no more connections"));

            broker.rabbitmqctl("set_vhost_limits", "-p", "full", "{\"max-queues\": 0}");
            rig.awaitState(state -> state.detail().contains("allows no more queues"));
            assertThat(rig.subscription.state().detail()).doesNotContain("delete_queue");

            broker.rabbitmqctl("clear_vhost_limits", "-p", "full");
            rig.awaitState(Kind.SUBSCRIBED);
        } finally {
            broker.rabbitmqctl("delete_vhost", "full");
        }
    }

    /** An exchange that every virtual host has. */
    private static BrokerConfig in(String virtualHost) {
        BrokerConfig usual = SubscriptionRig.config(broker, "amq.topic");
        return SubscriptionRig.with(usual, virtualHost, usual.heartbeat());
    }

    /** It hears Nova once it is subscribed. */
    private static void says(SubscriptionRig rig, String exchange) throws Exception {
        rig.awaitState(Kind.SUBSCRIBED);
        try (NovaPublisher nova = new NovaPublisher(broker, exchange)) {
            nova.publish(INFO, Messages.versioned("instance.power_on.end", "cmp-a", "cmp-a"));
            rig.awaitEvents(1);
        }
    }

    private static BrokerAddress login(String user, String password) {
        return new BrokerAddress("127.0.0.1", broker.port(), user, new Secret(password));
    }

    private static void permissions(String all) throws Exception {
        broker.rabbitmqctl("set_permissions", "limited", all, all, all);
    }

    private static BrokerConfig through(CutProxy proxy, String exchange, int heartbeat) {
        BrokerAddress address =
                new BrokerAddress("127.0.0.1", proxy.port(), RabbitBroker.USER, new Secret(RabbitBroker.PASSWORD));
        BrokerConfig usual = SubscriptionRig.config(List.of(address), exchange, null, null);
        return SubscriptionRig.with(usual, usual.virtualHost(), Duration.ofSeconds(heartbeat));
    }
}
