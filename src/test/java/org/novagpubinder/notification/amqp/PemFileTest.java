package org.novagpubinder.notification.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.testing.TestCertificates;

class PemFileTest {
    @TempDir
    private static Path directory;

    private static TestCertificates certificates;

    @BeforeAll
    static void make() throws Exception {
        certificates = new TestCertificates(directory);
        certificates.signed("rsa", "RSA", "DNS:a");
        certificates.signed("ec", "EC", "DNS:b");
        certificates.signed("ed", "ED25519", "DNS:c");
    }

    @ParameterizedTest
    @CsvSource({"rsa, RSA", "ec, EC", "ed, EdDSA"})
    void keysOfTheUsualAlgorithmsAreRead(String name, String algorithm) throws Exception {
        assertThat(new PemFile(certificates.key(name)).privateKey().getAlgorithm())
                .isEqualTo(algorithm);
    }

    @Test
    void anOldRsaKeyIsTheSameKey() throws Exception {
        assertThat(new PemFile(certificates.pkcs1("rsa")).privateKey())
                .isEqualTo(new PemFile(certificates.key("rsa")).privateKey());
    }

    @Test
    void aBundleGivesAllItsCertificatesWhateverStandsBetweenThem() throws Exception {
        Path bundle = Files.writeString(
                directory.resolve("bundle.pem"),
                "# the first\n" + Files.readString(certificates.ca()) + "\ntext\n"
                        + Files.readString(directory.resolve("rsa.pem")));

        assertThat(new PemFile(bundle).certificates()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-----BEGIN EC PRIVATE KEY-----\\nAAAA\\n-----END EC PRIVATE KEY----- | openssl pkcs8 -topk8 -nocrypt",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\\nAAAA\\n-----END ENCRYPTED PRIVATE KEY----- | openssl pkcs8",
                "-----BEGIN RSA PRIVATE KEY-----\\nProc-Type: 4,ENCRYPTED\\n\\nAAAA\\n-----END RSA PRIVATE KEY----- | is encrypted",
                "-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY----- | is damaged",
                "-----BEGIN RSA PRIVATE KEY-----\\n\\n-----END RSA PRIVATE KEY----- | is damaged",
                "nothing of the kind | has no private key",
            })
    void aKeyThatCannotBeReadIsNamedWithTheRemedyAndWithoutItsContent(String text, String message) throws Exception {
        Path file = Files.writeString(directory.resolve("bad.pem"), text.replace("\\n", "\n"));

        assertThatExceptionOfType(TlsException.class)
                .isThrownBy(() -> new PemFile(file).privateKey())
                .withMessageContaining(file.toString())
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("AAAA"));
    }

    @Test
    void aFileWithoutCertificateIsNamed() throws Exception {
        assertThatExceptionOfType(TlsException.class)
                .isThrownBy(() -> new PemFile(certificates.key("rsa")).certificates())
                .withMessageContaining("has no certificate");
        assertThatExceptionOfType(TlsException.class)
                .isThrownBy(() -> new PemFile(directory.resolve("no-such-file")))
                .withMessageContaining("does not exist");
    }
}
