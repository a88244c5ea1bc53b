package org.novagpubinder.binding.decision;

/** How many restarts of guests were begun of late. */
@FunctionalInterface
public interface RestartRate {
    /** Those within the last hour. */
    int withinAnHour();
}
