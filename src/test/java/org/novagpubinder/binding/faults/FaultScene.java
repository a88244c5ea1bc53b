package org.novagpubinder.binding.faults;

import static org.novagpubinder.binding.life.BinderRig.GUEST;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.life.Changes;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.life.NovaSays;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.testing.CallPoints;
import org.novagpubinder.testing.CallPoints.Point;
import org.novagpubinder.testing.SysfsTree;

/**
 * A {@link CrashScene} on one of the engine's paths, in which something goes wrong at calls to libvirt; then everything that
 * comes by itself comes: the connection, Nova's messages (again), time, sweeps.
 */
final class FaultScene implements AutoCloseable {
    private static final int WORKERS = 4;
    private static final Map<String, String> UNBOUND = Map.of("gpu_binder:policy", "off");

    private final CrashScene scene;
    private final GuestKind kind;
    private final FaultPath path;
    private final List<TestDaemon> others = new ArrayList<>();
    private final List<InstanceEvent> ends = new ArrayList<>();
    private final Map<Integer, InstanceEvent> unacknowledged = new LinkedHashMap<>();
    private final Expectation expected = new Expectation();
    private final List<String> broken = new ArrayList<>();
    private List<InstanceEvent> messages;
    private TestDaemon actor;
    private int callsBefore;
    private int deliveries;
    private boolean applies = true;
    private boolean killed;
    private boolean followed;
    private boolean novaAtWork;
    private boolean rebooting;
    private int sweepsSince;
    private DomainState before;
    private @Nullable NovaStart start;

    FaultScene(SysfsTree hardware, GuestKind kind, FaultPath path) throws Exception {
        this.kind = kind;
        this.path = path;
        this.scene = new CrashScene(hardware, kind, path.early());
        this.actor = scene.daemon();
        this.messages = scene.messages().stream().map(this::sentNow).toList();
        path.prepare(this);
        this.before = DomainState.of(host().libvirt, GUEST);
        this.callsBefore = actor.points.calls().size();
        actor.points.watch(this::looksAt);
        host().meanwhile(this::tells);
    }

    /** libvirt's events come when they happen, while a call of the daemon's hangs as well. */
    private void tells() {
        TestDaemon d = daemon();
        for (DomainEvent e : host().libvirt.takeEvents()) {
            if (!d.points.dead()) {
                d.get(EventRouter.class).happened(e);
            }
        }
    }

    EmulatedGpuHost host() {
        return scene.host;
    }

    GuestKind kind() {
        return kind;
    }

    CrashScene scene() {
        return scene;
    }

    Expectation expected() {
        return expected;
    }

    /** How the guest stood when the path began. */
    DomainState before() {
        return before;
    }

    /** What must not be that no end state shows. */
    List<String> broken() {
        return broken;
    }

    /** Whose calls go wrong: the daemon, or a command. */
    TestDaemon actor() {
        return actor;
    }

    /** The daemon of now. */
    TestDaemon daemon() {
        return scene.daemon();
    }

    /** This kind of guest does not take this path. */
    void doesNotApply() {
        applies = false;
    }

    boolean applies() {
        return applies;
    }

    /** The daemon is gone, another one begins. */
    void nextDaemon() {
        List<InstanceEvent> again = List.copyOf(unacknowledged.values());
        unacknowledged.clear();
        actor = scene.begins();
        again.forEach(message -> actor.queued(() -> hear(message)));
        actor.points.watch(this::looksAt);
    }

    /** A command begins beside the daemon. */
    void command() {
        actor = new TestDaemon(host());
        others.add(actor);
    }

    /** These are Nova's messages, that are still to be heard. */
    void messages(List<InstanceEvent> other) {
        messages = other.stream().map(this::sentNow).toList();
    }

    InstanceEvent sentNow(InstanceEvent e) {
        return Events.sent(e, host().clock.instant());
    }

    /** The daemon hears all messages. */
    void hearsMessages() throws Exception {
        daemon().readsQueue();
        daemon().settles();
        hears(messages);
    }

    private void hears(List<InstanceEvent> said) throws Exception {
        for (InstanceEvent message : said) {
            if (daemon().points.dead()) {
                return;
            }
            hear(message);
            daemon().settles();
        }
    }

    /** That is said now, and it is what is heard again. */
    void hearsNow(InstanceEvent message) throws Exception {
        messages = List.of(message);
        hears(messages);
    }

    /** That is heard at the end. */
    void later(InstanceEvent message) {
        ends.add(message);
    }

    /** Nova starts the guest so. */
    NovaStart novaStarts(String task, boolean ports) {
        messages = List.of();
        NovaStart now = new NovaStart(this, task, ports);
        start = now;
        return now;
    }

    /** Nova's start of the guest; empty on other paths. */
    Optional<NovaStart> start() {
        return Optional.ofNullable(start);
    }

    private boolean novaStarting() {
        return start().filter(NovaStart::underWay).isPresent();
    }

    boolean killed() {
        return killed;
    }

    /** A daemon that was killed is followed by another. */
    void revived() throws Exception {
        if (killed && !followed) {
            followed = true;
            actor.points.kill();
            begins();
        }
    }

    void hear(InstanceEvent message) {
        TestDaemon d = daemon();
        int delivery = deliveries++;
        synchronized (unacknowledged) {
            unacknowledged.put(delivery, message);
        }
        d.get(EventRouter.class).handle(message, () -> {
            synchronized (unacknowledged) {
                if (!d.points.dead()) {
                    unacknowledged.remove(delivery);
                }
            }
        });
    }

    /** Somebody types a command; that it tells a failure is an answer. */
    void commands(Callable<?> command) throws Exception {
        try {
            command.call();
        } catch (LibvirtFailure told) {
            expected.told(told.getMessage());
        } catch (Error killedOrDefect) {
            if (!actor.points.dead()) {
                throw killedOrDefect;
            }
        }
    }

    /** That goes wrong at that point of the path. */
    FaultScene with(Fault fault, Point point, boolean thenKilled) {
        CallPoints points = actor.points;
        points.at(point, () -> {
            List<String> calls = points.calls();
            if (!fault.canBeAt(calls.get(calls.size() - 1), point.side())) {
                return;
            }
            sweepsSince = 0;
            try {
                expected.strikes(fault, point, points, host().libvirt.starts(GUEST));
                fault.act().to(this);
            } finally {
                if (thenKilled) {
                    killed = true;
                    actor.points.killAtTheNextCall();
                }
            }
        });
        return this;
    }

    /** The path, and all that comes afterwards by itself; gives back how many calls the path made. */
    int goesOn() throws Exception {
        path.run(this);
        int calls = actor.points.calls().size() - callsBefore;
        if (killed && !followed) {
            actor.points.kill();
        }
        sweeps();
        hearsMessages();
        host().passes(Duration.ofSeconds(20));
        daemon().settles();
        daemon().looksAtStart();
        novaAtWork = false;
        hears(ends.stream().map(this::sentNow).toList());
        sweeps();
        novaEnforces();
        do {
            host().passes(Duration.ofMinutes(5));
            daemon().looksAtStart();
            sweeps();
        } while (sweepsSince < 2);
        works();
        return calls;
    }

    /** A guest that runs although Nova has it as stopped is stopped again by it (manager.py, _sync_instance_power_state). */
    private void novaEnforces() throws Exception {
        if (!expected.off() || gone()) {
            return;
        }
        int started = host().libvirt.starts(GUEST) - expected.startsBefore();
        // a command does not hear Nova: whoever types it vouches for it
        boolean couldNotKnow = killed || others.contains(actor);
        if (started > expected.startsAllowed(couldNotKnow)) {
            broken.add("started against Nova's will");
        }
        if (expected.selfOff() && runs()) {
            // it was started again: nobody stops it then
            expected.runsAgain();
            return;
        }
        novaStops(true);
        daemon().settles();
        hears(List.copyOf(ends));
        sweeps();
    }

    /** There is a connection (again): all domains are looked at (Daemon.connected). A daemon that was killed is followed. */
    private void sweeps() throws Exception {
        boolean actorBack = actor.points.back();
        boolean daemonBack = daemon().points.back();
        if (actorBack || daemonBack) {
            host().libvirt.takeEvents();
        }
        if (daemon().points.dead()) {
            begins();
        }
        sweepsSince++;
        daemon().sweeps();
    }

    private void begins() throws Exception {
        host().libvirt.takeEvents();
        nextDaemon();
        daemon().sweeps();
        hearsMessages();
    }

    /** Every message acknowledged, every worker there. */
    private void works() throws Exception {
        if (!unacknowledged.isEmpty()) {
            broken.add("unacknowledged");
        }
        CountDownLatch all = new CountDownLatch(WORKERS);
        for (int i = 0; i < WORKERS; i++) {
            daemon().get(DomainQueues.class).submit(new java.util.UUID(0, i), () -> {
                all.countDown();
                try {
                    all.await(5, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        if (!all.await(5, TimeUnit.SECONDS)) {
            broken.add("a worker is lost");
        }
    }

    private void looksAt(String call) {
        if (!call.equals("destroy")) {
            return;
        }
        if ((novaAtWork || novaStarting()) && runs()) {
            broken.add("stopped although Nova had begun" + (killed ? " (before the new daemon)" : ""));
        }
        if (host().libvirt.written(GUEST) > 0) {
            broken.add("stopped although it had written");
        }
        if (host().processes.ageTicks(GUEST) > 1_200) {
            broken.add("stopped although it had run for " + host().processes.ageTicks(GUEST) / 100 + " s");
        }
    }

    private Optional<DomainSummary> domain() {
        return host().libvirt.find(GUEST);
    }

    private boolean gone() {
        return domain().isEmpty();
    }

    boolean runs() {
        return domain().filter(DomainSummary::active).isPresent();
    }

    // what faults do

    LibvirtFailure loses(int more) {
        host().libvirt.takeEvents();
        return actor.points.lost(more);
    }

    /** As libvirt says it of a QEMU that does not die at once (virprocess.c, virProcessKillPainfully). */
    void diesLate(Duration later) throws LibvirtFailure {
        long process = host().processes.startTicks(GUEST);
        if (process != 0) {
            host().later(later, () -> {
                if (host().processes.startTicks(GUEST) == process) {
                    host().libvirt.destroy(GUEST);
                }
            });
        }
        throw new LibvirtFailure(
                Kind.ERROR, 38, "Failed to terminate process 4711 with SIGKILL: Device or resource busy");
    }

    void novaDeletes() throws Exception {
        if (gone()) {
            return;
        }
        start().ifPresent(NovaStart::isDeleted);
        begins("delete");
        host().novaDeletes(GUEST);
        ends("delete", Action.FORGET);
        expected.gone();
    }

    void novaRedefines() throws Exception {
        if (!gone()) {
            host().libvirt.define(Changes.titled(kind.definition));
            expected.keeps(Changes.TITLE);
        }
    }

    void novaAttaches() throws Exception {
        if (!gone() && !novaStarting()) {
            expected.keeps(Changes.VOLUME);
            host().libvirt.attaches(GUEST, Changes.DISK);
        }
    }

    void somebodyNotes() throws Exception {
        if (!gone() && domain().orElseThrow().persistent()) {
            host().libvirt.define(Changes.noted(host().libvirt.inactiveXml(GUEST)));
            expected.keeps(Changes.NOTE);
        }
    }

    void novaReboots(Duration gap) throws Exception {
        if (gone() || expected.off() || novaStarting() || rebooting) {
            return;
        }
        begins("reboot");
        host().novaStops(GUEST);
        host().libvirt.undefine(GUEST);
        host().libvirt.define(kind.definition);
        if (gap.isZero()) {
            novaCreates();
        } else {
            rebooting = true;
            host().later(gap, () -> {
                rebooting = false;
                novaCreates();
            });
        }
        ends("reboot", Action.BIND);
        expected.startsAnew();
    }

    /** On this host; its task begins with what the new flavor says. */
    void novaResizes() throws Exception {
        if (gone() || expected.off() || novaStarting()) {
            return;
        }
        List<InstanceEvent> said = NovaSays.events(UNBOUND, "instance.resize_finish.end");
        novaAtWork = true;
        said.forEach(end -> hear(sentNow(Events.named(end, "instance.resize_finish.start", Action.IGNORE))));
        host().novaStops(GUEST);
        host().libvirt.undefine(GUEST);
        host().libvirt.define(kind.definition);
        novaCreates();
        ends.addAll(said);
        messages = Stream.concat(messages.stream(), said.stream()).toList();
        expected.startsAnew();
        expected.unbound();
    }

    void somebodyRestarts() throws Exception {
        if (runs() && !expected.off() && domain().orElseThrow().persistent()) {
            host().novaStops(GUEST);
            novaCreates();
        }
    }

    private void novaCreates() {
        try {
            host().novaCreates(GUEST);
        } catch (LibvirtFailure e) {
            broken.add("Nova's own start failed: " + e.getMessage());
        }
    }

    void novaStops(boolean heard) throws Exception {
        if (gone() || novaStarting()) {
            return;
        }
        if (heard) {
            begins("power_off");
        } else {
            ends.add(said("power_off.start", Action.IGNORE));
        }
        host().novaStops(GUEST);
        ends("power_off", Action.IGNORE);
        expected.novaStopped(heard, host().libvirt.starts(GUEST));
    }

    void powersOff() throws Exception {
        if (runs() && !expected.off()) {
            host().powersOff(GUEST);
            expected.poweredOff(host().libvirt.starts(GUEST), host().stopsForThisStart() > 0);
        }
    }

    private void begins(String task) {
        novaAtWork = true;
        hear(said(task + ".start", Action.IGNORE));
    }

    private void ends(String task, Action action) {
        ends.add(said(task + ".end", action));
    }

    private InstanceEvent said(String event, Action action) {
        return Events.sent(
                "instance." + event,
                action,
                GUEST,
                "req-" + event.split("\\.", 2)[0],
                host().clock.instant());
    }

    String story() {
        return actor.points
                        .calls()
                        .subList(
                                Math.min(callsBefore, actor.points.calls().size()),
                                actor.points.calls().size())
                + "; told "
                + daemon().told.decisions().stream()
                        .map(d -> d.trigger() + " " + d.result().outcome() + " "
                                + d.result().reasons() + d.result().done())
                        .toList();
    }

    @Override
    public void close() {
        others.forEach(TestDaemon::close);
        scene.close();
    }
}
