package org.novagpubinder.binding.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.novagpubinder.testing.CallPoints.Point;
import org.novagpubinder.testing.CallPoints.Side;
import org.novagpubinder.testing.InMemory;
import org.novagpubinder.testing.Quiet;
import org.novagpubinder.testing.SysfsTree;

/** The daemon is killed at each call that changes something, and before the next one begins Nova goes on with the guest. */
class NovaInTheGapTest {
    @TempDir(factory = InMemory.class)
    Path root;

    private final Quiet quiet = new Quiet();

    @AfterEach
    void loud() {
        quiet.close();
    }

    /** Every so many points are tried, before and after a call in turn; each of them with {@code -Dgap.step=1}. */
    private static final int STEP = Integer.getInteger("gap.step", 5);

    private interface Gap {
        void then(CrashScene scene, DomainState bound) throws Exception;
    }

    private void killedEverywhere(GuestKind kind, Gap gap) throws Exception {
        SysfsTree hardware = EmulatedGpuHost.hardware(root);
        List<Point> points;
        DomainState bound;
        try (CrashScene calm = new CrashScene(hardware, kind)) {
            points = calm.goesOn();
            bound = calm.standing();
        }
        assertThat(points).isNotEmpty();
        for (int i = 0; i < points.size(); i += STEP) {
            Point point = points.get(i);
            try (CrashScene scene = new CrashScene(hardware, kind)) {
                gap.then(scene.killedAt(point), bound);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DISPLAY_ADDED", "PCI"})
    void aGuestThatNovaDeletesInTheGapStaysDeleted(GuestKind kind) throws Exception {
        killedEverywhere(kind, (scene, bound) -> {
            scene.host.novaDeletes(GUEST);
            scene.novaSays("instance.delete.end");

            scene.recovers();

            assertThat(scene.host.libvirt.find(GUEST)).as(scene.story()).isEmpty();
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"DISPLAY_ADDED", "PCI"})
    void aGuestThatNovaRebootsInTheGapIsBoundAnewFromHerDefinition(GuestKind kind) throws Exception {
        killedEverywhere(kind, (scene, bound) -> {
            long before = scene.restarts();
            scene.host.novaRebootsHard(GUEST, kind.definition);
            scene.novaSays("instance.reboot.end");

            scene.recovers();

            assertThat(scene.standing().same(bound)).as(scene.story()).isTrue();
            assertThat(scene.restarts() - before).as(scene.story()).isLessThanOrEqualTo(1);
        });
    }

    /** What is marked is started, for nobody can tell who stopped it; Nova then stops it once more (src/docs/facts.md). */
    @ParameterizedTest
    @EnumSource(names = {"DISPLAY_ADDED", "PCI"})
    void aGuestThatNovaStopsInTheGapIsNotStartedAgainAndAgain(GuestKind kind) throws Exception {
        killedEverywhere(kind, (scene, bound) -> {
            boolean marked = scene.standing().marked();
            scene.host.novaStops(GUEST);

            scene.recovers();
            assertThat(scene.standing().running()).as(scene.story()).isEqualTo(marked);
            scene.host.novaStops(GUEST);
            scene.recovers();

            assertThat(scene.standing().running()).as(scene.story()).isFalse();
            assertThat(scene.standing().marked()).as(scene.story()).isFalse();
        });
    }

    @Test
    void aClockThatIsSetBackInTheGapKeepsNoGuestOff() throws Exception {
        for (GuestKind kind : List.of(GuestKind.RENDER_NODE_PLACED_BY_NOVA, GuestKind.PCI, GuestKind.DISPLAY_ADDED)) {
            killedEverywhere(kind, (scene, bound) -> {
                scene.host.clock.set(Duration.ofHours(-1));

                scene.recovers();

                assertThat(scene.standing().running()).as(scene.story()).isTrue();
            });
        }
    }

    /** An hour may have gone by, in which Nova has started the guest elsewhere: nothing else tells. */
    @ParameterizedTest
    @EnumSource(names = {"DISPLAY_ADDED", "PCI"})
    void aGuestThatIsOffForAnHourByEitherClockIsNotStarted(GuestKind kind) throws Exception {
        killedEverywhere(kind, (scene, bound) -> {
            boolean off = !scene.standing().running();
            scene.host.clock.set(Duration.ofHours(1));

            scene.recovers();

            assertThat(scene.standing().running()).as(scene.story()).isEqualTo(!off);
            assertThat(scene.standing().marked()).as(scene.story()).isFalse();
        });
    }

    /** Within one round trip between the last look and the define nothing can be done about it: it is defined, but off. */
    @ParameterizedTest
    @EnumSource(names = {"DISPLAY_ADDED", "PCI"})
    void aGuestThatNovaDeletesWhileItIsBoundIsNeverStartedAgain(GuestKind kind) throws Exception {
        SysfsTree hardware = EmulatedGpuHost.hardware(root);
        List<Point> points;
        List<String> calls;
        int first;
        try (CrashScene calm = new CrashScene(hardware, kind)) {
            first = calm.daemon().points.calls().size();
            points = calm.allPoints();
            calls = calm.daemon().points.calls();
        }
        for (Point point : points) {
            try (CrashScene scene = new CrashScene(hardware, kind)) {
                scene.daemon().points.at(point, () -> scene.host.novaDeletes(GUEST));
                scene.novaSays("instance.delete.end");
                scene.goesOn();
                scene.recovers();

                int next = first + point.call() - (point.side() == Side.BEFORE ? 1 : 0);
                if (next < calls.size() && calls.get(next).equals("define")) {
                    assertThat(scene.standing().running()).as(scene.story()).isFalse();
                } else {
                    assertThat(scene.host.libvirt.find(GUEST))
                            .as(point + " " + scene.daemon().points.calls())
                            .isEmpty();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DISPLAY_ADDED", "PCI"})
    void aGuestThatNovaRebootsWhileItIsBoundIsBoundAnewFromHerDefinition(GuestKind kind) throws Exception {
        SysfsTree hardware = EmulatedGpuHost.hardware(root);
        List<Point> points;
        try (CrashScene calm = new CrashScene(hardware, kind)) {
            points = calm.allPoints();
        }
        for (Point point : points) {
            try (CrashScene scene = new CrashScene(hardware, kind)) {
                scene.daemon().points.at(point, () -> scene.host.novaRebootsHard(GUEST, kind.definition));
                scene.novaSays("instance.reboot.end");
                scene.goesOn();

                // which of its GPUs fits best depends on where its memory lies at that moment
                assertThat(scene.standing().asItSays())
                        .as(point + " " + scene.daemon().points.calls() + " " + scene.standing())
                        .isTrue();
                scene.releasesAll();
            }
        }
    }
}
