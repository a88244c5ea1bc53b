package org.novagpubinder.binding.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
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
import org.novagpubinder.testing.InMemory;
import org.novagpubinder.testing.Quiet;
import org.novagpubinder.testing.SysfsTree;
import org.novagpubinder.testing.XmlMeaning;

/**
 * The daemon is killed before and after each of its libvirt calls in turn, from Nova's {@code .end} on. The next one looks at
 * all domains and gets the message again: the guest runs as it would have without that, or its binding is deferred.
 */
class CrashTest {
    @TempDir(factory = InMemory.class)
    Path root;

    private final Quiet quiet = new Quiet();

    @AfterEach
    void loud() {
        quiet.close();
    }

    private interface Tried {
        String end() throws Exception;
    }

    /** How guests end, by the world in which their daemon was killed. */
    private static final class Ends {
        private final Map<String, String> ofWorld = new HashMap<>();
        private final Map<String, Integer> ends = new TreeMap<>();
        private int killed;

        /** A daemon that was killed leaves nothing but the world as it is: the next daemon does the same in the same one. */
        void next(CrashScene scene, Tried next) throws Exception {
            String world = scene.world();
            killed++;
            String end = next.end();
            String known = ofWorld.put(world, end);
            if (known != null) {
                assertThat(end).as(scene.story()).isEqualTo(known);
            }
            ends.merge(end, 1, Integer::sum);
        }

        @Override
        public String toString() {
            return ends + " in " + ofWorld.size() + " worlds";
        }
    }

    @ParameterizedTest
    @EnumSource
    void aGuestSurvivesADaemonThatIsKilledAtAnyCall(GuestKind kind) throws Exception {
        SysfsTree hardware = EmulatedGpuHost.hardware(root);
        List<Point> points;
        DomainState bound;
        try (CrashScene calm = new CrashScene(hardware, kind)) {
            points = calm.pointsOfOtherWorlds();
            bound = calm.standing();
            assertThat(bound.marked()).isFalse();
        }
        Ends ends = new Ends();
        for (Point point : points) {
            try (CrashScene scene = new CrashScene(hardware, kind)) {
                ends.next(scene.killedAt(point), () -> {
                    scene.recovers();
                    String end = scene.end(bound);
                    scene.releasesAll();
                    return end;
                });
            }
        }
        System.out.println(kind + ": killed at " + points.size() + " points: " + ends);
        assertThat(ends.ends).doesNotContainKey("original");
    }

    @ParameterizedTest
    @EnumSource(names = {"DISPLAY_ADDED", "PCI"})
    void aGuestSurvivesADaemonThatIsKilledAgainWhileItTidiesUp(GuestKind kind) throws Exception {
        SysfsTree hardware = EmulatedGpuHost.hardware(root);
        List<Point> points;
        DomainState bound;
        try (CrashScene calm = new CrashScene(hardware, kind)) {
            points = calm.goesOn();
            bound = calm.standing();
        }
        Ends ends = new Ends();
        for (Point first : points) {
            List<Point> then;
            try (CrashScene once = new CrashScene(hardware, kind)) {
                then = once.killedAt(first).recovers();
            }
            for (Point second : then) {
                try (CrashScene scene = new CrashScene(hardware, kind)) {
                    ends.next(scene.killedAt(first).killedAgainAt(second), () -> {
                        scene.recovers();
                        String end = scene.end(bound);
                        scene.releasesAll();
                        return end;
                    });
                }
            }
        }
        System.out.println(kind + ": killed twice at " + ends.killed + " pairs of points: " + ends);
        assertThat(ends.ends).doesNotContainKey("original");
    }

    @ParameterizedTest
    @EnumSource(names = {"RENDER_NODE_PLACED_BY_NOVA", "DISPLAY_ADDED"})
    void aGuestSurvivesADaemonThatIsKilledWhileItGoesBack(GuestKind kind) throws Exception {
        SysfsTree hardware = EmulatedGpuHost.hardware(root);
        List<Point> points;
        DomainState former;
        try (CrashScene calm = new CrashScene(hardware, kind)) {
            calm.host.libvirt.breaks(BinderRig.RENDER1);
            points = calm.pointsOfOtherWorlds();
            former = calm.standing();
            assertThat(former.record().orElseThrow().outcome()).isEqualTo(Outcome.FAILED);
            assertThat(XmlMeaning.sameMeaning(
                            former.definition(), calm.original().definition()))
                    .isTrue();
        }
        Ends ends = new Ends();
        for (Point point : points) {
            try (CrashScene scene = new CrashScene(hardware, kind)) {
                scene.host.libvirt.breaks(BinderRig.RENDER1);
                ends.next(scene.killedAt(point), () -> {
                    scene.recovers();
                    return scene.end(former);
                });
            }
        }
        System.out.println(kind + ": killed at " + points.size() + " points of a restart that fails: " + ends);
    }
}
