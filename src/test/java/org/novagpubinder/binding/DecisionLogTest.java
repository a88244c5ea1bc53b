package org.novagpubinder.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.Outcome;
import org.novagpubinder.placement.Reason;
import org.novagpubinder.testing.LogLines;

class DecisionLogTest {
    private static final UUID GUEST = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final DecisionLog log = new DecisionLog();

    private void sweepFinds(Set<UUID> present) {
        if (present.contains(GUEST)) {
            Reason full = new Reason(Reason.Code.MEMORY_FULL, "node 1 is full");
            log.decided(new Decision(
                    new BindResult(
                            GUEST,
                            "instance-1",
                            Outcome.MISALIGNED,
                            List.of(full),
                            IdSet.empty(),
                            List.of(),
                            false,
                            1,
                            0),
                    Trigger.SWEEP,
                    NOW,
                    NOW,
                    null));
        }
        log.swept(present, NOW, Duration.ZERO);
    }

    @Test
    void ofADomainThatHasGoneUntoldNothingIsRemembered() {
        try (LogLines lines = LogLines.of(DecisionLog.class.getName())) {
            sweepFinds(Set.of(GUEST));
            sweepFinds(Set.of(GUEST));
            assertThat(lines.lines()).as("told once").hasSize(1);

            sweepFinds(Set.of());
            sweepFinds(Set.of(GUEST));
            assertThat(lines.lines()).as("another of that UUID is news").hasSize(2);
        }
    }
}
