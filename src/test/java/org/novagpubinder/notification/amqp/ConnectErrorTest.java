package org.novagpubinder.notification.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.config.ConfigException;
import org.novagpubinder.config.ConfigLoader;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;

/** What is told of a broker to which there is no connection. */
class ConnectErrorTest {
    private static final String TLS = "transport_url = rabbit://nova:secret@[fd00::1]:5671/?ssl=1";
    private static final String PLAIN = "transport_url = rabbit://nova:secret@[fd00::1]:5672/";

    @ParameterizedTest
    @ValueSource(strings = {TLS, PLAIN})
    void whereNoConnectionCameAboutTlsIsNotToBlame(String url) throws Exception {
        for (IOException e : new IOException[] {
            new ConnectException("Connection refused"),
            new NoRouteToHostException("No route to host"),
            new SocketException("Network is unreachable")
        }) {
            ConnectError error = told(url, e);
            assertThat(error.text()).endsWith(" cannot be reached (" + e.getMessage() + ")");
            assertThat(error.remedy()).contains("firewall").doesNotContain("ssl");
            assertThat(error.down()).isTrue();
        }
    }

    @Test
    void whoeverEndsTlsWithoutAWordMayWantACertificate() throws Exception {
        assertThat(told(TLS, new EOFException()).text()).endsWith(" ends TLS (it closed the connection)");
        assertThat(told(TLS, new SocketException("Connection reset")).remedy()).contains("ssl_cert_file");
    }

    @Test
    void whoeverResetsAConnectionIsNoBrokerWithALog() throws Exception {
        ConnectError error = told(PLAIN, new SocketException("Connection reset"));

        assertThat(error.text()).endsWith(" ends the connection (Connection reset)");
        assertThat(error.remedy()).contains("does it want TLS", "load balancer");
        assertThat(error.down()).isFalse();
    }

    @Test
    void whoeverTakesAConnectionAndEndsItMayHaveNoBrokerBehindIt() throws Exception {
        ConnectError error = told(PLAIN, new EOFException());

        assertThat(error.text()).endsWith(" ends the connection without an answer");
        assertThat(error.remedy()).contains("load balancer");
    }

    @Test
    void aLimitThatIsReachedIsNoMissingPermission() throws Exception {
        ShutdownSignalException closed = new ShutdownSignalException(
                true,
                false,
                new AMQP.Connection.Close.Builder()
                        .replyCode(AMQP.NOT_ALLOWED)
                        .replyText("NOT_ALLOWED - access to vhost '/' refused for user 'nova': connection limit (3) is"
                                + " reached")
                        .build(),
                null);
        ConnectError error = told(PLAIN, new IOException(closed));

        assertThat(error.text()).contains("takes no more connections", "limit (3)");
        assertThat(error.remedy()).contains("limit").doesNotContain("permissions");
    }

    /** The nova.conf of Kolla and Helm may name an authority that only nova-compute's container has. */
    @Test
    void aFileThatOnlyNovasContainerHasIsNotToBeCorrectedThere() throws Exception {
        TlsException missing = catchThrowableOfType(TlsException.class, () -> new PemFile(Path.of("/no/such/ca.pem")));

        ConnectError error = told(TLS, missing);

        assertThat(error.text()).endsWith("/no/such/ca.pem does not exist");
        assertThat(error.remedy())
                .contains("if it is in nova-compute's container alone, copy it here", "nova-gpu-binder.conf");
    }

    private static ConnectError told(String url, Exception e) throws ConfigException {
        BrokerConfig broker = ConfigLoader.withoutFiles(url).broker();
        return ConnectError.of(e, broker.addresses().get(0), broker);
    }
}
