package org.novagpubinder.restarts;

import java.time.Instant;

/**
 * That no guest is restarted on this host any more.
 *
 * @param since when that began, by the host's clock: for people alone
 * @param why what led to it; one line
 */
public record Suspension(Instant since, String why) {}
