package org.novagpubinder.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.TlsConfig;
import org.novagpubinder.config.settings.Secret;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.testing.FreePorts;
import org.novagpubinder.testing.NovaPublisher;
import org.novagpubinder.testing.RabbitBroker;
import org.novagpubinder.testing.TestCertificates;

/** TLS to a real RabbitMQ that wants a client certificate. */
class SubscriptionTlsIT {
    @TempDir
    private static Path directory;

    private static TestCertificates certificates;
    private static RabbitBroker broker;
    private static NovaPublisher nova;
    private static int port;

    @BeforeAll
    static void startBroker() throws Exception {
        certificates = new TestCertificates(directory);
        certificates.signed("client", "RSA", "DNS:cmp-a");
        Path files = RabbitBroker.newDirectory();
        TestCertificates server = new TestCertificates(files);
        server.signed("server", "RSA", "DNS:localhost");
        Files.copy(certificates.ca(), files.resolve("clients-ca.pem"));
        port = FreePorts.next();
        broker = RabbitBroker.start(
                files,
                List.of(
                        "listeners.ssl.1 = 127.0.0.1:" + port,
                        "ssl_options.cacertfile = " + files.resolve("clients-ca.pem"),
                        "ssl_options.certfile = " + files.resolve("server.pem"),
                        "ssl_options.keyfile = " + server.key("server"),
                        "ssl_options.verify = verify_peer",
                        "ssl_options.fail_if_no_peer_cert = true",
                        "auth_mechanisms.1 = PLAIN",
                        "auth_mechanisms.2 = EXTERNAL",
                        "ssl_cert_login_from = common_name"));
        Files.copy(server.ca(), directory.resolve("server-ca.pem"));
        nova = new NovaPublisher(broker, "tls").declareExchange();
    }

    @AfterAll
    static void stopBroker() throws Exception {
        nova.close();
        broker.close();
    }

    @Test
    void aCertificateOfOursAndTheBrokersNameAreAccepted() throws Exception {
        for (Path key : List.of(certificates.key("client"), certificates.pkcs1("client"))) {
            try (SubscriptionRig rig = subscribed("localhost", port, tls(serverCa(), key))) {
                rig.awaitState(Kind.SUBSCRIBED);
            }
        }
    }

    @Test
    void aCertificateIsALoginIfItsNameIsAUsers() throws Exception {
        TlsConfig external =
                new TlsConfig(serverCa(), directory.resolve("client.pem"), certificates.key("client"), false, true);
        try (SubscriptionRig rig = subscribed("localhost", port, external)) {
            assertThat(disconnected(rig))
                    .contains("refuses the certificate", "client.pem as a login", "ssl_cert_login_from");
        }
        broker.rabbitmqctl("add_user", "client", "never-used");
        broker.rabbitmqctl("set_permissions", "client", ".*", ".*", ".*");
        try (SubscriptionRig rig = subscribed("localhost", port, external)) {
            rig.awaitState(Kind.SUBSCRIBED);
        }
    }

    @Test
    void anyNameOfTheBrokersDoesWhereNovaDoesNotMind() throws Exception {
        TlsConfig anyName =
                new TlsConfig(serverCa(), directory.resolve("client.pem"), certificates.key("client"), true, false);
        try (SubscriptionRig rig = subscribed("127.0.0.1", port, anyName)) {
            rig.awaitState(Kind.SUBSCRIBED);
        }
        // but not any broker
        TlsConfig otherAuthority = new TlsConfig(
                certificates.ca(), directory.resolve("client.pem"), certificates.key("client"), true, false);
        try (SubscriptionRig rig = subscribed("127.0.0.1", port, otherAuthority)) {
            assertThat(disconnected(rig)).contains("has a certificate that no authority in");
        }
    }

    @Test
    void aBrokerOfAnotherNameIsRefused() throws Exception {
        try (SubscriptionRig rig = subscribed("127.0.0.1", port, tls(serverCa(), certificates.key("client")))) {
            assertThat(disconnected(rig))
                    .contains("has a certificate that does not name '127.0.0.1'", "use in transport_url a name");
        }
    }

    @Test
    void aBrokerOfAnotherAuthorityIsRefused() throws Exception {
        try (SubscriptionRig rig = subscribed("localhost", port, tls(certificates.ca(), certificates.key("client")))) {
            assertThat(disconnected(rig))
                    .contains("has a certificate that no authority in " + certificates.ca(), "set ssl_ca_file");
        }
        // without a CA file the JVM's own authorities count, and none of them signed it
        try (SubscriptionRig rig = subscribed("localhost", port, tls(null, certificates.key("client")))) {
            assertThat(disconnected(rig)).contains("none of this JVM's own authorities", "ssl_ca_file = ");
        }
    }

    @Test
    void aFileThatIsMissingIsNamed() throws Exception {
        Path missing = directory.resolve("missing.pem");
        try (SubscriptionRig rig = subscribed("localhost", port, tls(missing, certificates.key("client")))) {
            assertThat(disconnected(rig)).contains(missing + " does not exist");
        }
    }

    @Test
    void aBrokerThatWantsACertificateOfOursSaysSo() throws Exception {
        try (SubscriptionRig rig = subscribed("localhost", port, new TlsConfig(serverCa(), null, null, false, false))) {
            assertThat(disconnected(rig)).contains("ends TLS (", "set ssl_cert_file and ssl_key_file");
        }
    }

    @Test
    void thePortsForTlsAndForNoneAreToldApart() throws Exception {
        try (SubscriptionRig rig =
                subscribed("localhost", broker.port(), tls(serverCa(), certificates.key("client")))) {
            assertThat(disconnected(rig)).contains("does not speak TLS on this port", "usually 5671");
        }
        try (SubscriptionRig rig = subscribed("localhost", port, null)) {
            assertThat(disconnected(rig)).contains("does it want TLS (ssl = true in [oslo_messaging_rabbit])?");
        }
    }

    private static Path serverCa() {
        return directory.resolve("server-ca.pem");
    }

    private static TlsConfig tls(@Nullable Path ca, Path key) {
        return new TlsConfig(ca, directory.resolve("client.pem"), key, false, false);
    }

    private static SubscriptionRig subscribed(String host, int port, @Nullable TlsConfig tls) {
        BrokerAddress address = new BrokerAddress(host, port, RabbitBroker.USER, new Secret(RabbitBroker.PASSWORD));
        return SubscriptionRig.started(SubscriptionRig.config(List.of(address), "tls", null, tls));
    }

    private static String disconnected(SubscriptionRig rig) {
        rig.awaitState(Kind.DISCONNECTED);
        return rig.subscription.state().detail();
    }
}
