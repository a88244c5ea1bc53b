package org.novagpubinder.notification.amqp;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig.TlsConfig;

/** The TLS context for a broker. Made anew for each connection, so that renewed certificates need no restart. */
final class BrokerTls {
    // the store lives in memory only; Java wants a password for a key's entry
    private static final char[] IN_MEMORY = new char[0];

    private BrokerTls() {}

    /** Trust and our own certificate as configured. */
    static SSLContext context(TlsConfig config) throws TlsException {
        TrustManager[] trust = config.caFile() == null ? null : trust(config.caFile());
        KeyManager[] keys = keys(config.certFile(), config.keyFile());
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new TlsException("this Java has no TLS (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static TrustManager[] trust(Path caFile) throws TlsException {
        List<Certificate> trusted = new PemFile(caFile).certificates();
        try {
            KeyStore store = emptyStore();
            for (int i = 0; i < trusted.size(); i++) {
                store.setCertificateEntry("ca" + i, trusted.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsException("the certificates in " + caFile + " cannot be used");
        }
    }

    private static KeyManager @Nullable [] keys(@Nullable Path certFile, @Nullable Path keyFile) throws TlsException {
        if (certFile == null) {
            return null;
        }
        // as in Python's ssl: without a key file the key is in the certificate's
        Path keyPath = keyFile == null ? certFile : keyFile;
        List<Certificate> chain = new PemFile(certFile).certificates();
        try {
            KeyStore store = emptyStore();
            store.setKeyEntry("own", new PemFile(keyPath).privateKey(), IN_MEMORY, chain.toArray(Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, IN_MEMORY);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsException("the certificate in " + certFile + " and the key in " + keyPath + " cannot be used");
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
