package org.novagpubinder.binding.life;

import static org.novagpubinder.binding.life.BinderRig.GUEST;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.placement.model.Reason;

/** Calls of libvirt's that fail for a while: some once, some for long, some although they were carried out. */
record RandomFailures(Random random, BinderRig rig) {
    private static final List<String> CALLS = List.of(
            "liveXml",
            "inactiveXml",
            "draftXml",
            "find",
            "vcpuPins",
            "emulatorPin",
            "iothreadPins",
            "pinVcpu",
            "pinEmulator",
            "pinIothread",
            "define",
            "setLiveRecord",
            "setRecord",
            "activity",
            "whyOff",
            "setLiveNodeset",
            "lane",
            "own");

    /** Of a restart and of its way back. */
    private static final List<String> OF_RESTARTS = List.of("destroy", "create", "create", "define", "find");

    private static final Reason NO_BROKER = new Reason(Reason.Code.TASK_RUNNING, "no broker");

    private static final List<Kind> KINDS = List.of(Kind.CONNECTION, Kind.BUSY, Kind.REFUSED, Kind.ERROR);

    private static final List<Integer> LENGTHS = List.of(1, 1, 1, 2, 5, 25);

    /** From now on; in words. */
    String begin() {
        List<String> words = new ArrayList<>();
        if (random.nextBoolean()) {
            rig.inEachPause(() -> rig.passes(Duration.ofMillis(random.nextInt(1_000))));
        }
        if (random.nextInt(4) == 0) {
            rig.libvirt.before("create", () -> rig.queue = () -> Optional.of(NO_BROKER));
            words.add("the broker is lost in mid-restart");
        }
        if (random.nextInt(4) == 0) {
            words.add(doneAllTheSame(random.nextBoolean() ? "destroy" : "create"));
        }
        if (random.nextInt(4) == 0) {
            // refused, and the way back goes wrong too
            words.add(fails("create", 1, Kind.ERROR));
            words.add(fails(any(List.of("create", "create", "define")), any(LENGTHS), any(KINDS)));
        }
        for (int more = random.nextInt(3); more > 0 || words.isEmpty(); more--) {
            words.add(fails(any(random.nextBoolean() ? CALLS : OF_RESTARTS), any(LENGTHS), any(KINDS)));
        }
        return words.toString();
    }

    /** The daemon is killed in one of its next calls. */
    void beginKill() {
        rig.libvirt.killedInThe(any(random.nextBoolean() ? CALLS : OF_RESTARTS), any(List.of(1, 1, 2, 4)));
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private String fails(String call, int times, Kind kind) {
        for (int i = 0; i < times; i++) {
            rig.libvirt.failing(call, kind, "libvirt says no");
        }
        return call + " fails: " + times + " x " + kind;
    }

    /** libvirt carries it out, and does not say so; that it refuses what it has done no libvirt is known to say. */
    private String doneAllTheSame(String call) {
        Kind kind = KINDS.get(random.nextInt(2));
        rig.libvirt.before(call, () -> {
            if (call.equals("create")) {
                rig.libvirt.starts(GUEST);
            } else {
                rig.libvirt.stops(GUEST);
            }
            throw new LibvirtFailure(kind, 1, "libvirt does not answer");
        });
        return call + " is carried out and fails: " + kind;
    }

    /** No call fails any more. */
    void end() {
        rig.inEachPause(() -> {});
        rig.queue = Optional::empty;
        rig.libvirt.healed();
        rig.libvirt.killedIn("none");
        rig.libvirt.before("create", () -> {});
        rig.libvirt.before("destroy", () -> {});
    }
}
