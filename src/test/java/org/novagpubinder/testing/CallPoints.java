package org.novagpubinder.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.libvirt.LibvirtHold;

/**
 * One daemon's way to libvirt, with a point before and one after each call at which something can be made to happen, in the
 * daemon's own thread. Once killed, the daemon gets through to libvirt no more, whatever its threads still try.
 */
public final class CallPoints {
    /** The daemon is gone; an Error, so that nothing of it goes on. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        Killed() {
            super("killed", null, false, false);
        }
    }

    /** Whether a thread has ended by that. */
    static boolean isKill(Throwable e) {
        return e instanceof Killed;
    }

    /** Before or after a call. */
    public enum Side {
        BEFORE,
        AFTER
    }

    /** A point before or after a call, counted from 1. */
    public record Point(int call, Side side) {}

    private static final Set<String> CHANGES = Set.of(
            "define",
            "destroy",
            "create",
            "setRecord",
            "setLiveRecord",
            "pinVcpu",
            "pinEmulator",
            "pinIothread",
            "setLiveNodeset");

    private interface Happening {
        void at(int number, Side side) throws LibvirtFailure;
    }

    private final Libvirt real;
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<Happening> happenings = new CopyOnWriteArrayList<>();
    private final AtomicInteger away = new AtomicInteger();
    private volatile Consumer<String> watcher = call -> {};
    private volatile boolean dead;
    private volatile boolean dying;

    /** @param real what the calls go to */
    public CallPoints(Libvirt real) {
        this.real = real;
    }

    /** What the daemon is given. */
    public Libvirt libvirt() {
        return (Libvirt) Proxy.newProxyInstance(
                CallPoints.class.getClassLoader(),
                new Class<?>[] {Libvirt.class},
                (self, method, args) -> switch (method.getName()) {
                    case "urgent" -> self;
                    case "lane", "own" -> {
                        call(method, args);
                        yield new LibvirtHold((Libvirt) self, () -> {});
                    }
                    default -> call(method, args);
                });
    }

    private Object call(Method method, Object[] args) throws Throwable {
        live();
        if (dying) {
            dead = true;
            live();
        }
        int number = next(method.getName());
        watcher.accept(method.getName());
        if (away.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw lost();
        }
        happen(number, Side.BEFORE);
        try {
            return method.invoke(real, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            happen(number, Side.AFTER);
        }
    }

    private synchronized int next(String call) {
        calls.add(call);
        return calls.size();
    }

    private void happen(int number, Side side) throws LibvirtFailure {
        try {
            for (Happening h : happenings) {
                h.at(number, side);
            }
        } finally {
            live();
        }
    }

    private void live() {
        if (dead) {
            throw new Killed();
        }
    }

    /** SIGKILL. */
    public void kill() {
        dead = true;
    }

    /** Whether it was killed. */
    public boolean dead() {
        return dead;
    }

    /** SIGKILL at that point, of the calls from now on. */
    public void killAt(Point point) {
        at(point, this::kill);
    }

    /** SIGKILL when it next calls. */
    public void killAtTheNextCall() {
        dying = true;
    }

    /** SIGKILL right after the next call of that name from now on. */
    public void killAfter(String call) {
        int before = calls.size();
        AtomicBoolean done = new AtomicBoolean();
        happenings.add((number, side) -> {
            if (number > before && side == Side.AFTER && calls.get(number - 1).equals(call) && !done.getAndSet(true)) {
                kill();
            }
        });
    }

    /** What somebody else does. */
    @FunctionalInterface
    public interface Deed {
        /**
         * Does it.
         *
         * @throws LibvirtFailure the daemon's answer: before a call instead of the call, after it instead of what came of it
         */
        void happens() throws Exception;

        /** Does it; what else fails is the test's own fault. */
        default void now() throws LibvirtFailure {
            try {
                happens();
            } catch (LibvirtFailure | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** That happens once, at that point of the calls from now on. */
    public void at(Point point, Deed deed) {
        int before = calls.size();
        happenings.add((number, side) -> {
            if (number == before + point.call() && side == point.side()) {
                deed.now();
            }
        });
    }

    /** Hears of each point of the calls from now on. */
    public void each(Consumer<Point> listener) {
        int before = calls.size();
        happenings.add((number, side) -> listener.accept(new Point(number - before, side)));
    }

    /** libvirt answers so at that point: before a call without having done it, after it although it has done it. */
    public void answers(Point point, LibvirtFailure failure) {
        at(point, () -> {
            throw failure;
        });
    }

    /**
     * The connection is lost, now: to be called in what happens at a point.
     *
     * @param more how many calls after this one fail as well
     * @return what the call fails with
     */
    public LibvirtFailure lost(int more) {
        away.set(more);
        return lost();
    }

    /** The connection is there again; false if it was there. */
    public boolean back() {
        return away.getAndSet(0) > 0;
    }

    /** Hears the name of each call before it is made. */
    public void watch(Consumer<String> listener) {
        watcher = listener;
    }

    /** The points before and after the calls from number {@code first} on that change something. */
    public List<Point> changes(int first) {
        List<Point> points = new ArrayList<>();
        for (int call = first; call <= calls.size(); call++) {
            if (CHANGES.contains(calls.get(call - 1))) {
                points.add(new Point(call - first + 1, Side.BEFORE));
                points.add(new Point(call - first + 1, Side.AFTER));
            }
        }
        return points;
    }

    /** The names of the calls so far. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    private static LibvirtFailure lost() {
        return new LibvirtFailure(Kind.CONNECTION, 38, "Cannot recv data: Connection reset by peer");
    }
}
