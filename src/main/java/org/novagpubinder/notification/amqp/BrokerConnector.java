package org.novagpubinder.notification.amqp;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultSaslConfig;
import com.rabbitmq.client.DnsRecordIpAddressResolver;
import com.rabbitmq.client.impl.FrameHandlerFactory;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.notification.decode.NotificationDecoder;

/**
 * Opens connections to a broker. The client's own recovery is off: the subscription has its own, which rebinds.
 *
 * @param host nova.conf's host, for the connection's name
 * @param connect at most for a TCP connection, and as much again for AMQP's handshake
 * @param answer at most for an answer of the broker's
 * @param timer sends AMQP's heartbeats; null: each connection has one of its own
 */
public record BrokerConnector(
        BrokerConfig config,
        String host,
        Duration connect,
        Duration answer,
        ThreadFactory threads,
        @Nullable ScheduledExecutorService timer) {
    /** RabbitMQ's own default. Without a limit of ours the frames would be as large as a broker without one makes them. */
    private static final int MAX_FRAME_BYTES = 128 << 10;

    /** The client closes the connection at one as large; larger ones are left out before they get to it. */
    private static final int MAX_MESSAGE_BYTES = NotificationDecoder.MAX_BODY_BYTES + 1;

    /**
     * Opens a connection, to the first of the name's addresses that makes one.
     *
     * @param dispatcher runs the consumers
     * @param inbound counts what arrives on the connection
     * @throws TlsException if TLS cannot be set up as configured
     * @throws IOException if the broker cannot be reached or refuses: the word of an address that has answered, if one has
     * @throws TimeoutException if it does not answer
     */
    public Connection connect(BrokerAddress broker, ExecutorService dispatcher, Inbound inbound)
            throws TlsException, IOException, TimeoutException {
        SiftedConnections factory = new SiftedConnections(inbound);
        factory.setUsername(broker.user());
        factory.setPassword(broker.password().reveal());
        factory.setVirtualHost(config.virtualHost());
        factory.setRequestedHeartbeat((int) config.heartbeat().toSeconds());
        factory.setConnectionTimeout((int) connect.toMillis());
        factory.setHandshakeTimeout((int) connect.toMillis());
        factory.setChannelRpcTimeout((int) answer.toMillis());
        factory.setRequestedFrameMax(MAX_FRAME_BYTES);
        factory.setMaxInboundMessageBodySize(MAX_MESSAGE_BYTES);
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setThreadFactory(threads);
        factory.setHeartbeatExecutor(timer);
        factory.setExceptionHandler(new ClientFaults());
        if (config.tls() != null) {
            factory.useTls(BrokerTls.context(config.tls()), !config.tls().anyName());
            if (config.tls().external()) {
                factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
            }
        }
        Address name = new Address(broker.host(), broker.port());
        List<Address> addresses = new DnsRecordIpAddressResolver(name, factory.isSSL()).getAddresses();
        return firstOf(addresses, a -> factory.newConnection(dispatcher, () -> List.of(a), "nova-gpu-binder " + host));
    }

    interface Attempt {
        Connection at(Address address) throws IOException, TimeoutException;
    }

    /**
     * The client itself would tell what the last address said: where a name has an IPv4 and an IPv6 address and the broker
     * listens on one, a wrong password would be "connection refused".
     */
    static Connection firstOf(List<Address> addresses, Attempt attempt) throws IOException, TimeoutException {
        IOException refused = null;
        TimeoutException silent = null;
        for (Address address : addresses) {
            try {
                return attempt.at(address);
            } catch (IOException e) {
                refused = refused == null || ConnectError.unreached(refused) ? e : refused;
            } catch (TimeoutException e) {
                silent = e;
            }
        }
        if (silent != null && (refused == null || ConnectError.unreached(refused))) {
            throw silent;
        }
        throw refused == null ? new UnknownHostException() : refused;
    }

    /** Connections on which large bodies are left out; overriding the method is the client's way to get at its frames. */
    private static final class SiftedConnections extends ConnectionFactory {
        private final Inbound inbound;

        /** @param inbound counts what arrives on the connection; of one factory one connection is made */
        SiftedConnections(Inbound inbound) {
            this.inbound = inbound;
        }

        @Override
        protected synchronized FrameHandlerFactory createFrameHandlerFactory() throws IOException {
            FrameHandlerFactory usual = super.createFrameHandlerFactory();
            return (address, name) -> new SiftedFrames(usual.create(address, name), inbound);
        }

        /** @param verifyName whether the broker's certificate has to name the host that is connected to */
        void useTls(SSLContext context, boolean verifyName) {
            useSslProtocol(context, verifyName);
        }
    }
}
