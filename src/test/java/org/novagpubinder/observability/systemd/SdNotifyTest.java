package org.novagpubinder.observability.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real datagram socket, as systemd has it. */
class SdNotifyTest {
    @Test
    void systemdHearsThatTheServiceIsReady(@TempDir Path dir) {
        try (NotifySocket systemd = NotifySocket.at(dir.resolve("notify"))) {
            new SdNotify(systemd.environment()).ready("2 GPUs\nsubscribed");
            assertThat(systemd.heard()).containsExactly("READY=1\nSTATUS=2 GPUs subscribed");
        }
    }

    @Test
    void aSocketInTheAbstractNamespaceIsReachedToo() {
        String unique = "nova-gpu-binder-test-" + ProcessHandle.current().pid();
        try (NotifySocket systemd = NotifySocket.inAbstractNamespace(unique)) {
            new SdNotify(systemd.environment()).watchdog();
            assertThat(systemd.heard()).containsExactly("WATCHDOG=1");
        }
    }

    @Test
    void withoutSystemdOrWithItsSocketGoneNothingHappens(@TempDir Path dir) {
        assertThatCode(() -> new SdNotify(Map.of()).ready("up")).doesNotThrowAnyException();
        SdNotify gone = new SdNotify(Map.of("NOTIFY_SOCKET", dir.resolve("gone").toString()));
        assertThatCode(() -> gone.status("up")).doesNotThrowAnyException();
        SdNotify tooLong = new SdNotify(Map.of("NOTIFY_SOCKET", "/" + "x".repeat(200)));
        assertThatCode(() -> tooLong.status("up")).doesNotThrowAnyException();
    }

    @Test
    void theWatchdogIsFedTwiceAsOftenAsSystemdAsks() {
        assertThat(new SdNotify(Map.of("WATCHDOG_USEC", "60000000")).watchdogInterval())
                .contains(Duration.ofSeconds(30));
        assertThat(new SdNotify(Map.of()).watchdogInterval()).isEmpty();
        assertThat(new SdNotify(Map.of("WATCHDOG_USEC", "soon")).watchdogInterval())
                .isEmpty();
    }
}
