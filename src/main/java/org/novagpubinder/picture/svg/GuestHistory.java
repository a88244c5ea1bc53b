package org.novagpubinder.picture.svg;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.novagpubinder.placement.model.Outcome;

/**
 * What the daemon has found and done of a guest, as far as it remembers.
 *
 * @param entries oldest first; looks that found the same as the one before, and changed nothing, are no entries of their own
 */
public record GuestHistory(List<Entry> entries) {
    public GuestHistory {
        entries = List.copyOf(entries);
    }

    /**
     * A look that told something new.
     *
     * @param because why it was looked at
     */
    public record Entry(Instant at, Outcome outcome, String because, List<String> done) {
        public Entry {
            done = List.copyOf(done);
        }
    }

    /** Since when it stands so without a break; empty if it was last found otherwise. */
    public Optional<Instant> since(Outcome outcome) {
        Instant since = null;
        for (int i = entries.size() - 1; i >= 0 && entries.get(i).outcome() == outcome; i--) {
            since = entries.get(i).at();
        }
        return Optional.ofNullable(since);
    }
}
