package org.novagpubinder.check.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.check.result.CheckResult.State;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.notification.amqp.QueueDepth;

/** What is said of our own queue by how many read it. */
class OwnQueueCheckTest {
    private static CheckResult of(int messages, int consumers) {
        BinderConfig config = TestConfig.of();
        return new OwnQueueCheck(config.broker(), new BrokerConnections(config))
                .there("queue", new QueueDepth(messages, consumers))
                .get(0);
    }

    @Test
    void oneReaderIsAsItShouldBe() {
        assertThat(of(1, 1)).isEqualTo(new CheckResult(State.OK, "queue is read, 1 message waits", null));
    }

    @Test
    void ofTwoReadersEachGetsAPart() {
        CheckResult result = of(0, 2);
        assertThat(result.state()).isEqualTo(State.WARNING);
        assertThat(result.text()).startsWith("queue is read by 2 consumers");
        assertThat(result.remedy()).contains("one daemon", "rabbitmqctl list_consumers -p /");
    }
}
