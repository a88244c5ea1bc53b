package org.novagpubinder.notification.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
import com.rabbitmq.client.Connection;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;

/** A cluster in which the node of our queue hangs for half a minute and goes on, as one whose disk does. */
class OwnQueueTest {
    private final BrokerConfig config = TestConfig.of().broker();
    private final OwnQueue queue = new OwnQueue(config);
    private final Set<String> queues = new TreeSet<>();
    private boolean answers = true;
    private final List<String> unbound = new ArrayList<>();
    private int waiting;

    @Test
    void aChannelThatReadsOurQueueGetsNoOtherOneThatWouldFillUnread() throws Exception {
        Channel reads = channel();
        queue.prepare(reads);

        answers = false;
        assertThatExceptionOfType(SetupException.class)
                .isThrownBy(() -> queue.prepare(reads))
                .withMessageContaining(config.queue())
                .matches(e -> !e.expected());
        assertThat(queue.queue()).isEqualTo(config.queue());
        assertThat(queues).containsExactly(config.queue());
    }

    @Test
    void anotherQueueThatNobodyCameToReadIsGoneOnceOursAnswersAgain() throws Exception {
        answers = false;
        queue.prepare(channel());
        assertThat(queues).containsExactly(config.queue() + OwnQueue.MEANWHILE);

        answers = true;
        queue.prepare(channel());
        assertThat(queue.queue()).isEqualTo(config.queue());
        assertThat(queues).containsExactly(config.queue());
    }

    @Test
    void whoeverReadsTheOtherQueueIsToldThatOursIsBack() throws Exception {
        answers = false;
        Channel reads = channel();
        queue.prepare(reads);

        answers = true;
        assertThatExceptionOfType(SetupException.class)
                .isThrownBy(() -> queue.prepare(reads))
                .matches(SetupException::expected);
    }

    @Test
    void whatStandsInTheOtherQueueIsReadBeforeThatIsLeft() throws Exception {
        answers = false;
        Channel reads = channel();
        queue.prepare(reads);

        answers = true;
        waiting = 3;
        assertThatExceptionOfType(SetupException.class).isThrownBy(() -> queue.prepare(reads));
        assertThat(waiting).isZero();
        assertThat(unbound).containsExactlyElementsOf(config.topics());
    }

    /** One of a connection that answers for our queue as {@link #answers} says, and for any other. */
    private Channel channel() {
        return (Channel) Proxy.newProxyInstance(
                Channel.class.getClassLoader(), new Class<?>[] {Channel.class}, (self, method, args) -> {
                    return switch (method.getName()) {
                        case "equals" -> self == args[0];
                        case "hashCode" -> System.identityHashCode(self);
                        case "getConnection" -> connection();
                        case "queueDeclare" -> {
                            if (args[0].equals(config.queue()) && !answers) {
                                throw new ChannelContinuationTimeoutException(null, null, 1, null);
                            }
                            queues.add((String) args[0]);
                            yield new AMQP.Queue.DeclareOk.Builder()
                                    .queue((String) args[0])
                                    .messageCount(0)
                                    .consumerCount(0)
                                    .build();
                        }
                        case "queueUnbind" -> {
                            unbound.add(((String) args[2]).replace(".*", ""));
                            yield null;
                        }
                        case "messageCount" -> {
                            // the consumer reads on
                            assertThat(unbound).isNotEmpty();
                            waiting = Math.max(0, waiting - 1);
                            yield (long) waiting;
                        }
                        case "queueDelete" -> {
                            queues.remove((String) args[0]);
                            yield null;
                        }
                        default -> null;
                    };
                });
    }

    private Connection connection() {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, args) -> {
                    return channel();
                });
    }
}
