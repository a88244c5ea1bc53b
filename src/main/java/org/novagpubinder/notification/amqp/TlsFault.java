package org.novagpubinder.notification.amqp;

import java.io.EOFException;
import java.net.SocketException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.TlsConfig;

/**
 * Why TLS with a broker fails, by what the JDK's JSSE says of it.
 *
 * @param where the broker in words
 */
record TlsFault(String where, BrokerAddress broker, TlsConfig tls) {
    static final String SECTION =
            " in [oslo_messaging_rabbit] (of /etc/nova-gpu-binder/nova-gpu-binder.conf, if Nova is not to change)";

    /** Puts into words what TLS has to do with a failure; empty if it has nothing. */
    Optional<ConnectError> of(Throwable e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof SSLException
                && (message.contains("protocol_version") || message.contains("selected protocol"))) {
            return Optional.of(fault(
                    "offers no version of TLS that is taken here, 1.2 or 1.3 (" + message + ")",
                    "let it offer one of them (ssl_options.versions in its rabbitmq.conf)"));
        }
        // with TLS 1.3 our end of the handshake is done before the broker looks for our certificate, and finds none
        boolean ended = e instanceof EOFException || (e instanceof SocketException && !ConnectError.unreached(e));
        if (tls.certFile() == null && (ended || isAlert(e))) {
            String how = e.getMessage() == null ? "it closed the connection" : e.getMessage();
            return Optional.of(fault(
                    "ends TLS (" + how + ")",
                    "if it wants a certificate of its clients, set ssl_cert_file and ssl_key_file" + SECTION));
        }
        return e instanceof SSLException handshake ? Optional.of(of(handshake)) : Optional.empty();
    }

    private static boolean isAlert(Throwable e) {
        return e instanceof SSLException && String.valueOf(e.getMessage()).contains("fatal alert");
    }

    private ConnectError of(SSLException e) {
        String place = ConnectError.name(broker);
        boolean noPath = false;
        for (Throwable t = e; t != null; t = t.getCause()) {
            String message = String.valueOf(t.getMessage());
            if (t instanceof CertificateExpiredException || t instanceof CertificateNotYetValidException) {
                return fault(
                        "has a certificate that is not valid at this host's time (" + message + ")",
                        "renew the broker's certificate, or set this host's clock");
            }
            // sun.security.util.HostnameChecker
            if (message.startsWith("No subject alternative") || message.startsWith("No name matching")) {
                return fault(
                        "has a certificate that does not name '" + broker.host() + "'",
                        "use in transport_url a name that it has (openssl s_client -connect " + place
                                + " </dev/null | openssl x509 -noout -ext subjectAltName); if Nova does not mind, as before"
                                + " oslo.messaging 18.1, ssl_enforce_hostname_verification = False" + SECTION);
            }
            // its cause may say why: an expired certificate ends its path too
            noPath |= t instanceof CertPathBuilderException || t instanceof CertPathValidatorException;
        }
        if (noPath) {
            return untrusted();
        }
        String message = String.valueOf(e.getMessage());
        if (message.contains("Unsupported or unrecognized SSL message")) {
            return fault(
                    "does not speak TLS on this port",
                    "name its TLS port in transport_url (usually 5671), or set ssl = false" + SECTION
                            + " and take ssl out of that URL's query");
        }
        return fault("fails in TLS (" + message + ")", "look into the broker's log");
    }

    private ConnectError untrusted() {
        if (tls.caFile() == null) {
            return fault(
                    "has a certificate that none of this JVM's own authorities has signed (ssl_ca_file is not set)",
                    "set ssl_ca_file = /path/to/ca.pem" + SECTION + " to the authority that signed it");
        }
        return fault(
                "has a certificate that no authority in " + tls.caFile() + " has signed",
                "set ssl_ca_file" + SECTION + " to the authority that signed it");
    }

    private ConnectError fault(String what, String remedy) {
        return new ConnectError(where + " " + what, remedy, false);
    }
}
