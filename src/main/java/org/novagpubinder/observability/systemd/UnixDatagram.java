package org.novagpubinder.observability.systemd;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Sends a message to a unix datagram socket: systemd's, journald's. The JDK has none (JDK-8297837), so three calls of libc are
 * made.
 */
final class UnixDatagram {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SUN_PATH_LENGTH = 108;

    private UnixDatagram() {}

    /**
     * Sends the message; waits while the receiver's queue is full.
     *
     * @param path the socket's; "@" at its beginning stands for the abstract namespace
     * @throws IOException if it cannot be sent: nobody listens, it is too long, no permission
     */
    static void send(String path, byte[] message) throws IOException {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length >= SUN_PATH_LENGTH) {
            throw new IOException("no socket can have this name: '" + path + "'");
        }
        boolean inAbstractNamespace = name[0] == '@';
        if (inAbstractNamespace) {
            name[0] = 0;
        }
        int length = 2 + name.length + (inAbstractNamespace ? 0 : 1);
        try (Memory address = new Memory(2 + SUN_PATH_LENGTH);
                Memory body = new Memory(Math.max(1, message.length))) {
            address.clear();
            address.setShort(0, (short) AF_UNIX);
            address.write(2, name, 0, name.length);
            body.write(0, message, 0, message.length);
            LibC libc = LibC.INSTANCE;
            int fd = libc.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            try {
                libc.sendto(fd, body, new NativeSize(message.length), MSG_NOSIGNAL, address, length);
            } finally {
                libc.close(fd);
            }
        } catch (LastErrorException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** size_t. */
    public static final class NativeSize extends com.sun.jna.IntegerType {
        /** For JNA. */
        public NativeSize() {
            this(0);
        }

        NativeSize(long value) {
            super(Native.SIZE_T_SIZE, value, true);
        }
    }

    public interface LibC extends Library {
        /** libc, loaded at the first use. */
        LibC INSTANCE = Native.load("c", LibC.class);

        int socket(int domain, int type, int protocol) throws LastErrorException;

        NativeSize sendto(int fd, Memory body, NativeSize length, int flags, Memory address, int addressLength)
                throws LastErrorException;

        int close(int fd) throws LastErrorException;
    }
}
