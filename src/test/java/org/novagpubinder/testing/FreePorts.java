package org.novagpubinder.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports of 127.0.0.1 for the tests of this process alone. A process holds the first of a hundred, so that another one, which
 * may be a second run of all the tests, takes none of the rest between the moment in which a port is chosen and that in which
 * it is used. They lie below those that src/dev takes, and those that the kernel gives to connections (ip_local_port_range).
 */
public final class FreePorts {
    private static final int FIRST = 10_000;
    private static final int BLOCK = 100;
    private static final int BLOCKS = 100;

    private static final ServerSocket HELD = held();
    private static final AtomicInteger TAKEN = new AtomicInteger();

    private FreePorts() {}

    /** A port that nobody uses at the moment. */
    public static int next() throws IOException {
        for (int i = 0; i < BLOCK; i++) {
            int port = HELD.getLocalPort() + 1 + Math.floorMod(TAKEN.getAndIncrement(), BLOCK - 1);
            try (ServerSocket socket = listening(port)) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // another one then
            }
        }
        throw new IllegalStateException("all ports from " + HELD.getLocalPort() + " on are taken");
    }

    private static ServerSocket held() {
        int start = ThreadLocalRandom.current().nextInt(BLOCKS);
        for (int i = 0; i < BLOCKS; i++) {
            try {
                return listening(FIRST + (start + i) % BLOCKS * BLOCK);
            } catch (BindException taken) {
                // another process's
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException("no block of ports is free from " + FIRST + " on");
    }

    private static ServerSocket listening(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }
}
