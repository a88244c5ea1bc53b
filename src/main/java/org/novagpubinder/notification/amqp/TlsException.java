package org.novagpubinder.notification.amqp;

/** TLS to the broker cannot be set up; the message names the file and what is wrong with it, never its content. */
public final class TlsException extends Exception {
    TlsException(String message) {
        super(message);
    }
}
