package org.novagpubinder.binding.faults;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.novagpubinder.binding.life.Changes;
import org.novagpubinder.testing.CallPoints;
import org.novagpubinder.testing.CallPoints.Point;
import org.novagpubinder.testing.CallPoints.Side;

/** What Nova, the guest's user and other clients want, after all that has happened. */
final class Expectation {
    private final List<Fault> faults = new ArrayList<>();
    private final Set<String> kept = new LinkedHashSet<>();
    private final List<String> told = new ArrayList<>();
    private boolean off;
    private boolean selfOff;
    private boolean gone;
    private boolean unbound;
    private boolean heard;
    private boolean inOurRestart;
    private int startsBefore;

    /** A change by somebody at a call of a daemon's. */
    private record Change(String call, Side side, int number, CallPoints points) {
        boolean beforeACreate() {
            return side == Side.BEFORE && call.equals("create");
        }

        boolean withinADefine() {
            List<String> calls = points.calls();
            boolean next = number < calls.size() && calls.get(number).equals("define");
            return side == Side.BEFORE ? call.equals("define") : next;
        }
    }

    private final List<Change> changes = new ArrayList<>();
    private boolean anew;

    /** A fault happens; what somebody else changes by it, is changed in this call of the daemon's. */
    void strikes(Fault fault, Point point, CallPoints points, int starts) {
        List<String> calls = points.calls();
        faults.add(fault);
        if (fault.cause() == Fault.Cause.SOMEBODY) {
            changes.add(new Change(calls.get(calls.size() - 1), point.side(), calls.size(), points));
        }
    }

    List<Fault> faults() {
        return faults;
    }

    /** It stays in the definition from now on. */
    void keeps(String change) {
        if (change.equals(Changes.TITLE)) {
            kept.clear();
        }
        kept.add(change);
    }

    Set<String> kept() {
        return kept;
    }

    void gone() {
        gone = true;
        off = false;
        kept.clear();
    }

    void startsAnew() {
        anew = true;
        off = false;
        selfOff = false;
        kept.clear();
    }

    /** Nova undefines it, and defines it as it is to be: what others had written is gone by Nova's will. */
    void novaDefines() {
        kept.clear();
    }

    /** Nova starts it in the task that it is in: that it was off before is over. */
    void novaStarts() {
        off = false;
        selfOff = false;
    }

    /** Its flavor says from now on that it is not bound. */
    void unbound() {
        unbound = true;
    }

    boolean isUnbound() {
        return unbound;
    }

    void novaStopped(boolean heardNow, int starts) {
        if (!off) {
            startsBefore = starts;
        }
        off = true;
        heard = heardNow;
        selfOff = false;
    }

    void poweredOff(int starts, boolean restartUnderWay) {
        off = true;
        selfOff = true;
        heard = false;
        inOurRestart = restartUnderWay;
        startsBefore = starts;
    }

    void runsAgain() {
        off = false;
    }

    boolean off() {
        return off;
    }

    boolean selfOff() {
        return selfOff;
    }

    boolean isGone() {
        return gone;
    }

    /** Nova has started it anew meanwhile. */
    boolean anew() {
        return anew;
    }

    int startsBefore() {
        return startsBefore;
    }

    /**
     * How often it may be started since it was stopped: not at all, but by a call that was on its way already, or if nobody
     * could know (Nova had not been heard, or not by whom starts it; it went off in the middle of our restart).
     */
    int startsAllowed(boolean couldNotKnow) {
        boolean onItsWay = !changes.isEmpty() && changes.get(changes.size() - 1).beforeACreate();
        boolean unknown = couldNotKnow || (!heard && !selfOff) || (selfOff && inOurRestart);
        return onItsWay || unknown ? 1 : 0;
    }

    /** Whether a change was made while a define was on its way already: libvirt has no compare-and-swap. */
    boolean withinADefine() {
        return changes.stream().anyMatch(Change::withinADefine);
    }

    void told(String what) {
        told.add(what);
    }

    List<String> told() {
        return told;
    }
}
