package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.definition.RestartMark;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.work.RestartCalls;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes a restart that a daemon before us left half-done, or that we gave up: the definition says so, and the domain is
 * off.
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Libvirt libvirt;

    /** For a guest that is off. */
    private final Libvirt urgent;

    private final RestartCalls calls;
    private final OffGuests guests;
    private final NovaWait nova;
    private final RecentRestarts recent;
    private final NovaTasks tasks;
    private final RestartWatch watch;
    private final LateStart late;

    @Inject
    Recovery(
            Libvirt libvirt,
            RestartCalls calls,
            OffGuests guests,
            NovaWait nova,
            RecentRestarts recent,
            NovaTasks tasks,
            RestartWatch watch,
            LateStart late) {
        this.libvirt = libvirt;
        this.urgent = libvirt.urgent();
        this.calls = calls;
        this.guests = guests;
        this.nova = nova;
        this.recent = recent;
        this.tasks = tasks;
        this.watch = watch;
        this.late = late;
    }

    /** Whether this daemon has restarted the guest, or tried to, so that its going off may be that restart's. */
    public boolean mayBeOurs(UUID uuid) {
        return recent.mayHaveStopped(uuid).isPresent();
    }

    /**
     * Starts the domain if its restart is half-done: with the new definition, or if that is refused with the former one.
     *
     * @return whether it is to be looked at again within seconds: after its first minute it would not be started any more
     */
    public boolean finish(UUID uuid) throws LibvirtFailure {
        Libvirt watched = calls.watched(urgent, uuid);
        Libvirt first = mayBeOurs(uuid) ? watched : urgent;
        Optional<OffGuests.Off> off = guests.off(first, uuid);
        if (off.isPresent() && off.get().meaning() == RestartMark.Meaning.HALF_DONE) {
            NovaWait.Heard heard = nova.hear(off.get().record());
            if (heard.waited()) {
                // what was seen before is old
                off = guests.off(first, uuid);
            }
            if (off.isPresent() && heard.unread().isPresent()) {
                Optional<Boolean> putOff =
                        nova.putsOff(off.get(), heard.unread().get());
                if (putOff.isPresent()) {
                    return putOff.get();
                }
            }
        }
        if (off.isEmpty() || off.get().meaning() == RestartMark.Meaning.NONE) {
            return false;
        }
        if (off.get().meaning() == RestartMark.Meaning.UNKNOWN) {
            LOG.warn(
                    "instance {}: off, with the mark of a restart, and /proc does not tell how old that is: looked at again by"
                            + " the sweeps",
                    uuid);
            return false;
        }
        if (!notOurs(watched, off.get())) {
            late.start(watched, off.get());
        }
        return false;
    }

    /** Whether a guest that is off is not ours to start; the mark is taken from it where nobody may start it by it. */
    private boolean notOurs(Libvirt held, OffGuests.Off off) throws LibvirtFailure {
        DomainSummary domain = off.domain();
        UUID uuid = domain.uuid();
        Optional<RecentRestarts.Restart> restart = guests.ours(uuid, off.record());
        if (off.meaning() == RestartMark.Meaning.HALF_DONE && isNovas(held, off)) {
            return true;
        }
        if (off.meaning() != RestartMark.Meaning.HALF_DONE && !off.defined()) {
            if (off.meaning() == RestartMark.Meaning.LONG_AGO) {
                LOG.warn(
                        "instance {} ({}): is off. A daemon before this one has stopped it for a restart at {}, and Nova has"
                                + " defined it anew since: it is not started by nova-gpu-binder. If it should run here:"
                                + " openstack server start {}",
                        uuid,
                        domain.name(),
                        off.record().time(),
                        uuid);
            }
            guests.settle(held, off);
            return true;
        }
        Optional<LeftOff> left = LeftOff.of(off.meaning(), guests.whyOff(held, off), restart);
        if (left.isEmpty()) {
            return false;
        }
        if (left.get().lost()) {
            watch.lost(domain, left.get().why());
        } else {
            LOG.warn(
                    "instance {}: {}; it is not started by nova-gpu-binder (if it is off and should run here: openstack server"
                            + " start {})",
                    uuid,
                    left.get().why(),
                    uuid);
        }
        guests.settle(held, off);
        return true;
    }

    /** Whether {@link #finish} would start a guest that was found off. Changes nothing. */
    public boolean wouldStart(Observation o) throws LibvirtFailure {
        UUID uuid = o.domain().uuid();
        Optional<OffGuests.Off> off = o.running() || !o.domain().persistent()
                ? Optional.empty()
                : guests.off(o.domain(), Optional.ofNullable(o.record()));
        if (off.isEmpty() || off.get().meaning() != RestartMark.Meaning.HALF_DONE) {
            return false;
        }
        BindingRecord r = off.get().record();
        return guests.novasTask(uuid, r).isEmpty()
                && LeftOff.of(RestartMark.Meaning.HALF_DONE, guests.whyOff(libvirt, off.get()), guests.ours(uuid, r))
                        .isEmpty();
    }

    /** The instance has left: if it is off in mid-restart, it is Nova's from now on. */
    public void leave(UUID uuid) throws LibvirtFailure {
        if (recent.latest(uuid).isEmpty()) {
            return;
        }
        Optional<OffGuests.Off> off =
                guests.off(urgent, uuid).filter(o -> o.meaning() == RestartMark.Meaning.HALF_DONE);
        if (off.isPresent()) {
            isNovas(urgent, off.get());
        } else {
            guests.left(urgent, uuid);
        }
    }

    /** Every guest was looked at: what is noted of restarts and starts nobody any more goes. */
    public void forgetOld() {
        guests.forgetOld();
    }

    /**
     * Whether a guest that we have stopped is Nova's: Nova has begun what stops or starts it since. While that goes on the mark
     * stays for this daemon, for it may fail; afterwards, and if the guest ran again meanwhile, it goes.
     */
    private boolean isNovas(Libvirt held, OffGuests.Off off) throws LibvirtFailure {
        BindingRecord mark = off.record();
        UUID uuid = off.domain().uuid();
        Optional<RecentRestarts.Restart> restart = guests.ours(uuid, mark);
        Optional<String> task = guests.novasTask(uuid, mark);
        if (task.isEmpty()) {
            return false;
        }
        if (restart.isEmpty() || restart.get().ran() || tasks.running(uuid).isEmpty()) {
            LOG.info("instance {}: off, and left so, after {} of Nova's in mid-restart", uuid, task.get());
            guests.settle(held, off);
            if (restart.isEmpty() && tasks.stopSentUnaskedAfter(uuid, mark.time())) {
                stoppedUnasked(off);
            }
        } else {
            guests.leftToNova(held, off);
        }
        return true;
    }

    private void stoppedUnasked(OffGuests.Off off) {
        if (off.defined()) {
            watch.lost(off.domain(), "Nova has taken that for its own power-off and stopped it");
        } else {
            // it may have run again since, by what Nova has defined
            LOG.warn(
                    "instance {} ({}): Nova has stopped it of its own accord after its restart, and has defined it anew in"
                            + " between. If it should run here: openstack server start {}",
                    off.domain().uuid(),
                    off.domain().name(),
                    off.domain().uuid());
        }
    }
}
