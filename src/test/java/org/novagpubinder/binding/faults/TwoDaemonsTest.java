package org.novagpubinder.binding.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.testing.CallPoints.Point;
import org.novagpubinder.testing.CallPoints.Side;
import org.novagpubinder.testing.InMemory;
import org.novagpubinder.testing.Quiet;
import org.novagpubinder.testing.SysfsTree;

/**
 * Two daemons on one host by mistake, both of which hear everything: one stands still at each of its calls in turn, while the
 * other does all that it would do. They stand in each other's way only between the last look and the stop, which is less
 * than a call: then the guest is restarted twice.
 */
class TwoDaemonsTest {
    @TempDir(factory = InMemory.class)
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
            int first = calm.daemon().points.calls().size();
            points = calm.allPoints();
            bound = calm.standing();
            List<String> calls = calm.daemon().points.calls();
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

    /** Every so many points are tried; each of them with {@code -Dtwo.step=1}. */
    private static final int STEP = Integer.getInteger("two.step", 7);

    /** What happens is told to both; the one is told first, and the other at the latest when the one has done what follows. */
    private static final class Both {
        private interface Told {
            void to(TestDaemon daemon) throws Exception;
        }

        private final FaultScene scene;
        private final TestDaemon one;
        private final TestDaemon other;
        private final Queue<Told> behind = new ConcurrentLinkedQueue<>();

        Both(FaultScene scene) throws Exception {
            this.scene = scene;
            one = scene.daemon();
            other = scene.scene().begins();
            other.sweeps();
        }

        void otherCatchesUp() throws Exception {
            for (Told told = behind.poll(); told != null; told = behind.poll()) {
                told.to(other);
            }
        }

        private void are(Told told) throws Exception {
            behind.add(told);
            told.to(one);
            otherCatchesUp();
        }

        void hear(InstanceEvent message) throws Exception {
            are(daemon -> daemon.hears(List.of(message)));
            areTold();
        }

        void areTold() throws Exception {
            for (List<DomainEvent> events = events(); !events.isEmpty(); events = events()) {
                List<DomainEvent> now = events;
                are(daemon -> daemon.isTold(now));
            }
        }

        private List<DomainEvent> events() {
            return scene.host().libvirt.takeEvents();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RENDER_NODE_PLACED_BY_NOVA", "DISPLAY_ADDED", "PCI", "CELLS"})
    void aGuestThatNovaIsAboutToStartIsBoundByThemWithoutARestart(GuestKind kind) throws Exception {
        SysfsTree hardware = EmulatedGpuHost.hardware(root);
        int calls = started(hardware, kind, Optional.empty());
        int tried = 0;
        // each kind at other points
        int first = List.of(GuestKind.values()).indexOf(kind) % STEP;
        for (int point = first; point < 2 * calls; point += STEP) {
            Side side = point % 2 == 0 ? Side.BEFORE : Side.AFTER;
            started(hardware, kind, Optional.of(new Point(1 + point / 2, side)));
            tried++;
        }
        System.out.println(kind + ": two daemons and a start of Nova's, at " + tried + " of " + 2 * calls + " points");
    }

    /** How many calls the one has made. */
    private static int started(SysfsTree hardware, GuestKind kind, Optional<Point> standsStill) throws Exception {
        try (FaultScene scene = new FaultScene(hardware, kind, FaultPath.CREATING)) {
            Both both = new Both(scene);
            long restarts = scene.scene().restarts();
            int before = both.one.points.calls().size();
            standsStill.ifPresent(point -> both.one.points.at(point, both::otherCatchesUp));
            NovaStart nova = scene.novaStarts("create", false);
            both.hear(nova.first());
            nova.defines();
            both.areTold();
            nova.launches();
            both.areTold();
            both.hear(nova.last());
            both.other.sweeps();
            both.one.sweeps();
            DomainState now = scene.scene().standing();
            String at = standsStill + " " + both.one.points.calls() + now;
            assertThat(now.asItSays()).as(at).isTrue();
            assertThat(now.record().orElseThrow().outcome()).as(at).isEqualTo(Outcome.BOUND);
            assertThat(scene.scene().restarts()).as(at).isEqualTo(restarts);
            int calls = both.one.points.calls().size() - before;
            scene.scene().releasesAll();
            return calls;
        }
    }
}
