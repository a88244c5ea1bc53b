package org.novagpubinder.config.settings;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.novagpubinder.config.oslo.BadValue;
import org.novagpubinder.config.oslo.OptionType;

/**
 * Where something listens.
 *
 * @param host a name or an address, IPv6 without brackets
 */
public record ListenAddress(String host, int port) {
    /** In none of the lists of those who are likely to be on a compute host (Prometheus' exporters, OpenStack, IANA). */
    public static final int DEFAULT_PORT = 10179;

    private static final int LAST_PORT = 65_535;
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9a-fA-F:.]{2,45}(?:%[\\w.-]{1,16})?)]|([A-Za-z0-9._-]{1,253})):([0-9]{1,5})");

    /** An address, or "off". */
    public static final OptionType<Optional<ListenAddress>> TYPE =
            new OptionType<>("ADDRESS:PORT such as 127.0.0.1:10179 or [::1]:10179, or off", text -> {
                if (text.equals("off")) {
                    return Optional.empty();
                }
                Matcher m = FORM.matcher(text);
                if (!m.matches()) {
                    throw new BadValue(text.isEmpty() ? "is empty" : "is not of this form");
                }
                int port = Integer.parseInt(m.group(3));
                if (port == 0 || port > LAST_PORT) {
                    throw new BadValue("has no port from 1 to " + LAST_PORT);
                }
                return Optional.of(new ListenAddress(m.group(1) == null ? m.group(2) : m.group(1), port));
            });

    /** As one writes it: IPv6 in brackets. */
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
