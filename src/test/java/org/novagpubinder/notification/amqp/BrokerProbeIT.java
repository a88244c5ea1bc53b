package org.novagpubinder.notification.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.Secret;
import org.novagpubinder.notification.SubscriptionRig;
import org.novagpubinder.testing.NovaPublisher;
import org.novagpubinder.testing.RabbitBroker;

/** What a look at a real RabbitMQ tells, and that it changes nothing there. */
class BrokerProbeIT {
    private static final String EXCHANGE = "probed";
    private static final String OWN = "nova-gpu-binder." + EXCHANGE;

    private static RabbitBroker broker;
    private static NovaPublisher nova;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = RabbitBroker.start();
        nova = new NovaPublisher(broker, EXCHANGE).declareExchange().declareQueue("notifications.info");
        nova.publish("notifications.info", "{}".getBytes(StandardCharsets.UTF_8));
        broker.rabbitmqctl("add_user", "limited", "limited-pa55");
    }

    @AfterAll
    static void stopBroker() throws Exception {
        nova.close();
        broker.close();
    }

    private static BrokerConfig config() {
        return SubscriptionRig.config(broker, EXCHANGE);
    }

    private static BrokerProbe probe(BrokerConfig config, BrokerAddress address) throws BrokerTrouble {
        return BrokerProbe.open(config, address, SubscriptionRig.HOST);
    }

    private static BrokerAddress limited() {
        return new BrokerAddress("127.0.0.1", broker.port(), "limited", new Secret("limited-pa55"));
    }

    /** Everything that could change, by what list_queues, list_exchanges and list_bindings ask for, in a third of the time. */
    private static String state() throws Exception {
        return broker.rabbitmqctl("eval", """
                {rabbit_amqqueue:info_all(<<"/">>, [name, durable, arguments, messages, messages_ready, consumers]),
                 rabbit_exchange:info_all(<<"/">>, [name, type, durable]),
                 rabbit_binding:info_all(<<"/">>)}.""");
    }

    @Test
    void queuesAndExchangesAreSeenAndNothingIsChanged() throws Exception {
        String before = state();
        try (BrokerProbe probe = probe(config(), broker.address())) {
            assertThat(probe.version()).startsWith("RabbitMQ ");
            assertThat(probe.exchange(EXCHANGE)).isTrue();
            assertThat(probe.exchange("absent")).isFalse();
            assertThat(probe.queue("notifications.info")).contains(new QueueDepth(1, 0));
            assertThat(probe.queue(OWN)).isEmpty();
            assertThat(probe.permissions().missing()).isEmpty();
        }
        assertThat(state()).isEqualTo(before).doesNotContain(OWN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "^$                   ; ^$                   ; ^$                            ; configure on queue, write on queue, read on queue",
                "^nova-gpu-binder\\.  ; ^nova-gpu-binder\\.  ; ^nova-gpu-binder\\.           ; read on exchange",
                "^$                   ; .*                   ; .*                            ; configure on queue",
                ".*                   ; ^$                   ; .*                            ; write on queue",
                ".*                   ; .*                   ; ^probed$                      ; read on queue",
                "^nova-gpu-binder\\.  ; ^nova-gpu-binder\\.  ; ^(nova-gpu-binder\\..*|probed)$ ; ''",
            })
    void whatTheUserMayNotIsTold(String configure, String write, String read, String missing) throws Exception {
        broker.rabbitmqctl("set_permissions", "limited", configure, write, read);
        String before = state();
        List<String> told = missing.isEmpty()
                ? List.of()
                : List.of(missing.split(", ")).stream()
                        .map(m -> m + " '" + (m.endsWith("exchange") ? EXCHANGE : OWN) + "'")
                        .toList();
        try (BrokerProbe probe = probe(config(), limited())) {
            assertThat(probe.permissions().missing()).isEqualTo(told);
        }
        // the queue of a daemon that was here is left as it is, its messages too
        nova.channel().queueDeclare(OWN, true, false, false, java.util.Map.of("x-expires", 86_400_000L));
        nova.channel().queueBind(OWN, EXCHANGE, "notifications.*");
        nova.publish("notifications.other", "{}".getBytes(StandardCharsets.UTF_8));
        String withQueue = state();
        try (BrokerProbe probe = probe(config(), limited())) {
            try {
                assertThat(probe.queue(OWN)).contains(new QueueDepth(1, 0));
            } catch (BrokerTrouble e) {
                // RabbitMQ 4.3 lets nobody look at a queue without a permission on it
                assertThat(e.isOnlyHidden()).isTrue();
                assertThat(List.of(configure, write, read)).containsOnly("^$");
            }
            assertThat(probe.permissions().missing()).isEqualTo(told);
        }
        assertThat(state()).isEqualTo(withQueue);
        nova.channel().queueDelete(OWN);
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void ofAHostTopicTheQueueOfErrorsMustBeReadTooThoughItMayNotBeThereYet() throws Exception {
        BrokerConfig config = SubscriptionRig.config(List.of(broker.address()), EXCHANGE, "gpu-binder-probed", null);
        broker.rabbitmqctl("set_permissions", "limited", "^$", "^$", "^gpu-binder-probed\\.info$");
        try (BrokerProbe probe = probe(config, limited())) {
            assertThat(probe.permissions().missing()).containsExactly("read on queue 'gpu-binder-probed.error'");
        }
        broker.rabbitmqctl("set_permissions", "limited", "^$", "^$", "^gpu-binder-probed\\.(info|error)$");
        try (BrokerProbe probe = probe(config, limited())) {
            assertThat(probe.permissions().missing()).isEmpty();
        }
    }

    @Test
    void virtualHostsThatAreNotThereAreToldFromThoseThatAreClosed() throws Exception {
        broker.rabbitmqctl("add_vhost", "closed");
        assertThatThrownBy(() -> probe(config(), SubscriptionRig.HOST, "none"))
                .isInstanceOfSatisfying(
                        BrokerTrouble.class, e -> assertThat(e.text()).endsWith("has no virtual host 'none'"));
        assertThatThrownBy(() -> probe(config(), SubscriptionRig.HOST, "closed"))
                .isInstanceOfSatisfying(BrokerTrouble.class, e -> assertThat(e.text())
                        .contains("does not let user 'openstack' into virtual host 'closed'"));
    }

    private static void probe(BrokerConfig c, String host, String virtualHost) throws BrokerTrouble {
        BrokerConfig elsewhere = SubscriptionRig.with(c, virtualHost, c.heartbeat());
        BrokerProbe.open(elsewhere, broker.address(), host).close();
    }
}
