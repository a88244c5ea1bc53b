package org.novagpubinder.host.proc;

/** A system call failed; the message says which, on what, and the kernel's reason. */
public final class HostCallException extends Exception {
    private static final long serialVersionUID = 1;

    private final int errno;

    HostCallException(String message, int errno) {
        super(message);
        this.errno = errno;
    }

    /** The kernel's error number, e.g. 3 (ESRCH) for a process that has ended; 38 (ENOSYS) if there is no such call. */
    public int errno() {
        return errno;
    }
}
