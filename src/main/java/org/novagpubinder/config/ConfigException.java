package org.novagpubinder.config;

import java.util.List;

/** Everything that is wrong with the configuration, at once. */
public final class ConfigException extends Exception {
    private final List<String> errors;

    /** @param errors each with file, line, section, option and what is allowed; no secrets */
    public ConfigException(List<String> errors) {
        super(String.join("\n", errors));
        this.errors = List.copyOf(errors);
    }

    /** The errors, one line each. */
    public List<String> errors() {
        return errors;
    }
}
