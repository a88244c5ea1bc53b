package org.novagpubinder.binding.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.testing.CallPoints.Side;

/**
 * What libvirt, or somebody beside the daemon, does before or after one of its calls.
 *
 * @param word in reports
 * @param cause what kind of thing it is
 * @param act does it, in the daemon's thread; a failure that it throws is the daemon's answer
 */
record Fault(String word, Cause cause, Act act) {
    /** What it does. */
    @FunctionalInterface
    interface Act {
        void to(FaultScene scene) throws Exception;
    }

    /** Whose fault it is. */
    enum Cause {
        /** The answer says nothing of the guest or its definition: the connection, or a lock that was not got. */
        NO_ANSWER,
        /** libvirt or QEMU refuses. */
        REFUSAL,
        /** It takes long. */
        DELAY,
        /** Somebody else does something to the guest. */
        SOMEBODY
    }

    private static final String REBOOTS = "Nova reboots it hard";
    private static final String SLOW_REBOOT = REBOOTS + ", 1 s from define to create";
    private static final String RESIZES = "Nova resizes it to a flavor that is not bound";
    private static final String RESTARTS = "another client stops and starts it";
    private static final String CANNOT_STOP = "cannot stop it";
    private static final Duration HANG = Duration.ofSeconds(30);

    /** Whether it means anything at such a call. */
    boolean canBeAt(String call, Side side) {
        boolean rightBeforeTheStop = call.equals("destroy") && side == Side.BEFORE;
        // a hard reboot takes longer (libvirt alone waits 200 ms in its destroy) than from the last look to the stop
        // between our last look and our start libvirt would have to take in a stop, an undefine and a define of Nova's
        boolean rightBeforeTheStart = call.equals("create") && side == Side.BEFORE && word.startsWith(SLOW_REBOOT);
        // libvirt says so of a guest that was off already, by somebody else's will; no libvirt is known to say it of
        // one
        // that it has stopped by this call, and nothing would tell the two apart
        if (call.equals("destroy") && side == Side.AFTER && word.equals("answers " + Kind.REFUSED)) {
            return false;
        }
        return word.startsWith(CANNOT_STOP)
                ? rightBeforeTheStop
                : !rightBeforeTheStart && !(rightBeforeTheStop && startsAnew());
    }

    private boolean startsAnew() {
        return Stream.of(REBOOTS, RESIZES, RESTARTS).anyMatch(word::startsWith);
    }

    @Override
    public String toString() {
        return word;
    }

    /** All of them. */
    static List<Fault> all() {
        List<Fault> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            all.add(new Fault("answers " + kind, ofAnswer(kind), s -> {
                throw failure(kind);
            }));
        }
        Stream.of(0, 1, 5, 40)
                .map(more -> new Fault("drops the connection for " + (more + 1) + " calls", Cause.NO_ANSWER, s -> {
                    throw s.loses(more);
                }))
                .forEach(all::add);
        all.add(new Fault("hangs for 30 s", Cause.DELAY, s -> s.host().passes(HANG)));
        all.add(new Fault("hangs for 30 s while the guest writes", Cause.DELAY, s -> {
            s.host().libvirt.touches();
            s.host().libvirt.writes(BinderRig.GUEST, 1 << 20);
            s.host().passes(HANG);
        }));
        all.add(new Fault("hangs for 30 s, then answers BUSY", Cause.NO_ANSWER, s -> {
            s.host().passes(HANG);
            throw failure(Kind.BUSY);
        }));
        for (int seconds : List.of(5, 25)) {
            all.add(new Fault(
                    CANNOT_STOP + ", and it dies " + seconds + " s later",
                    Cause.REFUSAL,
                    s -> s.diesLate(Duration.ofSeconds(seconds))));
        }
        all.add(new Fault("Nova deletes it", Cause.SOMEBODY, FaultScene::novaDeletes));
        all.add(new Fault("Nova defines it anew", Cause.SOMEBODY, FaultScene::novaRedefines));
        all.add(new Fault("Nova attaches a volume", Cause.SOMEBODY, FaultScene::novaAttaches));
        all.add(new Fault("a client adds metadata", Cause.SOMEBODY, FaultScene::somebodyNotes));
        all.add(new Fault(REBOOTS, Cause.SOMEBODY, s -> s.novaReboots(Duration.ZERO)));
        all.add(new Fault(SLOW_REBOOT, Cause.SOMEBODY, s -> s.novaReboots(Duration.ofSeconds(1))));
        all.add(new Fault(RESIZES, Cause.SOMEBODY, FaultScene::novaResizes));
        all.add(new Fault(RESTARTS, Cause.SOMEBODY, FaultScene::somebodyRestarts));
        all.add(new Fault("Nova stops it", Cause.SOMEBODY, s -> s.novaStops(true)));
        all.add(new Fault("Nova stops it, and is heard later", Cause.SOMEBODY, s -> s.novaStops(false)));
        all.add(new Fault("it powers itself off", Cause.SOMEBODY, FaultScene::powersOff));
        return all;
    }

    /** What may happen besides between Nova's define and the end of its start. */
    static List<Fault> ofAStart() {
        return List.of(
                new Fault("Nova starts it", Cause.SOMEBODY, ofStart(NovaStart::launches)),
                new Fault("Nova gives up", Cause.SOMEBODY, ofStart(n -> n.givesUp(true))),
                new Fault("Nova gives up, and is heard later", Cause.SOMEBODY, ofStart(n -> n.givesUp(false))),
                new Fault("Nova gives up and begins again", Cause.SOMEBODY, ofStart(NovaStart::beginsAgain)),
                new Fault("its port is not plugged in time", Cause.SOMEBODY, ofStart(NovaStart::plugTimesOut)),
                new Fault("it cannot start with its binding", Cause.REFUSAL, ofStart(NovaStart::refuses)));
    }

    private interface OfStart {
        void to(NovaStart start) throws Exception;
    }

    private static Act ofStart(OfStart act) {
        return scene -> act.to(scene.start().orElseThrow());
    }

    private static Cause ofAnswer(Kind kind) {
        return kind == Kind.CONNECTION || kind == Kind.BUSY ? Cause.NO_ANSWER : Cause.REFUSAL;
    }

    private static LibvirtFailure failure(Kind kind) {
        return switch (kind) {
            case NO_DOMAIN -> new LibvirtFailure(kind, 42, "Domain not found: no domain with matching uuid");
            case CONNECTION -> new LibvirtFailure(kind, 38, "Cannot recv data: Connection reset by peer");
            case BUSY -> new LibvirtFailure(kind, 68, "Timed out during operation: cannot acquire state change lock");
            case REFUSED -> new LibvirtFailure(kind, 55, "Requested operation is not valid: refused");
            case ERROR -> new LibvirtFailure(kind, 1, "internal error: something went wrong");
        };
    }
}
