package org.novagpubinder.config.settings;

/** A password: shows itself only when asked by name. */
public final class Secret {
    private final String value;

    /** @param value the password */
    public Secret(String value) {
        this.value = value;
    }

    /** The password. Never log it, never put it into an exception. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Secret other && value.equals(other.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** Three stars. */
    @Override
    public String toString() {
        return "***";
    }
}
