package org.novagpubinder.binding.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.NovaSays;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.testing.CallPoints.Point;
import org.novagpubinder.testing.CallPoints.Side;
import org.novagpubinder.testing.SysfsTree;
import org.novagpubinder.testing.XmlMeaning;

/** One guest that Nova has just started, and the daemons that come and go beside it. */
public final class CrashScene implements AutoCloseable {
    private static final UUID NEIGHBOUR = UUID.fromString("8c1f2a4e-3a35-4c49-8e7c-2ac14dcb7d12");

    public final EmulatedGpuHost host;
    private final GuestKind kind;
    private final boolean early;
    private static final int AGAIN = 10;
    private static final Duration MINUTES = Duration.ofMinutes(4);

    private final DomainState original;
    private final long begun;
    private final DomainState neighbour;
    private final List<TestDaemon> daemons = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private List<InstanceEvent> messages;

    public CrashScene(SysfsTree hardware, GuestKind kind) throws Exception {
        this(hardware, kind, false);
    }

    /** @param early whether its daemons bind guests before Nova starts them */
    CrashScene(SysfsTree hardware, GuestKind kind, boolean early) throws Exception {
        this.kind = kind;
        this.early = early;
        host = new EmulatedGpuHost(hardware);
        if (early) {
            // a QEMU that was replaced since a guest's start proves nothing
            host.clock.set(Duration.between(host.clock.instant(), Instant.now()).plusDays(1));
        }
        if (early) {
            host.hasPinnedGuestsEverywhere();
        }
        // another guest holds the first render node and the first node: what is free lies on the other
        host.novaStarts(
                NEIGHBOUR,
                BinderRig.guest(BinderRig.placedOn(0), BinderRig.renderNode(BinderRig.RENDER0))
                        .replace(GUEST.toString(), NEIGHBOUR.toString())
                        .replace("instance-00000001", "instance-00000002"));
        begins().sweeps();
        neighbour = DomainState.of(host.libvirt, NEIGHBOUR);
        daemon().hears(NovaSays.events(kind.extraSpecs(), "instance.create.start"));
        host.novaStarts(GUEST, kind.definition);
        original = standing();
        begun = host.processes.startTicks(GUEST);
        messages = NovaSays.events(kind.extraSpecs(), "instance.create.end");
    }

    /** A daemon begins; there is no other. */
    TestDaemon begins() {
        TestDaemon d = new TestDaemon(host, early);
        daemons.add(d);
        return d;
    }

    /** The daemon of now. */
    public TestDaemon daemon() {
        return daemons.get(daemons.size() - 1);
    }

    /** The messages that are still to be acknowledged. */
    List<InstanceEvent> messages() {
        return messages;
    }

    /** Nova says more. */
    void novaSays(String... eventTypes) {
        messages = Stream.concat(messages.stream(), NovaSays.events(kind.extraSpecs(), eventTypes).stream())
                .toList();
    }

    /** Whether the other guest stands as it stood before. */
    boolean neighbourIsUntouched() throws Exception {
        return DomainState.of(host.libvirt, NEIGHBOUR).equals(neighbour);
    }

    DomainState original() {
        return original;
    }

    public DomainState standing() throws Exception {
        return DomainState.of(host.libvirt, GUEST);
    }

    String story() {
        return kind + " " + String.join("; ", story);
    }

    /** The daemon hears of the start and then the messages; gives back the points of its calls that change something. */
    public List<Point> goesOn() throws Exception {
        TestDaemon d = daemon();
        int before = d.points.calls().size();
        d.settles();
        messages = d.hears(messages);
        return d.points.changes(before + 1);
    }

    /**
     * The points before all calls that it makes, those that only ask included, and after those that change something: after
     * another one the host is as it is before the next.
     */
    List<Point> allPoints() throws Exception {
        int before = daemon().points.calls().size();
        List<Point> changes = goesOn();
        return IntStream.rangeClosed(1, daemon().points.calls().size() - before)
                .boxed()
                .flatMap(call -> Stream.of(Side.values()).map(side -> new Point(call, side)))
                .filter(point -> point.side() == Side.BEFORE || changes.contains(point))
                .toList();
    }

    /**
     * Those at which a kill leaves another world than at the points before, and every tenth of the others: a daemon that was
     * killed leaves nothing but the world as it is, and after calls that only ask it is the same.
     */
    List<Point> pointsOfOtherWorlds() throws Exception {
        Set<String> worlds = new HashSet<>();
        List<Point> points = new ArrayList<>();
        AtomicInteger number = new AtomicInteger();
        TestDaemon d = daemon();
        d.points.each(point -> {
            boolean other = worlds.add(d.unacknowledged() + world());
            if (number.incrementAndGet() % AGAIN == 0 || other) {
                points.add(point);
            }
        });
        goesOn();
        return points;
    }

    /** The daemon hears of the start and then the messages, and is killed at that point. */
    CrashScene killedAt(Point point) throws Exception {
        daemon().points.killAt(point);
        goesOn();
        return killed(daemon());
    }

    /** The next daemon begins, looks at all domains, gets the messages again, and is killed as well. */
    CrashScene killedAgainAt(Point point) throws Exception {
        begins().points.killAt(point);
        daemon().sweeps();
        if (!daemon().points.dead()) {
            messages = daemon().hears(messages);
        }
        return killed(daemon());
    }

    /** It has been killed: what holds in the gap. */
    CrashScene killed(TestDaemon d) throws Exception {
        story.add("killed in " + d.points.calls());
        assertThat(d.points.dead()).as(story()).isTrue();
        // as the kernel does: what it had still to hear is heard by nobody
        host.libvirt.takeEvents();
        DomainState gap = standing();
        assertThat(gap.running() || gap.marked())
                .as("runs, or is marked: " + story())
                .isTrue();
        return this;
    }

    /** The next daemon begins, looks at all domains, and gets the messages again; its points that change something. */
    List<Point> recovers() throws Exception {
        TestDaemon next = begins();
        next.sweeps();
        messages = next.hears(messages);
        assertThat(messages).as("unacknowledged: " + story()).isEmpty();
        List<Point> points = next.points.changes(1);
        if (standing().running() && standing().marked()) {
            // whether the daemon before it had its destroy taken in is not known until the guest has lived on for
            // minutes
            assertThat(host.processes.startTicks(GUEST)).as(story()).isEqualTo(begun);
            host.passes(MINUTES);
            next.sweeps();
        }
        story.add("next " + next.points.calls());
        return points;
    }

    /** All that the next daemon will find, and what the guest has been through: from the same it makes the same. */
    String world() {
        return messages + " " + restarts() + " " + host.state();
    }

    /** How often daemons of ours have stopped the guest. */
    public long restarts() {
        return daemons.stream()
                .flatMap(d -> d.points.calls().stream())
                .filter("destroy"::equals)
                .count();
    }

    /** In a word how the guest stands now that all is done. */
    String end(DomainState bound) throws Exception {
        DomainState now = standing();
        story.add("now " + now);
        assertThat(now.running()).as("runs: " + story()).isTrue();
        assertThat(now.marked()).as("marked: " + story()).isFalse();
        // a daemon that was killed before its call had asked for it, and stopped nobody
        assertThat(Math.min(restarts(), host.libvirt.stops(GUEST)))
                .as("restarts: " + story())
                .isLessThanOrEqualTo(1);
        assertThat(DomainState.of(host.libvirt, NEIGHBOUR)).as("the neighbour").isEqualTo(neighbour);
        if (now.same(bound)) {
            return "as without";
        }
        if (now.deferredTo(bound)
                || (now.asItSays() && now.record().orElseThrow().outcome() == Outcome.DEFERRED)) {
            return "deferred";
        }
        assertThat(now.same(original))
                .as("it stands as nobody wants it: " + story() + "; should be " + bound)
                .isTrue();
        return "original";
    }

    /** A release puts the definition back as Nova wrote it. */
    public void releasesAll() throws Exception {
        daemon().get(Releaser.class).release(GUEST);
        DomainState now = standing();
        assertThat(now.record()).as(story()).isEmpty();
        assertThat(XmlMeaning.sameMeaning(now.definition(), original.definition()))
                .as("released: " + now.definition() + " " + story())
                .isTrue();
    }

    @Override
    public void close() {
        daemons.forEach(TestDaemon::close);
        host.close();
    }
}
