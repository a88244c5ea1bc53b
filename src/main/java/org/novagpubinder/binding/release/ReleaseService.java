package org.novagpubinder.binding.release;

import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.definition.RestartMark;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Observer;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.release.Releaser.Leave;
import org.novagpubinder.binding.work.Pause;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/**
 * An operator's release, of one domain or of all. A daemon may run beside it: a restart that it has begun is waited for, and
 * what it could not know of, it finds in the record.
 *
 * @param patience how long a restart is waited for that the daemon makes at this moment
 */
public record ReleaseService(
        Libvirt libvirt,
        Observer observer,
        Topologies topologies,
        Releaser releaser,
        RestartMark mark,
        Duration patience) {
    /**
     * Nova undefines a running domain in a live snapshot or a volume swap, and defines what it was when the disk is copied
     * (src/docs/facts.md). One that takes no longer than this is waited for.
     */
    private static final Duration SNAPSHOT = Duration.ofSeconds(2);

    private static final Optional<Reason> COPIED = Code.TASK_RUNNING.because(
            "its disk is being copied, as in a snapshot of Nova's: its definition comes back when that is done; nothing was "
                    + "done, try again then");

    private static final long LOOK_MS = 200;

    @Inject
    ReleaseService(Libvirt libvirt, Observer observer, Topologies topologies, Releaser releaser, RestartMark mark) {
        this(libvirt, observer, topologies, releaser, mark, Duration.ofSeconds(20));
    }

    /**
     * Releases one domain and leaves the mark {@link State#RELEASED}.
     *
     * @return {@code ignored}: released, or (reason {@code NOT_BOUND}) there was nothing; {@code deferred}: some of it holds
     *     until its next start; {@code failed}. Empty if libvirt does not have the domain
     */
    public Optional<BindResult> one(UUID uuid) throws LibvirtFailure {
        Optional<DomainSummary> domain = libvirt.find(uuid);
        return domain.isEmpty() ? Optional.empty() : Optional.of(release(domain.get(), Leave.MARK));
    }

    /** The domains that carry a record, or pins of ours that no record tells of yet; by name. */
    public List<DomainSummary> bound() throws LibvirtFailure, HostReadException {
        HostTopology host = topologies.now();
        List<DomainSummary> bound = new ArrayList<>();
        for (DomainSummary d : libvirt.list()) {
            try {
                if (observer.observe(d.uuid())
                        .filter(o -> releaser.anythingOfOurs(o, host))
                        .isPresent()) {
                    bound.add(d);
                }
            } catch (InvalidDomainXml e) {
                // the release tells what is wrong with it
                bound.add(d);
            } catch (LibvirtFailure e) {
                e.ofOneAmongMany().ifPresent(why -> bound.add(d));
            }
        }
        bound.sort(Comparator.comparing(DomainSummary::name));
        return bound;
    }

    /** Releases a domain without a trace, for good; never throws, so that the others get their turn. */
    public BindResult forGood(DomainSummary domain) {
        try {
            return release(domain, Leave.NOTHING);
        } catch (LibvirtFailure e) {
            return failed(domain, new Reason(Code.LIBVIRT_ERROR, e.getMessage()));
        }
    }

    private BindResult release(DomainSummary domain, Leave leave) throws LibvirtFailure {
        try {
            Optional<Reason> busy = settled(domain);
            if (busy.isPresent()) {
                return failed(domain, busy.get());
            }
            return releaser.release(domain.uuid(), leave).orElseGet(() -> nothing(domain));
        } catch (LibvirtFailure e) {
            if (e.kind() == LibvirtFailure.Kind.CONNECTION) {
                throw e;
            }
            return failed(domain, reason(e));
        } catch (HostReadException e) {
            return failed(domain, new Reason(Code.LIBVIRT_ERROR, "the host cannot be read: " + e.getMessage()));
        } catch (InvalidDomainXml e) {
            return failed(domain, new Reason(Code.LIBVIRT_ERROR, "its domain XML cannot be read: " + e.getMessage()));
        }
    }

    private static Reason reason(LibvirtFailure e) {
        return switch (e.kind()) {
            case BUSY ->
                new Reason(
                        Code.TASK_RUNNING,
                        "somebody else is at work on it, perhaps Nova with a live migration or a snapshot; try again after "
                                + "that: " + e.getMessage());
            case NO_DOMAIN -> new Reason(Code.NOT_RUNNING, "it was deleted meanwhile");
            case CONNECTION, REFUSED, ERROR -> new Reason(Code.LIBVIRT_ERROR, e.getMessage());
        };
    }

    /** Waits for what is about to pass; why it must not be released now, if it does not. */
    private Optional<Reason> settled(DomainSummary domain) throws LibvirtFailure, InvalidDomainXml {
        long start = System.nanoTime();
        while (true) {
            Optional<Observation> found = observer.observe(domain.uuid());
            Optional<Reason> passing = found.flatMap(this::restarting);
            boolean snapshot = found.filter(o -> !o.domain().persistent()).isPresent();
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            boolean wait = passing.isPresent()
                    ? waited.compareTo(patience) < 0
                    : snapshot && waited.compareTo(SNAPSHOT) < 0 && waited.compareTo(patience) < 0;
            if (!wait) {
                // without its definition half of it would be released, and the other half come back
                return passing.isEmpty()
                                && snapshot
                                && libvirt.activity(domain.uuid()).blockJob()
                        ? COPIED
                        : passing;
            }
            if (!Pause.ofTheThread(LOOK_MS)) {
                return Code.TASK_RUNNING.because("interrupted; nothing was done");
            }
        }
    }

    /** To take the mark off a guest that is off would leave it off: whoever finds the mark starts the guest. */
    private Optional<Reason> restarting(Observation o) {
        BindingRecord r = o.record();
        if (r == null) {
            return Optional.empty();
        }
        if (o.running()) {
            return mark.mayStillEnd(r, 0)
                    ? Code.TASK_RUNNING.because(
                            "nova-gpu-binder is restarting it at this moment: try again in some minutes")
                    : Optional.empty();
        }
        return mark.stillToBeStarted(r, o.domain().uuid());
    }

    private static BindResult nothing(DomainSummary d) {
        return result(d, Outcome.IGNORED, new Reason(Code.NOT_BOUND, "there is nothing of nova-gpu-binder on it"));
    }

    private static BindResult failed(DomainSummary d, Reason why) {
        return result(d, Outcome.FAILED, why);
    }

    private static BindResult result(DomainSummary d, Outcome outcome, Reason why) {
        return new BindResult(d.uuid(), d.name(), outcome, List.of(why), IdSet.empty(), List.of(), false, 0);
    }
}
