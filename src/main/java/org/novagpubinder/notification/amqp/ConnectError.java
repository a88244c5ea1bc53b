package org.novagpubinder.notification.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.MalformedFrameException;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.BinderConfig.TlsConfig;

/**
 * Why there is no connection.
 *
 * @param text what is wrong; without the password
 * @param refused whether only an administrator can mend it
 * @param down whether nobody listens there: to ask again costs the broker nothing
 */
public record ConnectError(String text, String remedy, boolean refused, boolean down) {
    private static final String PORT = "is the port right, does it want TLS (ssl = true in [oslo_messaging_rabbit])";

    private static final String NETWORK =
            "is it running, is the port right (ss -ltn there), does a firewall stand between?";

    /** Of somebody who listens there. */
    ConnectError(String text, String remedy, boolean refused) {
        this(text, remedy, refused, false);
    }

    /** Both in one line. */
    public String message() {
        return text + "; " + remedy;
    }

    /** Puts into words what an attempt to connect ended with. */
    public static ConnectError of(Exception e, BrokerAddress broker, BrokerConfig config) {
        String where = "RabbitMQ at " + name(broker);
        TlsConfig tls = config.tls();
        boolean external = tls != null && tls.external();
        if (String.valueOf(e.getMessage()).startsWith("No compatible authentication mechanism")) {
            return new ConnectError(
                    where + " does not offer the login by "
                            + (external ? "certificate (EXTERNAL)" : "password (PLAIN)"),
                    "compare rabbit_login_method" + TlsFault.SECTION
                            + " with auth_mechanisms in the broker's rabbitmq.conf; EXTERNAL needs its plugin"
                            + " rabbitmq_auth_mechanism_ssl, and its port for TLS",
                    true);
        }
        if (e instanceof AuthenticationFailureException || e instanceof PossibleAuthenticationFailureException) {
            if (tls != null && external) {
                return new ConnectError(
                        where + " refuses the certificate " + tls.certFile() + " as a login",
                        "the broker needs a user of the certificate's name, by ssl_cert_login_from in its rabbitmq.conf:"
                                + " its distinguished name, or its common name (openssl x509 -noout -subject -in "
                                + tls.certFile() + "; there: rabbitmqctl list_users)",
                        true);
            }
            return new ConnectError(
                    where + " refuses user '" + broker.user() + "': no such user, or another password",
                    "compare transport_url with the broker (there: rabbitmqctl authenticate_user " + broker.user()
                            + " PASSWORD)",
                    true);
        }
        if (e instanceof TlsException) {
            return new ConnectError(
                    "TLS to " + where + ": " + e.getMessage(),
                    "correct ssl_ca_file, ssl_cert_file or ssl_key_file in [oslo_messaging_rabbit] of nova.conf, or in the"
                            + " query of transport_url, which counts before; if it is in nova-compute's container alone, copy it"
                            + " here, and name the copy" + TlsFault.SECTION,
                    true);
        }
        ShutdownSignalException shutdown = shutdown(e);
        if (shutdown != null && shutdown.getReason() instanceof AMQP.Connection.Close close) {
            return closed(where, close, broker, config.virtualHost());
        }
        return network(where, e, broker, config);
    }

    /** host:port, an IPv6 address in brackets. */
    public static String name(BrokerAddress broker) {
        return (broker.host().contains(":") ? "[" + broker.host() + "]" : broker.host()) + ":" + broker.port();
    }

    /** 530 NOT_ALLOWED is also how RabbitMQ says that there is no such vhost (rabbit_reader.erl). */
    private static ConnectError closed(
            String where, AMQP.Connection.Close close, BrokerAddress broker, String virtualHost) {
        if (close.getReplyCode() != AMQP.NOT_ALLOWED && close.getReplyCode() != AMQP.ACCESS_REFUSED) {
            return new ConnectError(
                    where + " closed the connection: " + close.getReplyText(), "look into the broker's log", false);
        }
        if (close.getReplyText().contains("not found")) {
            return new ConnectError(
                    where + " has no virtual host '" + virtualHost + "'",
                    "correct what stands behind the last / of transport_url (there: rabbitmqctl list_vhosts), then start"
                            + " nova-gpu-binder again",
                    true);
        }
        if (close.getReplyText().contains("connection limit")) {
            // rabbit_reader.erl: of a virtual host, a user or a node, with the same code as a permission
            return new ConnectError(
                    where + " takes no more connections (" + close.getReplyText() + ")",
                    "raise that limit (there: rabbitmqctl list_vhost_limits -p " + virtualHost
                            + "; rabbitmqctl list_user_limits --user " + broker.user()
                            + "), or see who has so many (rabbitmqctl list_connections)",
                    true);
        }
        return new ConnectError(
                where + " does not let user '" + broker.user() + "' into virtual host '" + virtualHost + "' ("
                        + close.getReplyText() + ")",
                "give the user permissions there, if the virtual host is the right one (rabbitmqctl list_permissions -p "
                        + virtualHost + ")",
                true);
    }

    private static ConnectError network(String where, Exception e, BrokerAddress broker, BrokerConfig config) {
        Throwable last = e;
        for (Throwable t = e; t != null; t = t.getCause()) {
            ConnectError known = known(where, t);
            if (config.tls() != null) {
                known = new TlsFault(where, broker, config.tls()).of(t).orElse(known);
            }
            if (known != null) {
                return known;
            }
            last = t;
        }
        return new ConnectError(
                where + " cannot be used (" + last.getClass().getSimpleName() + ": " + last.getMessage() + ")",
                "look into the broker's log",
                false);
    }

    private static @Nullable ConnectError known(String where, Throwable t) {
        if (t instanceof UnknownHostException) {
            return new ConnectError(
                    where + " is unknown: its name cannot be resolved",
                    "correct the name in transport_url, or enter it in DNS or /etc/hosts",
                    false);
        }
        if (unreached(t)) {
            return new ConnectError(where + " cannot be reached (" + t.getMessage() + ")", NETWORK, false, true);
        }
        if (t instanceof TimeoutException || t instanceof SocketTimeoutException) {
            return new ConnectError(where + " does not answer in time", NETWORK, false);
        }
        if (t instanceof MalformedFrameException) {
            return new ConnectError(where + " does not speak AMQP 0-9-1", PORT + "?", false);
        }
        if (t instanceof SocketException || t instanceof EOFException) {
            String how = t.getMessage() == null ? "without an answer" : "(" + t.getMessage() + ")";
            return new ConnectError(
                    where + " ends the connection " + how,
                    PORT + ", has a load balancer there a broker behind it?",
                    false);
        }
        return null;
    }

    /** Whether no TCP connection came about, and that at once. */
    static boolean unreached(Throwable t) {
        return t instanceof ConnectException
                || t instanceof NoRouteToHostException
                // ENETUNREACH has no exception of its own
                || (t instanceof SocketException
                        && String.valueOf(t.getMessage()).startsWith("Network is unreachable"));
    }

    private static @Nullable ShutdownSignalException shutdown(Exception e) {
        if (e instanceof ShutdownSignalException s) {
            return s;
        }
        return e.getCause() instanceof ShutdownSignalException s ? s : null;
    }
}
