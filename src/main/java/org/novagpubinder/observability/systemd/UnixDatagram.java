package org.novagpubinder.observability.systemd;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Sends a message to a unix datagram socket: systemd's, journald's. The JDK has none (JDK-8297837), so three calls of libc are
 * made.
 */
final class UnixDatagram {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDTIMEO = 21;
    private static final int EAGAIN = 11;
    private static final int SUN_PATH_LENGTH = 108;
    private static final int TIMEVAL_LENGTH = 16;

    private UnixDatagram() {}

    /** The receiver's queue is full: it does not read. */
    static final class FullException extends IOException {
        private static final long serialVersionUID = 1;

        private FullException(String path) {
            super(path + " is not read");
        }
    }

    /**
     * Sends the message.
     *
     * @param path the socket's; "@" at its beginning stands for the abstract namespace
     * @param most so long it is waited for a receiver whose queue is full
     * @throws FullException if it still is full then
     * @throws IOException if it cannot be sent: nobody listens, it is too long, no permission
     */
    static void send(String path, byte[] message, Duration most) throws IOException {
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
                // of 0 the kernel makes "for ever"
                int flags = most.isZero() ? MSG_NOSIGNAL | MSG_DONTWAIT : MSG_NOSIGNAL;
                libc.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, timeval(most), TIMEVAL_LENGTH);
                libc.sendto(fd, body, new NativeSize(message.length), flags, address, length);
            } finally {
                libc.close(fd);
            }
        } catch (LastErrorException e) {
            throw e.getErrorCode() == EAGAIN ? new FullException(path) : new IOException(e.getMessage(), e);
        }
    }

    /** struct timeval. */
    private static byte[] timeval(Duration time) {
        ByteBuffer value = ByteBuffer.allocate(TIMEVAL_LENGTH).order(ByteOrder.nativeOrder());
        return value.putLong(time.toSeconds())
                .putLong(time.toNanosPart() / 1_000)
                .array();
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

        int setsockopt(int fd, int level, int name, byte[] value, int length) throws LastErrorException;

        NativeSize sendto(int fd, Memory body, NativeSize length, int flags, Memory address, int addressLength)
                throws LastErrorException;

        int close(int fd) throws LastErrorException;
    }
}
