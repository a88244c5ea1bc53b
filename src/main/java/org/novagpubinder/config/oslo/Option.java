package org.novagpubinder.config.oslo;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An option: what loading, checking and the sample configuration are derived from.
 *
 * @param name where it stands
 * @param deprecated older names that still count
 * @param type how it is read
 * @param defaultText its default as one would write it; null if it is then not set (or found elsewhere, which the help
 *     says), and an empty value means the same
 * @param secret whether its value must never be shown
 * @param help what it is for, for the sample configuration
 */
public record Option<T>(
        OptionName name,
        List<OptionName> deprecated,
        OptionType<T> type,
        @Nullable String defaultText,
        boolean secret,
        String help) {
    public Option {
        deprecated = List.copyOf(deprecated);
    }

    /** An option without older names that is no secret. */
    public static <T> Option<T> of(
            String section, String name, OptionType<T> type, @Nullable String defaultText, String help) {
        return new Option<>(new OptionName(section, name), List.of(), type, defaultText, false, help);
    }

    public Option<T> formerly(String section, String older) {
        List<OptionName> all = Stream.concat(deprecated.stream(), Stream.of(new OptionName(section, older)))
                .toList();
        return new Option<>(name, all, type, defaultText, secret, help);
    }

    public Option<T> asSecret() {
        return new Option<>(name, deprecated, type, defaultText, true, help);
    }

    /** All its names, the current one first. */
    public List<OptionName> names() {
        return Stream.concat(Stream.of(name), deprecated.stream()).toList();
    }
}
