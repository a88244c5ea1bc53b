package org.novagpubinder.host.sysfs;

import java.util.Objects;

/** The host's sysfs cannot be read; the message names the directory and what to do. */
public final class HostReadException extends Exception {
    HostReadException(String message) {
        super(message);
    }

    HostReadException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
