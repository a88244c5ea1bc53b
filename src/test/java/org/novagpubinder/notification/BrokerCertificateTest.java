package org.novagpubinder.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.TlsConfig;
import org.novagpubinder.config.settings.Secret;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.testing.FreePorts;
import org.novagpubinder.testing.TestCertificates;

/** Which certificates of a broker's are taken, by openssl's own server in its place; what is refused says what to do. */
class BrokerCertificateTest {
    private static final String TAKEN = "does not speak AMQP 0-9-1";

    @TempDir
    private Path directory;

    private TestCertificates certificates;

    @BeforeEach
    void authority() throws IOException {
        certificates = new TestCertificates(directory);
    }

    @Test
    void anExpiredOneIsRefused() throws Exception {
        certificates.expired("old", "DNS:localhost");

        assertThat(with("old", "-tls1_2"))
                .contains("has a certificate that is not valid at this host's time")
                .contains("renew the broker's certificate, or set this host's clock");
    }

    @Test
    void oneOfAnotherHostIsRefusedWhetherItsNameIsAnAlternativeOrTheCommonOne() throws Exception {
        certificates.signed("other", "EC", "DNS:elsewhere");
        certificates.withCommonNameAlone("elsewhere");

        for (String name : List.of("other", "elsewhere")) {
            assertThat(with(name, "-tls1_2"))
                    .contains("has a certificate that does not name 'localhost'")
                    .contains("use in transport_url a name that it has");
        }
    }

    /** Python's ssl, and so Nova, takes it too: to refuse it would end a subscription beside a Nova that works. */
    @Test
    void theCommonNameAloneWillDoIfItIsTheHosts() throws Exception {
        certificates.withCommonNameAlone("localhost");

        assertThat(with("localhost", "-tls1_3")).contains(TAKEN);
    }

    @Test
    void oneWithTheHostsNameIsTakenByTls12AndTls13ButNotByOlderOnes() throws Exception {
        certificates.signed("right", "EC", "DNS:localhost");

        assertThat(with("right", "-tls1_2")).contains(TAKEN);
        assertThat(with("right", "-tls1_3")).contains(TAKEN);
        assertThat(with("right", "-tls1_1"))
                .contains("offers no version of TLS that is taken here", "ssl_options.versions");
    }

    /** What the subscription says of a broker with that certificate. */
    private String with(String certificate, String version) throws Exception {
        int port = FreePorts.next();
        Process server = new ProcessBuilder(
                        "openssl",
                        "s_server",
                        "-accept",
                        "127.0.0.1:" + port,
                        "-quiet",
                        version,
                        "-cipher",
                        "ALL:@SECLEVEL=0",
                        "-cert",
                        directory.resolve(certificate + ".pem").toString(),
                        "-key",
                        certificates.key(certificate).toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            listens(port);
            BrokerAddress address = new BrokerAddress("localhost", port, "nova", new Secret("x"));
            TlsConfig tls = new TlsConfig(certificates.ca(), null, null, false, false);
            try (SubscriptionRig rig =
                    SubscriptionRig.started(SubscriptionRig.config(List.of(address), "tls", null, tls))) {
                while (rig.subscription.state().kind() != Kind.DISCONNECTED) {
                    // what it says to whoever has come through TLS
                    server.getOutputStream().write("no AMQP here\n".getBytes(StandardCharsets.US_ASCII));
                    server.getOutputStream().flush();
                    Thread.sleep(50);
                }
                return rig.subscription.state().detail();
            }
        } finally {
            server.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static void listens(int port) throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException notYet) {
                Thread.sleep(50);
            }
        }
        throw new IllegalStateException("openssl does not listen");
    }
}
