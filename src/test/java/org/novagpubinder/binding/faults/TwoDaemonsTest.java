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
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.testing.CallPoints.Point;
import org.novagpubinder.testing.CallPoints.Side;
import org.novagpubinder.testing.Quiet;
import org.novagpubinder.testing.SysfsTree;

/**
 * Two daemons on one host by mistake, both of which hear everything: one stands still at each of its calls in turn, while the
 * other does all that it would do. They stand in each other's way only between the last look and the stop, which is less
 * than a call: then the guest is restarted twice.
 */
class TwoDaemonsTest {
    @TempDir
    Path root;

    private final Quiet quiet = new Quiet();

    @AfterEach
    void loud() {
        quiet.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"RENDER_NODE_PLACED_BY_NOVA", "RENDER_NODE_REQUIRED", "DISPLAY_ADDED", "PCI", "CELLS"})
    void theGuestStandsAsWithOne(GuestKind kind) throws Exception {
        SysfsTree hardware = EmulatedGpuHost.hardware(root);
        List<Point> points;
        DomainState bound;
        Point justBeforeDestroy;
        try (CrashScene calm = new CrashScene(hardware, kind)) {
            points = calm.allPoints();
            bound = calm.standing();
            List<String> calls = calm.daemon().points.calls();
            int first = calls.size() - points.size() / 2;
            justBeforeDestroy = new Point(calls.indexOf("destroy") - first + 1, Side.BEFORE);
        }
        Map<String, Integer> ends = new TreeMap<>();
        for (Point point : points) {
            try (CrashScene scene = new CrashScene(hardware, kind)) {
                List<InstanceEvent> messages = scene.messages();
                TestDaemon one = scene.daemon();
                TestDaemon other = scene.begins();
                one.points.at(point, () -> other.hears(messages));
                one.settles();
                one.hears(messages);
                other.sweeps();
                one.sweeps();
                DomainState now = scene.standing();
                // which GPU fits best may depend on whether libvirt's event or Nova's message comes first
                assertThat(now.same(bound) || now.asItSays())
                        .as(point + ": " + now + " " + scene.story())
                        .isTrue();
                boolean decided = point.equals(justBeforeDestroy);
                assertThat(scene.restarts()).as("%s", point).isLessThanOrEqualTo(decided ? 2 : 1);
                ends.merge("restarts " + scene.restarts(), 1, Integer::sum);
                scene.releasesAll();
            }
        }
        System.out.println(kind + ": two daemons, at " + points.size() + " points: " + ends);
    }
}
