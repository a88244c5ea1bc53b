package org.novagpubinder.notification;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Command;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.notification.amqp.Inbound;

class QueueEndTest {
    /**
     * Messages that another consumer has got are in no count: a second daemon of this host, or we ourselves by a connection
     * that the broker has not found dead yet. And of a quorum queue whose leader does not answer RabbitMQ tells neither
     * messages nor consumers.
     */
    @ParameterizedTest
    @CsvSource({"1, true", "2, false", "0, false"})
    void whatAnotherConsumerMayHaveGotIsNotKnown(int consumers, boolean known) throws Exception {
        Inbound inbound = new Inbound();
        Channel channel = answering(0, consumers);

        assertThat(new QueueEnd(channel, "queue", inbound, inbound.of(1), new Semaphore(1)).reached(System.nanoTime()))
                .isEqualTo(known);
    }

    private static Channel answering(int messages, int consumers) {
        AMQP.Queue.DeclareOk answer = new AMQP.Queue.DeclareOk.Builder()
                .queue("queue")
                .messageCount(messages)
                .consumerCount(consumers)
                .build();
        return fake(Channel.class, CompletableFuture.completedFuture(fake(Command.class, answer)));
    }

    /** One of whose methods each returns that. */
    private static <T> T fake(Class<T> type, Object result) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> result));
    }
}
