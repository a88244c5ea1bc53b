package org.novagpubinder.observability.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A datagram socket as systemd listens at for a service. */
final class NotifySocket implements AutoCloseable {
    private static final int DONT_WAIT = 0x40;
    private static final int LONGEST = 4096;

    private final String name;
    private final int fd;

    private NotifySocket(String name, byte[] bytes, int length) {
        this.name = name;
        this.fd = LibC.INSTANCE.socket(1, 2, 0);
        Memory address = new Memory(110);
        address.clear();
        address.setShort(0, (short) 1);
        address.write(2, bytes, 0, bytes.length);
        assertThat(LibC.INSTANCE.bind(fd, address, length)).isZero();
    }

    static NotifySocket at(Path path) {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        return new NotifySocket(path.toString(), bytes, 2 + bytes.length + 1);
    }

    static NotifySocket inAbstractNamespace(String name) {
        byte[] bytes = ("\0" + name).getBytes(StandardCharsets.UTF_8);
        return new NotifySocket("@" + name, bytes, 2 + bytes.length);
    }

    /** What systemd gives to the service. */
    Map<String, String> environment() {
        return Map.of("NOTIFY_SOCKET", name);
    }

    /** The messages since it was asked last. */
    List<String> heard() {
        List<String> all = new ArrayList<>();
        Memory buffer = new Memory(LONGEST);
        for (int n = receive(buffer); n >= 0; n = receive(buffer)) {
            all.add(new String(buffer.getByteArray(0, n), StandardCharsets.UTF_8));
        }
        return all;
    }

    private int receive(Memory buffer) {
        return LibC.INSTANCE.recv(fd, buffer, LONGEST, DONT_WAIT);
    }

    @Override
    public void close() {
        LibC.INSTANCE.close(fd);
    }

    interface LibC extends Library {
        LibC INSTANCE = Native.load("c", LibC.class);

        int socket(int domain, int type, int protocol);

        int bind(int fd, Memory address, int length);

        int recv(int fd, Memory buffer, int length, int flags);

        int close(int fd);
    }
}
