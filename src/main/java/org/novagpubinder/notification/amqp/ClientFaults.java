package org.novagpubinder.notification.amqp;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Consumer;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the client library reports. Its default handler logs each loss with a stack trace, besides what the subscription says. */
final class ClientFaults extends ForgivingExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ClientFaults.class);

    @Override
    public void handleUnexpectedConnectionDriverException(Connection connection, Throwable exception) {
        LOG.debug("the connection to RabbitMQ fails", exception);
    }

    /** Something escaped from the consumer: its channel ends, and the subscription makes a new one. */
    @Override
    public void handleConsumerException(
            Channel channel, Throwable exception, Consumer consumer, String consumerTag, String methodName) {
        LOG.error("the consumer fails in {}", methodName, exception);
        try {
            channel.abort();
        } catch (IOException e) {
            LOG.debug("the channel of a failed consumer cannot be closed", e);
        }
    }

    /** Logs it only: the library's own would close the connection. */
    @Override
    protected void handleConnectionKiller(Connection connection, Throwable exception, String what) {
        log(what, exception);
    }

    @Override
    protected void log(String message, Throwable exception) {
        LOG.error("the RabbitMQ client fails where nothing of it is used: {}", message, exception);
    }
}
