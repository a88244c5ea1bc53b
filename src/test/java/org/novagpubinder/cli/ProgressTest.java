package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final StringWriter err = new StringWriter();

    private Progress started(Duration interval) {
        return Progress.started(new PrintWriter(err), "asking \u001b[2Jlibvirt", interval);
    }

    @Test
    void whatLastsIsSaidAndTakenAwayAgain() {
        Progress progress = started(Duration.ofMillis(5));
        await().untilAsserted(() -> assertThat(err.toString()).contains("\r\u001b[Kasking ?[2Jlibvirt … 2 s"));
        progress.close();

        String said = err.toString();
        assertThat(said).endsWith("\r\u001b[K").startsWith("\r\u001b[Kasking ?[2Jlibvirt … 1 s");
        await().during(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(err).hasToString(said));
    }

    @Test
    void whatIsDoneAtOnceSaysNothing() {
        started(Duration.ofSeconds(60)).close();

        assertThat(err.toString()).isEmpty();
    }

    @Test
    void withoutATerminalNothingIsEverSaid() {
        // surefire's fork has a pipe
        Progress.of(new PrintWriter(err), "asking").close();

        assertThat(err.toString()).isEmpty();
    }
}
