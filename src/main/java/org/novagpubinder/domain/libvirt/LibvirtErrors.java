package org.novagpubinder.domain.libvirt;

import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;

/** What to do about libvirt's error numbers (virterror.h:virErrorNumber). */
public final class LibvirtErrors {
    private static final int NO_SUPPORT = 3;
    private static final int NO_CONNECT = 5;
    private static final int INVALID_CONN = 6;
    private static final int OPERATION_FAILED = 9;
    /** On a connection for reading only, or by an access control driver. */
    public static final int OPERATION_DENIED = 29;

    private static final int NO_DOMAIN = 42;
    private static final int OPERATION_INVALID = 55;
    private static final int CONFIG_UNSUPPORTED = 67;
    private static final int OPERATION_TIMEOUT = 68;
    private static final int ARGUMENT_UNSUPPORTED = 74;
    private static final int OPERATION_UNSUPPORTED = 84;

    private static final String LOCAL =
            "take the local socket, which Nova need not share, by connection_uri = qemu:///system in [gpu_binder]";

    private LibvirtErrors() {}

    /** What to do about a connection that cannot be opened, by libvirt's words: its codes do not tell these apart. */
    public static String remedyOfOpen(String uri, String words) {
        // libvirt.org/uri.html: what a program of its own connects
        if (uri.matches("\\w+\\+(ssh|libssh2?|ext):.*")) {
            return "this URI goes by another program, which nobody is there to answer, and by keys that the daemon does not see"
                    + " (its unit hides /root): " + LOCAL;
        }
        // before "authenticat": root needs such a login too (remote_driver.c:remoteAuthSASL)
        if (words.contains("SASL") || words.contains("authentication callback")) {
            return "this URI wants a login (SASL) that root needs too: " + LOCAL
                    + ", or put user and password into /etc/libvirt/auth.conf (libvirt.org/auth.html)";
        }
        if (words.contains("certificate")) {
            return "this URI wants TLS and a certificate of this host's: " + LOCAL
                    + ", or put the certificates where libvirt looks for them (libvirt.org/kbase/tlscerts.html)";
        }
        // without D-Bus nobody can ask polkit, which lets root alone in then
        if (words.contains("system bus")
                || words.contains("Permission denied")
                || words.contains("authenticat")
                || words.contains("polkit")) {
            return "run as root, or as a user of the group libvirt";
        }
        if (words.contains("no connection driver") || words.contains("URI")) {
            return "correct [libvirt] connection_uri in nova.conf, connection_uri in [gpu_binder], or --connect; usually it is"
                    + " qemu:///system";
        }
        if (words.contains("resolve")) {
            return "correct the host in connection_uri, or " + LOCAL;
        }
        String daemon = LibvirtDaemon.name();
        // rpc/virnetsocket.c:virNetSocketNewConnectTCP; a daemon that runs need not listen there
        if (words.contains("connect to server")) {
            return "is " + daemon + " running, and does it listen there (ss -ltn)? systemctl start " + daemon + "; or "
                    + LOCAL;
        }
        return "is " + daemon + " running? systemctl start " + daemon;
    }

    /** The kind of an error on a connection that is alive. */
    public static Kind kind(int code, String words) {
        return switch (code) {
            case NO_DOMAIN -> Kind.NO_DOMAIN;
            case NO_CONNECT, INVALID_CONN -> Kind.CONNECTION;
            case OPERATION_TIMEOUT -> Kind.BUSY;
            // virdomainjob.c:virDomainObjBeginJobInternal: too many callers wait for the domain already
            case OPERATION_FAILED -> words.contains("max_queued") ? Kind.BUSY : Kind.ERROR;
            case NO_SUPPORT, OPERATION_INVALID, CONFIG_UNSUPPORTED, ARGUMENT_UNSUPPORTED, OPERATION_UNSUPPORTED ->
                Kind.REFUSED;
            default -> Kind.ERROR;
        };
    }
}
