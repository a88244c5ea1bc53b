package org.novagpubinder.notification.amqp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and private keys in PEM (RFC 7468), the form of oslo.messaging's ssl options. */
final class PemFile {
    private static final int MAX_BYTES = 4 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    /** DER of SEQUENCE { OID rsaEncryption, NULL }. */
    private static final byte[] RSA_ALGORITHM = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };

    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    private final Path path;
    private final String text;

    PemFile(Path path) throws TlsException {
        this.path = path;
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw new TlsException(path + " has more than " + MAX_BYTES + " bytes: this is no PEM file");
            }
            this.text = Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new TlsException(path + " does not exist");
        } catch (IOException e) {
            throw new TlsException("cannot read " + path + " (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** All certificates, in their order. */
    List<Certificate> certificates() throws TlsException {
        List<Certificate> certificates = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        try {
            CertificateFactory x509 = CertificateFactory.getInstance("X.509");
            while (block.find()) {
                if (block.group(1).endsWith("CERTIFICATE")) {
                    certificates.add(x509.generateCertificate(new ByteArrayInputStream(bytes(block.group(2)))));
                }
            }
        } catch (GeneralSecurityException e) {
            throw new TlsException("a certificate in " + path + " is damaged");
        }
        if (certificates.isEmpty()) {
            throw new TlsException(path + " has no certificate (-----BEGIN CERTIFICATE-----)");
        }
        return certificates;
    }

    /** The first private key: PKCS#8, or PKCS#1 (RSA). */
    PrivateKey privateKey() throws TlsException {
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            switch (block.group(1)) {
                case "PRIVATE KEY" -> {
                    return pkcs8(bytes(block.group(2)));
                }
                case "RSA PRIVATE KEY" -> {
                    return pkcs8(der(0x30, VERSION_0, RSA_ALGORITHM, der(0x04, bytes(block.group(2)))));
                }
                case "EC PRIVATE KEY", "DSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY" ->
                    throw new TlsException("the key in " + path + " is of the form '" + block.group(1)
                            + "', which is not read; convert it: openssl pkcs8 -topk8 -nocrypt -in KEY -out NEWKEY");
                default -> {}
            }
        }
        throw new TlsException(
                text.contains("Proc-Type: 4,ENCRYPTED")
                        ? "the key in " + path
                                + " is encrypted; convert it: openssl pkcs8 -topk8 -nocrypt -in KEY -out NEWKEY"
                        : path + " has no private key (-----BEGIN PRIVATE KEY-----)");
    }

    private PrivateKey pkcs8(byte[] der) throws TlsException {
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // of another algorithm, or damaged, which only the last can tell
            } catch (GeneralSecurityException e) {
                throw new TlsException("this Java cannot read keys of type " + algorithm);
            }
        }
        throw new TlsException("the private key in " + path + " is damaged, or neither RSA, EC nor EdDSA");
    }

    private byte[] bytes(String base64) throws TlsException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new TlsException(path + " is damaged: not Base64 between BEGIN and END");
        }
    }

    /** Tag, length in its shortest form (DER knows no other), content. */
    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        byte[] length = BigInteger.valueOf(content.size()).toByteArray();
        ByteArrayOutputStream der = new ByteArrayOutputStream();
        der.write(tag);
        if (content.size() < 0x80) {
            der.write(content.size());
        } else {
            // BigInteger puts a zero in front of a high bit
            int sign = length[0] == 0 ? 1 : 0;
            der.write(0x80 | (length.length - sign));
            der.write(length, sign, length.length - sign);
        }
        der.writeBytes(content.toByteArray());
        return der.toByteArray();
    }
}
