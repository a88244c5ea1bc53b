package org.novagpubinder.observability;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how the service is: sd_notify(3). The JDK has no unix datagram sockets (JDK-8297837), so three calls of
 * libc are made. Without NOTIFY_SOCKET nothing happens at all.
 */
public final class SdNotify {
    private static final Logger LOG = LoggerFactory.getLogger(SdNotify.class);

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SUN_PATH_LENGTH = 108;

    private final Map<String, String> environment;

    /** @param environment of the process: NOTIFY_SOCKET, WATCHDOG_USEC */
    public SdNotify(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** The service is up. */
    public void ready(String status) {
        send("READY=1\nSTATUS=" + oneLine(status));
    }

    /** What is going on, for {@code systemctl status}. */
    public void status(String status) {
        send("STATUS=" + oneLine(status));
    }

    /** The service is alive. */
    public void watchdog() {
        send("WATCHDOG=1");
    }

    /** The start takes longer: systemd is not to give up on it for that time from now. */
    public void extendStart(Duration time) {
        send("EXTEND_TIMEOUT_USEC=" + time.toMillis() * 1_000);
    }

    /** The service is about to end. */
    public void stopping() {
        send("STOPPING=1");
    }

    /** How often systemd wants to hear that the service is alive; half its limit, as sd_watchdog_enabled(3) advises. */
    public Optional<Duration> watchdogInterval() {
        String usec = environment.get("WATCHDOG_USEC");
        try {
            return usec == null
                    ? Optional.empty()
                    : Optional.of(Duration.ofMillis(Math.max(1, Long.parseLong(usec) / 2_000)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String oneLine(String text) {
        return text.replace('\n', ' ');
    }

    private void send(String message) {
        String path = environment.get("NOTIFY_SOCKET");
        if (path == null || path.isEmpty()) {
            return;
        }
        try {
            send(path, message.getBytes(StandardCharsets.UTF_8));
        } catch (LastErrorException | IllegalArgumentException e) {
            LOG.warn("cannot tell systemd at {}: {}", path, e.getMessage());
        }
    }

    private static void send(String path, byte[] message) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length >= SUN_PATH_LENGTH) {
            throw new IllegalArgumentException("NOTIFY_SOCKET is longer than a socket's name can be");
        }
        boolean inAbstractNamespace = name[0] == '@';
        if (inAbstractNamespace) {
            name[0] = 0;
        }
        LibC libc = LibC.INSTANCE;
        int length = 2 + name.length + (inAbstractNamespace ? 0 : 1);
        try (Memory address = new Memory(2 + SUN_PATH_LENGTH);
                Memory body = new Memory(message.length)) {
            address.clear();
            address.setShort(0, (short) AF_UNIX);
            address.write(2, name, 0, name.length);
            body.write(0, message, 0, message.length);
            int fd = libc.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            try {
                libc.sendto(fd, body, new NativeSize(message.length), MSG_NOSIGNAL, address, length);
            } finally {
                libc.close(fd);
            }
        }
    }

    /** size_t. */
    public static final class NativeSize extends com.sun.jna.IntegerType {
        private static final long serialVersionUID = 1;

        /** For JNA. */
        public NativeSize() {
            this(0);
        }

        NativeSize(long value) {
            super(Native.SIZE_T_SIZE, value, true);
        }
    }

    /** The three calls. */
    public interface LibC extends Library {
        /** libc, loaded at the first use. */
        LibC INSTANCE = Native.load("c", LibC.class);

        /** socket(2). */
        int socket(int domain, int type, int protocol) throws LastErrorException;

        /** sendto(2). */
        NativeSize sendto(int fd, Memory body, NativeSize length, int flags, Memory address, int addressLength)
                throws LastErrorException;

        /** close(2). */
        int close(int fd) throws LastErrorException;
    }
}
