package org.novagpubinder.config.settings;

/**
 * A password: shows itself only when asked by name.
 *
 * @param reveal the password; never log it, never put it into an exception
 */
public record Secret(String reveal) {
    @Override
    public String toString() {
        return "***";
    }
}
