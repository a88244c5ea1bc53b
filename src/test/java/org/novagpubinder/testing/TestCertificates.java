package org.novagpubinder.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Certificates and keys in PEM, made with openssl. */
public final class TestCertificates {
    private final Path directory;

    /** Makes a CA in {@code directory}: {@code ca.pem}. */
    public TestCertificates(Path directory) throws IOException {
        this.directory = directory;
        openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ca-key.pem");
        openssl("req -x509 -key ca-key.pem -days 2 -out ca.pem -subj", "/CN=Test CA");
    }

    /** The CA's certificate. */
    public Path ca() {
        return directory.resolve("ca.pem");
    }

    /**
     * Makes a certificate NAME.pem signed by the CA, and its key NAME-key.pem in PKCS#8.
     *
     * @param algorithm RSA, EC or ED25519
     * @param subjectAlternativeName such as DNS:localhost
     */
    public void signed(String name, String algorithm, String subjectAlternativeName) throws IOException {
        String curve = algorithm.equals("EC") ? " -pkeyopt ec_paramgen_curve:P-256" : "";
        openssl("genpkey -algorithm " + algorithm + curve + " -out " + name + "-key.pem");
        openssl("req -new -key " + name + "-key.pem -out " + name + ".csr -subj", "/CN=" + name);
        Files.writeString(directory.resolve(name + ".ext"), "subjectAltName=" + subjectAlternativeName + "\n");
        openssl("x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile " + name
                + ".ext -out " + name + ".pem");
    }

    /** One that has expired yesterday. */
    public void expired(String name, String subjectAlternativeName) throws IOException {
        signed(name, "EC", subjectAlternativeName);
        openssl("x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days -1 -extfile " + name
                + ".ext -out " + name + ".pem");
    }

    /** One without subjectAltName, as made by old recipes: only the common name, {@code name}, says whose it is. */
    public void withCommonNameAlone(String name) throws IOException {
        openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out " + name + "-key.pem");
        openssl("req -new -key " + name + "-key.pem -out " + name + ".csr -subj", "/CN=" + name);
        openssl("x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -out " + name
                + ".pem");
    }

    /** The file of a certificate's key. */
    public Path key(String name) {
        return directory.resolve(name + "-key.pem");
    }

    /** The RSA key of a certificate in PKCS#1, what {@code openssl genrsa} wrote before OpenSSL 3. */
    public Path pkcs1(String name) throws IOException {
        openssl("rsa -traditional -in " + name + "-key.pem -out " + name + "-pkcs1.pem");
        return directory.resolve(name + "-pkcs1.pem");
    }

    private void openssl(String words, String... further) throws IOException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(Arrays.asList(words.split(" ")));
        command.addAll(List.of(further));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(command + ": " + output);
        }
    }
}
