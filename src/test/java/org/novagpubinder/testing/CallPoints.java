package org.novagpubinder.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.novagpubinder.domain.Libvirt;

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
            "define", "destroy", "create", "setRecord", "pinVcpu", "pinEmulator", "pinIothread", "setLiveNodeset");

    private interface Happening {
        void at(int number, Side side);
    }

    private final Libvirt real;
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile Happening happening = (number, side) -> {};
    private volatile boolean dead;

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
                        yield Holds.of((Libvirt) self);
                    }
                    default -> call(method, args);
                });
    }

    private Object call(Method method, Object[] args) throws Throwable {
        live();
        calls.add(method.getName());
        int number = calls.size();
        happening.at(number, Side.BEFORE);
        live();
        try {
            return method.invoke(real, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            happening.at(number, Side.AFTER);
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

    /** What somebody else does. */
    @FunctionalInterface
    public interface Deed {
        /** Does it. */
        void happens() throws Exception;
    }

    /** That happens once, at that point of the calls from now on. */
    public void at(Point point, Deed deed) {
        int before = calls.size();
        happening = (number, side) -> {
            if (number == before + point.call() && side == point.side()) {
                try {
                    deed.happens();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        };
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
}
