package org.novagpubinder.notification.amqp;

import com.rabbitmq.client.WriteListener;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** A connection's frames, of which only those reach the client that {@link FrameSieve} lets through. */
final class SiftedFrames implements FrameHandler {
    private final FrameHandler frames;
    private final FrameSieve sieve;
    private final Inbound inbound;

    SiftedFrames(FrameHandler frames, Inbound inbound) {
        this.frames = frames;
        this.inbound = inbound;
        this.sieve = new FrameSieve(inbound);
    }

    @Override
    public @Nullable Frame readFrame() throws IOException {
        while (true) {
            // null: nothing came in time; the client counts such as missed heartbeats, so what is left out is no null
            Frame frame = frames.readFrame();
            Frame sifted = frame == null ? null : sieve.sift(frame);
            if (frame == null || sifted != null) {
                return sifted;
            }
        }
    }

    @Override
    public void close() {
        inbound.closed();
        frames.close();
    }

    @Override
    public boolean internalHearbeat() {
        return frames.internalHearbeat();
    }

    @Override
    public void setTimeout(int timeoutMs) throws SocketException {
        frames.setTimeout(timeoutMs);
    }

    @Override
    public int getTimeout() throws SocketException {
        return frames.getTimeout();
    }

    @Override
    public void sendHeader() throws IOException {
        frames.sendHeader();
    }

    @Override
    public void initialize(AMQConnection connection) {
        frames.initialize(connection);
    }

    @Override
    public void startProcessing() {
        frames.startProcessing();
    }

    @Override
    public void finishConnectionNegotiation() {
        frames.finishConnectionNegotiation();
    }

    @Override
    public void setFrameMax(int frameMax) {
        frames.setFrameMax(frameMax);
    }

    @Override
    public void writeFrame(Frame frame) throws IOException {
        frames.writeFrame(frame);
    }

    @Override
    public void flush(WriteListener listener) throws IOException {
        frames.flush(listener);
    }

    @Override
    public InetAddress getLocalAddress() {
        return frames.getLocalAddress();
    }

    @Override
    public int getLocalPort() {
        return frames.getLocalPort();
    }

    @Override
    public InetAddress getAddress() {
        return frames.getAddress();
    }

    @Override
    public int getPort() {
        return frames.getPort();
    }
}
