package org.novagpubinder.binding.faults;

import static org.novagpubinder.binding.life.BinderRig.GUEST;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.life.NovaSays;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.placement.model.Reason.Code;

/**
 * Nova starts the guest in a task, step by step (nova/virt/libvirt/driver.py, _create_guest_with_network): it tells that it
 * begins, undefines the domain if there is one, defines it, starts it, tells that it has ended. Whatever fails in between, it
 * undefines the domain again.
 */
final class NovaStart {
    private static final String BEFORE_START = Code.BEFORE_FIRST_INSTRUCTION.word();

    /** Of the others only the failure of their method is told. */
    private static final Set<String> FAILURE_IS_TOLD = Set.of("create", "rebuild");

    private final FaultScene scene;
    private final String task;
    private final boolean ports;
    private final List<String> broken = new ArrayList<>();
    private int tries;
    private boolean underWay;
    private boolean toLaunch;
    private boolean paused;
    private boolean refuses;
    private int refused;
    private boolean undefinedBeforeTheStart;

    /** A daemon that begins afterwards cannot know it. */
    private boolean untold;

    /** @param ports whether the guest has ports: it is started paused, and goes on when they are plugged */
    NovaStart(FaultScene scene, String task, boolean ports) {
        this.scene = scene;
        this.task = task;
        this.ports = ports;
    }

    /** From its first message to its last. */
    boolean underWay() {
        return underWay;
    }

    /** All of it. */
    void run(boolean nextDaemonInTheGap) throws Exception {
        begins();
        defines();
        scene.daemon().settles();
        if (nextDaemonInTheGap) {
            scene.revived();
        }
        launches();
        scene.daemon().settles();
        if (paused) {
            scene.host().passes(Duration.ofSeconds(3));
            scene.daemon().settles();
            resumes();
            scene.daemon().settles();
        }
        ends();
        if (refused > 0) {
            scene.host().passes(Duration.ofMinutes(1));
            scene.daemon().looksAtStart();
            scene.revived();
            begins();
            defines();
            scene.daemon().settles();
            launches();
            scene.daemon().settles();
            resumes();
            ends();
        }
    }

    private void begins() throws Exception {
        tries++;
        underWay = true;
        scene.hear(first());
        scene.daemon().settles();
    }

    void defines() throws Exception {
        if (scene.expected().isGone() && !undefinedBeforeTheStart) {
            // it has been deleted
            return;
        }
        if (scene.host().libvirt.find(GUEST).isPresent()) {
            scene.host().novaDeletes(GUEST);
        }
        scene.host().libvirt.define(scene.kind().definition);
        scene.expected().novaDefines();
        toLaunch = true;
    }

    /** If that has not been done yet. */
    void launches() throws Exception {
        if (!toLaunch) {
            return;
        }
        toLaunch = false;
        try {
            String definition = scene.host().libvirt.inactiveXml(GUEST);
            if (refuses && record(definition).isPresent()) {
                refused++;
                if (refused > 1) {
                    broken.add("Nova's next start has failed by our definition as well");
                }
                scene.host().libvirt.undefine(GUEST);
                fails();
                return;
            }
            if (ports) {
                scene.host().novaCreatesPaused(GUEST);
                paused = true;
            } else {
                scene.host().novaCreates(GUEST);
            }
            scene.expected().novaStarts();
        } catch (LibvirtFailure e) {
            broken.add("Nova's own start failed: " + e.getMessage());
        }
    }

    private void resumes() throws Exception {
        if (paused && scene.runs()) {
            scene.host().libvirt.resumes(GUEST);
        }
        paused = false;
    }

    private void ends() throws Exception {
        if (underWay) {
            underWay = false;
            scene.hearsNow(last());
        }
    }

    // what goes wrong

    /** libvirt or QEMU refuses the guest with what we have written, whatever that is. */
    void refuses() {
        refuses = true;
    }

    /** Nova gives up before the start: its metadata service did not answer, say. */
    void givesUp(boolean heardNow) throws Exception {
        if (!toLaunch) {
            return;
        }
        toLaunch = false;
        undefinedBeforeTheStart = true;
        // whether a rebuild that failed has come to that, Nova does not say: its instance stays
        untold = !task.equals("create");
        scene.host().libvirt.undefine(GUEST);
        scene.expected().gone();
        if (heardNow) {
            fails();
        } else {
            underWay = false;
            scene.later(failure());
        }
    }

    /** Nova gives up, and begins again on this host. */
    void beginsAgain() throws Exception {
        if (!toLaunch) {
            return;
        }
        scene.host().libvirt.undefine(GUEST);
        fails();
        tries++;
        underWay = true;
        scene.hear(first());
        defines();
    }

    /** The event of a port does not come in time. */
    void plugTimesOut() throws Exception {
        if (!paused || !scene.runs()) {
            return;
        }
        paused = false;
        scene.host().novaDeletes(GUEST);
        scene.expected().gone();
        fails();
    }

    /** Nova has been told to delete it. */
    void isDeleted() {
        undefinedBeforeTheStart |= toLaunch;
        toLaunch = false;
        underWay = false;
        paused = false;
    }

    private void fails() {
        underWay = false;
        scene.hear(failure());
    }

    private InstanceEvent failure() {
        return FAILURE_IS_TOLD.contains(task)
                ? said("error", Action.IGNORE)
                : Events.sent(
                        Events.failure(task + "_instance", request()),
                        scene.host().clock.instant());
    }

    /** Its first message. */
    InstanceEvent first() {
        return said("start", Action.IGNORE);
    }

    /** Its last. */
    InstanceEvent last() {
        return said("end", Action.BIND);
    }

    private InstanceEvent said(String phase, Action action) {
        InstanceEvent recorded = NovaSays.events(scene.kind().extraSpecs(), "instance.create.end")
                .get(0);
        return scene.sentNow(
                Events.requested(Events.named(recorded, "instance." + task + "." + phase, action), request()));
    }

    private String request() {
        return "req-start-" + tries;
    }

    /** Whether the guest was started with what we have written before. */
    boolean isWon() {
        return scene.host()
                .libvirt
                .startedFrom(GUEST)
                .flatMap(NovaStart::record)
                .isPresent();
    }

    // what must not be

    /** What no end state shows. */
    List<String> broken(DomainState now, Optional<Decision> last) {
        List<String> all = new ArrayList<>(broken);
        boolean withOurs = isWon();
        boolean restarted = scene.host().stopsForThisStart() > 0;
        boolean claimed = last.filter(
                        d -> d.result().reasons().stream().anyMatch(r -> r.code() == Code.BEFORE_FIRST_INSTRUCTION))
                .isPresent();
        if (claimed && (!withOurs || restarted)) {
            all.add("says that it was bound before its first instruction, and was not");
        }
        if (withOurs
                && restarted
                && !scene.expected().anew()
                && scene.expected().kept().isEmpty()) {
            all.add("restarted although it began with its binding");
        }
        if (now.definition() != null && undefinedBeforeTheStart && !(untold && scene.killed())) {
            all.add("a shell is left");
        }
        return all;
    }

    private static Optional<BindingRecord> record(String definition) {
        try {
            return RecordXml.found(new DomainXml().read(definition).record())
                    .filter(r -> r.reasons().contains(BEFORE_START));
        } catch (InvalidDomainXml e) {
            throw new IllegalStateException(e);
        }
    }
}
