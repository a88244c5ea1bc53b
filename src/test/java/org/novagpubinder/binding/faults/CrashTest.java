package org.novagpubinder.binding.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.testing.CallPoints.Point;
import org.novagpubinder.testing.Quiet;
import org.novagpubinder.testing.SysfsTree;
import org.novagpubinder.testing.XmlMeaning;

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
        List<Point> points;
        Standing bound;
        try (CrashScene calm = new CrashScene(hardware, kind)) {
            points = calm.allPoints();
            bound = calm.standing();
            assertThat(bound.marked()).isFalse();
        }
        Map<String, Integer> ends = new TreeMap<>();
        for (Point point : points) {
            try (CrashScene scene = new CrashScene(hardware, kind)) {
                scene.killedAt(point).recovers();
                ends.merge(scene.end(bound), 1, Integer::sum);
                scene.releasesAll();
            }
        }
        System.out.println(kind + ": killed at " + points.size() + " points: " + ends);
        assertThat(ends).doesNotContainKey("original");
    }

    @ParameterizedTest
    @EnumSource(names = {"DISPLAY_ADDED", "PCI"})
    void aGuestSurvivesADaemonThatIsKilledAgainWhileItTidiesUp(GuestKind kind) throws Exception {
        SysfsTree hardware = EmulatedGpuHost.hardware(root);
        List<Point> points;
        Standing bound;
        try (CrashScene calm = new CrashScene(hardware, kind)) {
            points = calm.goesOn();
            bound = calm.standing();
        }
        Map<String, Integer> ends = new TreeMap<>();
        for (Point first : points) {
            List<Point> then;
            try (CrashScene once = new CrashScene(hardware, kind)) {
                then = once.killedAt(first).recovers();
            }
            for (Point second : then) {
                try (CrashScene scene = new CrashScene(hardware, kind)) {
                    scene.killedAt(first).killedAgainAt(second).recovers();
                    ends.merge(scene.end(bound), 1, Integer::sum);
                    scene.releasesAll();
                }
            }
        }
        System.out.println(kind + ": killed twice at "
                + ends.values().stream().mapToInt(n -> n).sum() + " pairs of points: " + ends);
        assertThat(ends).doesNotContainKey("original");
    }

    @ParameterizedTest
    @EnumSource(names = {"RENDER_NODE_PLACED_BY_NOVA", "DISPLAY_ADDED"})
    void aGuestSurvivesADaemonThatIsKilledWhileItGoesBack(GuestKind kind) throws Exception {
        SysfsTree hardware = EmulatedGpuHost.hardware(root);
        List<Point> points;
        Standing former;
        try (CrashScene calm = new CrashScene(hardware, kind)) {
            calm.host.libvirt.breaks(BinderRig.RENDER1);
            points = calm.allPoints();
            former = calm.standing();
            assertThat(former.record().orElseThrow().outcome()).isEqualTo(Outcome.FAILED);
            assertThat(XmlMeaning.sameMeaning(
                            former.definition(), calm.original().definition()))
                    .isTrue();
        }
        Map<String, Integer> ends = new TreeMap<>();
        for (Point point : points) {
            try (CrashScene scene = new CrashScene(hardware, kind)) {
                scene.host.libvirt.breaks(BinderRig.RENDER1);
                scene.killedAt(point).recovers();
                ends.merge(scene.end(former), 1, Integer::sum);
            }
        }
        System.out.println(kind + ": killed at " + points.size() + " points of a restart that fails: " + ends);
    }
}
