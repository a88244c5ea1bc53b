package org.novagpubinder.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real datagram socket, as systemd has it. */
class SdNotifyTest {
    interface LibC extends Library {
        LibC INSTANCE = Native.load("c", LibC.class);

        int socket(int domain, int type, int protocol);

        int bind(int fd, Memory address, int length);

        int recv(int fd, Memory buffer, int length, int flags);

        int close(int fd);
    }

    private static int listen(byte[] name, int length) {
        int fd = LibC.INSTANCE.socket(1, 2, 0);
        Memory address = new Memory(110);
        address.clear();
        address.setShort(0, (short) 1);
        address.write(2, name, 0, name.length);
        assertThat(LibC.INSTANCE.bind(fd, address, length)).isZero();
        return fd;
    }

    private static String received(int fd) {
        Memory buffer = new Memory(4096);
        int dontWait = 0x40;
        int length = LibC.INSTANCE.recv(fd, buffer, 4096, dontWait);
        return new String(buffer.getByteArray(0, length), StandardCharsets.UTF_8);
    }

    @Test
    void systemdHearsThatTheServiceIsReady(@TempDir Path dir) {
        String path = dir.resolve("notify").toString();
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        int fd = listen(name, 2 + name.length + 1);
        try {
            new SdNotify(Map.of("NOTIFY_SOCKET", path)).ready("2 GPUs\nsubscribed");
            assertThat(received(fd)).isEqualTo("READY=1\nSTATUS=2 GPUs subscribed");
        } finally {
            LibC.INSTANCE.close(fd);
        }
    }

    @Test
    void aSocketInTheAbstractNamespaceIsReachedToo() {
        String unique = "nova-gpu-binder-test-" + ProcessHandle.current().pid();
        byte[] name = ("\0" + unique).getBytes(StandardCharsets.UTF_8);
        int fd = listen(name, 2 + name.length);
        try {
            new SdNotify(Map.of("NOTIFY_SOCKET", "@" + unique)).watchdog();
            assertThat(received(fd)).isEqualTo("WATCHDOG=1");
        } finally {
            LibC.INSTANCE.close(fd);
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
