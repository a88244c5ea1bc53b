package org.novagpubinder.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.novagpubinder.testing.CallPoints.Side;
import org.novagpubinder.testing.Quiet;
import org.novagpubinder.testing.SysfsTree;

/**
 * The daemon is killed before and after each of its libvirt calls in turn, from Nova's {@code .end} on. The next one looks at
 * all domains and gets the message again: the guest runs as it would have without that, or its binding is deferred.
 */
class CrashTest {
    @TempDir
    Path root;

    private final Quiet quiet = new Quiet();

    @AfterEach
    void loud() {
        quiet.close();
    }

    @ParameterizedTest
    @EnumSource
    void aGuestSurvivesADaemonThatIsKilledAtAnyCall(GuestKind kind) throws Exception {
        SysfsTree hardware = EmulatedGpuHost.hardware(root);
        int calls;
        Standing bound;
        try (CrashScene calm = new CrashScene(hardware, kind)) {
            calls = calm.calls();
            bound = calm.standing();
            assertThat(bound.marked()).isFalse();
        }
        Map<String, Integer> ends = new TreeMap<>();
        for (int call = 1; call <= calls; call++) {
            for (Side side : Side.values()) {
                try (CrashScene scene = new CrashScene(hardware, kind)) {
                    String end = scene.killedAt(call, side).recovered().end(bound);
                    scene.releasesAll();
                    ends.merge(end, 1, Integer::sum);
                }
            }
        }
        System.out.println(kind + ": killed at " + 2 * calls + " points: " + ends);
        assertThat(ends).doesNotContainKey("original");
    }
}
