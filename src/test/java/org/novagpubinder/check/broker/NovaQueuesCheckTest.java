package org.novagpubinder.check.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.check.result.CheckResult.State;
import org.novagpubinder.config.settings.NovaFacts.Messaging;

/** What is said of a broker that may refuse Nova's queues. */
class NovaQueuesCheckTest {
    private static final Messaging DEFAULTS = new Messaging(false, false, -1);

    private static CheckResult of(String version, Messaging nova) {
        return NovaQueuesCheck.of(version, nova).get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RabbitMQ 3.10.8", "RabbitMQ 4.2.9", "RabbitMQ", "AMQP broker 7.1"})
    void whatTakesTransientQueuesIsNoConcern(String version) {
        assertThat(of(version, DEFAULTS).state()).isEqualTo(State.OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RabbitMQ 4.3.0", "RabbitMQ 4.10.1", "RabbitMQ 5.0.0-rc.1"})
    void theNewerRefuseThemAndWhatHelpsAtOnceAndForGoodIsTold(String version) {
        CheckResult result = of(version, DEFAULTS);
        assertThat(result.state()).isEqualTo(State.WARNING);
        assertThat(result.text()).startsWith(version + " refuses").endsWith("what is sent there is lost");
        assertThat(result.remedy())
                .contains(
                        "in a maintenance window",
                        "\ndeprecated_features.permit.transient_nonexcl_queues = true\n",
                        "\nrabbit_quorum_queue = true\nrabbit_transient_quorum_queue = true");
        assertThat(of(version, new Messaging(true, false, -1)).state()).isEqualTo(State.OK);
    }

    @Test
    void onABrokerForNotificationsAloneDurableQueuesAreEnough() {
        assertThat(of("RabbitMQ 4.3.6", new Messaging(false, true, -1)).remedy())
                .endsWith("\n[oslo_messaging_rabbit]\namqp_durable_queues = true");
    }
}
