package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.novagpubinder.binding.faults.CrashScene;
import org.novagpubinder.binding.faults.DomainState;
import org.novagpubinder.binding.faults.EmulatedGpuHost;
import org.novagpubinder.binding.faults.GuestKind;
import org.novagpubinder.binding.faults.TestDaemon;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.testing.CallPoints.Point;
import org.novagpubinder.testing.Quiet;
import org.novagpubinder.testing.SysfsTree;

/** What Nova says comes twice, late, and in any order; and the clock jumps. The guest stands as it would have. */
class HostileOrderTest {
    private static final String[] UNVERSIONED = {"compute.instance.create.start", "compute.instance.create.end"};
    private static final String[] VERSIONED = {"instance.create.start", "instance.create.end"};
    private static final String[] BOTH = {UNVERSIONED[0], VERSIONED[0], UNVERSIONED[1], VERSIONED[1]};

    @TempDir
    Path root;

    private final Quiet quiet = new Quiet();
    private SysfsTree hardware;

    @AfterEach
    void loud() {
        quiet.close();
    }

    private DomainState afterMessages(GuestKind kind, List<InstanceEvent> messages) throws Exception {
        try (CrashScene scene = new CrashScene(hardware, kind)) {
            scene.daemon().settles();
            assertThat(scene.daemon().hears(messages)).as("unacknowledged").isEmpty();
            assertThat(scene.restarts()).isLessThanOrEqualTo(1);
            DomainState now = scene.standing();
            assertThat(now.marked()).isFalse();
            scene.releasesAll();
            return now;
        }
    }

    private static List<List<InstanceEvent>> orders(List<InstanceEvent> messages) {
        if (messages.isEmpty()) {
            return List.of(List.of());
        }
        List<List<InstanceEvent>> all = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            List<InstanceEvent> rest = new ArrayList<>(messages);
            InstanceEvent first = rest.remove(i);
            for (List<InstanceEvent> order : orders(rest)) {
                List<InstanceEvent> one = new ArrayList<>(List.of(first));
                one.addAll(order);
                all.add(one);
            }
        }
        return all;
    }

    private static List<InstanceEvent> twice(List<InstanceEvent> messages) {
        return messages.stream().flatMap(m -> List.of(m, m).stream()).toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"RENDER_NODE_PLACED_BY_NOVA", "RENDER_NODE_REQUIRED", "DISPLAY_ADDED", "PCI", "CELLS"})
    void messagesOfBothFormatsInAnyOrderEachTwice(GuestKind kind) throws Exception {
        hardware = EmulatedGpuHost.hardware(root);
        List<InstanceEvent> inOrder = NovaSays.events(kind.extraSpecs(), BOTH);
        DomainState bound = afterMessages(kind, inOrder);
        List<List<InstanceEvent>> orders = orders(inOrder);
        for (List<InstanceEvent> order : orders) {
            DomainState now = afterMessages(kind, twice(order));
            // the unversioned format knows no extra specs: if its end comes first the guest is bound by the default
            assertThat(now.same(bound) || (!kind.extraSpecs().isEmpty() && now.deferredTo(bound)))
                    .as(order.stream().map(e -> e.event() + " " + e.format()).toList() + ": " + now + ", in order "
                            + bound)
                    .isTrue();
        }
        System.out.println(kind + ": the same in " + orders.size() + " orders, each message twice");
    }

    @ParameterizedTest
    @EnumSource(names = {"RENDER_NODE_PLACED_BY_NOVA", "RENDER_NODE_REQUIRED", "DISPLAY_ADDED", "PCI", "CELLS"})
    void allTheMessagesOfALifeBackwards(GuestKind kind) throws Exception {
        hardware = EmulatedGpuHost.hardware(root);
        List<InstanceEvent> life = new ArrayList<>(NovaSays.events(
                kind.extraSpecs(),
                "compute.instance.create.start",
                "instance.create.start",
                "compute.instance.create.end",
                "instance.create.end",
                "compute.instance.power_on.end",
                "instance.power_on.end",
                "compute.instance.rebuild.end",
                "instance.rebuild.end",
                "compute.instance.reboot.end",
                "instance.reboot.end"));
        DomainState bound = afterMessages(kind, life);
        Collections.reverse(life);

        assertThat(afterMessages(kind, life).same(bound)).isTrue();
        assertThat(afterMessages(kind, twice(life)).same(bound)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"RENDER_NODE_PLACED_BY_NOVA", "RENDER_NODE_REQUIRED", "DISPLAY_ADDED", "PCI", "CELLS"})
    void aClockThatIsSetAtAnyMoment(GuestKind kind) throws Exception {
        hardware = EmulatedGpuHost.hardware(root);
        List<Point> points;
        DomainState bound;
        try (CrashScene calm = new CrashScene(hardware, kind)) {
            points = calm.goesOn();
            bound = calm.standing();
        }
        for (Point point : points) {
            for (int hours : List.of(-1, 1)) {
                try (CrashScene scene = new CrashScene(hardware, kind)) {
                    scene.daemon().points.at(point, () -> scene.host.clock.set(Duration.ofHours(hours)));
                    scene.goesOn();

                    assertThat(scene.standing().same(bound))
                            .as(point + " " + hours + " h: " + scene.standing())
                            .isTrue();
                    assertThat(scene.host.libvirt.find(GUEST).orElseThrow().active())
                            .isTrue();
                }
            }
        }
    }

    @Test
    void aClockThatIsSetAheadEndsNoTaskOfNovas() throws Exception {
        try (EmulatedGpuHost host = new EmulatedGpuHost(EmulatedGpuHost.hardware(root))) {
            NovaTasks tasks = new TestDaemon(host).get(NovaTasks.class);
            tasks.heard(GUEST, Events.of("instance.rebuild.start", Action.IGNORE, GUEST, "req-1"));

            host.clock.set(NovaTasks.LONGEST.plusHours(1));

            assertThat(tasks.running(GUEST)).isPresent();
        }
    }
}
