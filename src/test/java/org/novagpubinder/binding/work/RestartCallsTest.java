package org.novagpubinder.binding.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.testing.LogLines;

/** A destroy or create that hangs holds everybody's restart. */
class RestartCallsTest {
    private final UUID uuid = UUID.randomUUID();
    private final LogLines log = LogLines.of(RestartCalls.class.getName());

    private String line(int i) {
        return log.lines().stream()
                .filter(l -> l.contains(uuid.toString()))
                .toList()
                .get(i);
    }

    @AfterEach
    void stop() {
        log.close();
    }

    @Test
    void aCallThatIsNotAnsweredIsToldWhileItLastsAndWhenItEnds() throws Exception {
        RestartCalls calls = new RestartCalls(Duration.ofMillis(10));

        calls.make("create", uuid, () -> await().until(() -> !log.lines().isEmpty() && calls.unanswered() == 1));

        assertThat(line(0)).startsWith("ERROR").contains("create", "restarts_at_once", "virsh domstate " + uuid);
        assertThat(line(1)).startsWith("WARN").contains("has answered the create");
        assertThat(calls.unanswered()).isZero();
    }

    @Test
    void oneThatFailsLateIsNoLongerWaitedFor() {
        RestartCalls calls = new RestartCalls(Duration.ofMillis(10));

        assertThatThrownBy(() -> calls.make("destroy", uuid, () -> {
                    await().until(() -> calls.unanswered() == 1);
                    throw new LibvirtFailure(Kind.ERROR, 1, "Failed to terminate process 4711");
                }))
                .hasMessageContaining("4711");

        assertThat(calls.unanswered()).isZero();
    }

    @Test
    void oneThatIsAnsweredIsNotWorthALine() throws Exception {
        RestartCalls calls = new RestartCalls(Duration.ofHours(1));

        calls.make("create", uuid, () -> {});

        assertThat(log.lines()).noneMatch(l -> l.contains(uuid.toString()));
    }
}
