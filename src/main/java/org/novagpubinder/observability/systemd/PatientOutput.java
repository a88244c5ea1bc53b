package org.novagpubinder.observability.systemd;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A file descriptor whose reader may hang, such as stderr in a container whose engine does: what is not taken in time is lost,
 * for whoever logs may be about to start a guest.
 */
public final class PatientOutput extends OutputStream {
    private static final int PATIENCE_MS = 1_000;

    /** PIPE_BUF: a pipe that takes anything takes so much, and does not wait. */
    private static final int AT_ONCE = 4096;

    private static final short POLLOUT = 4;

    private final LibC libc = LibC.INSTANCE;
    private final int fd;

    /** Since something was taken last. */
    private long lost;

    /** @throws LinkageError if there is no JNA */
    public PatientOutput(int fd) {
        this.fd = fd;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    /** Writes it, or nothing more of it; never fails. */
    @Override
    public synchronized void write(byte[] line, int from, int length) {
        if (!taken(line, from, length)) {
            lost++;
        } else if (lost > 0) {
            byte[] gap = ("nobody has read this for a while: " + lost + " lines before the last one are missing\n")
                    .getBytes(StandardCharsets.UTF_8);
            lost = 0;
            lost = taken(gap, 0, gap.length) ? 0 : 1;
        }
    }

    private boolean taken(byte[] bytes, int from, int length) {
        try {
            for (int at = from; at < from + length; ) {
                byte[] next = Arrays.copyOfRange(bytes, at, Math.min(from + length, at + AT_ONCE));
                if (!ready()) {
                    return false;
                }
                at += (int) libc.write(fd, next, next.length);
            }
            return true;
        } catch (LastErrorException closedOrInterrupted) {
            return false;
        }
    }

    private boolean ready() {
        byte[] poll = ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putInt(fd)
                .putShort(POLLOUT)
                .array();
        return libc.poll(poll, 1, lost == 0 ? PATIENCE_MS : 0) > 0;
    }

    interface LibC extends Library {
        /** libc, loaded at the first use. */
        LibC INSTANCE = Native.load("c", LibC.class);

        int poll(byte[] descriptors, long count, int millis) throws LastErrorException;

        long write(int fd, byte[] bytes, long count) throws LastErrorException;
    }
}
