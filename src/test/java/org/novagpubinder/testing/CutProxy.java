package org.novagpubinder.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between a client and a server on 127.0.0.1, and cuts connections after a number of bytes, or lets none through. */
public final class CutProxy implements AutoCloseable {
    private static final int BUFFER = 4096;

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int to;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private long left = Long.MAX_VALUE;
    private long cuts;
    private volatile boolean silent;

    /** Connects whoever comes to that port of 127.0.0.1. */
    public CutProxy(int to) throws IOException {
        this.to = to;
        start(this::accept);
    }

    /** Where it listens. */
    public int port() {
        return listening.getLocalPort();
    }

    /** Ends all connections, and the next one after so many bytes of the server's; those after it live. */
    public synchronized void cutNextAfter(long bytes) {
        left = bytes;
        cut();
    }

    /** How often a number of bytes was used up. */
    public synchronized long cuts() {
        return cuts;
    }

    /** From now on nothing that anybody sends arrives, and no connection is ended; or all as usual, for new connections. */
    public void silent(boolean now) {
        silent = now;
    }

    /** Ends all connections. */
    public void cut() {
        open.forEach(CutProxy::reset);
        open.clear();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), to);
                open.addAll(List.of(client, server));
                start(() -> pass(client, server, false));
                start(() -> pass(server, client, true));
            } catch (IOException away) {
                // the server is, or we are closed: the next one is accepted, or none
            }
        }
    }

    private void pass(Socket from, Socket into, boolean counted) {
        byte[] buffer = new byte[BUFFER];
        try (from;
                into) {
            InputStream in = from.getInputStream();
            OutputStream out = into.getOutputStream();
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                while (silent) {
                    Thread.sleep(10);
                }
                int allowed = counted ? allowed(n) : n;
                if (allowed < n) {
                    out.write(buffer, 0, allowed);
                    reset(into);
                    return;
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException cut) {
            // both ends are closed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** So many of these bytes of the server's go through; less than all if the connection ends with them. */
    private synchronized int allowed(int bytes) {
        if (left > bytes) {
            left -= bytes;
            return bytes;
        }
        int last = (int) Math.max(0, left - 1);
        // those after it live
        left = Long.MAX_VALUE;
        cuts++;
        return last;
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException gone) {
            // closed by the other side in the same moment
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "cut-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        silent = false;
        cut();
    }
}
