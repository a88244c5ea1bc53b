package org.novagpubinder.host.proc;

/** A system call failed; the message says which, on what, and the kernel's reason. */
public final class HostCallException extends Exception {
    private static final long serialVersionUID = 1;

    public HostCallException(String message) {
        super(message);
    }
}
