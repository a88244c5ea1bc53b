package org.novagpubinder.notification;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.MalformedFrameException;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.BinderConfig.BrokerAddress;

/**
 * Why there is no connection.
 *
 * @param message what is wrong and what to do; without the password
 * @param refused whether only an administrator can mend it
 */
record BrokerFault(String message, boolean refused) {

    /** Puts into words what an attempt to connect ended with. */
    static BrokerFault of(Exception e, BrokerAddress broker, String virtualHost) {
        String where = "RabbitMQ at " + name(broker);
        if (e instanceof AuthenticationFailureException || e instanceof PossibleAuthenticationFailureException) {
            return new BrokerFault(
                    where + " refuses user '" + broker.user()
                            + "': no such user, or another password; compare transport_url with the broker",
                    true);
        }
        if (e instanceof TlsException) {
            return new BrokerFault("TLS to " + where + ": " + e.getMessage(), true);
        }
        ShutdownSignalException shutdown = shutdown(e);
        if (shutdown != null && shutdown.getReason() instanceof AMQP.Connection.Close close) {
            // 530 NOT_ALLOWED: also how RabbitMQ says that there is no such vhost
            return close.getReplyCode() == AMQP.NOT_ALLOWED || close.getReplyCode() == AMQP.ACCESS_REFUSED
                    ? new BrokerFault(
                            where + " does not let user '" + broker.user() + "' into virtual host '" + virtualHost
                                    + "': no such virtual host, or no permission (rabbitmqctl list_permissions -p "
                                    + virtualHost + ")",
                            true)
                    : new BrokerFault(where + " closed the connection: " + close.getReplyText(), false);
        }
        return new BrokerFault(where + " " + network(e), false);
    }

    /** host:port, an IPv6 address in brackets. */
    static String name(BrokerAddress broker) {
        return (broker.host().contains(":") ? "[" + broker.host() + "]" : broker.host()) + ":" + broker.port();
    }

    private static String network(Exception e) {
        Throwable last = e;
        for (Throwable t = e; t != null; t = t.getCause()) {
            String known = known(t);
            if (known != null) {
                return known;
            }
            last = t;
        }
        return "cannot be used (" + last.getClass().getSimpleName() + ": " + last.getMessage() + ")";
    }

    private static @Nullable String known(Throwable t) {
        if (t instanceof UnknownHostException) {
            return "is unknown: its name cannot be resolved";
        }
        if (t instanceof ConnectException || t instanceof NoRouteToHostException) {
            return "cannot be reached (" + t.getMessage() + "): is it running, is the port right?";
        }
        if (t instanceof SSLException) {
            return "fails in TLS (" + t.getMessage()
                    + "): does its certificate name this host, is it signed by ssl_ca_file, does the port speak TLS?";
        }
        if (t instanceof TimeoutException || t instanceof SocketTimeoutException) {
            return "does not answer in time";
        }
        if (t instanceof MalformedFrameException || t instanceof EOFException) {
            return "does not speak AMQP 0-9-1: is the port right, does it want TLS (ssl=true)?";
        }
        return null;
    }

    private static @Nullable ShutdownSignalException shutdown(Exception e) {
        if (e instanceof ShutdownSignalException s) {
            return s;
        }
        return e.getCause() instanceof ShutdownSignalException s ? s : null;
    }
}
