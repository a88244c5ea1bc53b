package org.novagpubinder.restarts;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A start that failed with our binding: a restart of ours, or a start of Nova's after the binding was written into the
 * definition.
 *
 * @param domain libvirt's name of it
 * @param cause what libvirt or QEMU objected to; one line
 * @param time when, by the host's clock, which may have been set since: for people alone
 * @param uptime when, after the host's boot; negative if that could not be read
 */
public record FailedRestart(UUID uuid, String domain, String cause, Instant time, Duration uptime) {
    /** Both may come from elsewhere, and the file has to stay small. */
    private static final int MOST_TEXT = 500;

    public FailedRestart {
        domain = line(domain);
        cause = line(cause);
    }

    /**
     * Whether it was less than a while ago. What cannot be told counts as if it were.
     *
     * @param now the host's uptime; negative if that cannot be read
     */
    boolean within(Duration ago, Duration now) {
        boolean known = !uptime.isNegative() && !now.isNegative() && now.compareTo(uptime) >= 0;
        return !known || now.minus(uptime).compareTo(ago) < 0;
    }

    /** They, their guests and causes; for a sentence. */
    static String words(List<FailedRestart> failures) {
        return failures.stream()
                .map(f -> f.domain() + " (" + f.uuid() + ": " + f.cause() + ")")
                .collect(Collectors.joining(", "));
    }

    private static String line(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= MOST_TEXT ? line : line.substring(0, MOST_TEXT) + "…";
    }
}
