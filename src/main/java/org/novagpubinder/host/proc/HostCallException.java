package org.novagpubinder.host.proc;

/** A system call failed; the message says which, on what, and the kernel's reason. */
public final class HostCallException extends Exception {
    public HostCallException(String message) {
        super(message);
    }
}
