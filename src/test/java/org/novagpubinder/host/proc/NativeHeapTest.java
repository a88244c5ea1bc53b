package org.novagpubinder.host.proc;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeHeapTest {
    /** Below what malloc takes from the kernel piece by piece, and gives back itself. */
    private static final int PIECE = 64 << 10;

    private static final int PIECES = 2_000;

    @Test
    void whatWasFreedGoesBackToTheKernel() throws Exception {
        List<Memory> pieces = new ArrayList<>();
        for (int i = 0; i < PIECES; i++) {
            Memory piece = new Memory(PIECE);
            piece.clear();
            pieces.add(piece);
        }
        // the last one stays: malloc gives back by itself what lies above all that is in use
        pieces.subList(0, PIECES - 1).forEach(Memory::close);
        long freed = residentKiB();

        NativeHeap.trim();

        assertThat(freed - residentKiB()).isGreaterThan((long) PIECES * PIECE / 1024 / 2);
        pieces.get(PIECES - 1).close();
    }

    private static long residentKiB() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
