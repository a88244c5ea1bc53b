package org.novagpubinder.binding.report;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.inventory.DomainReads;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.restarts.RestartState;

/** How the GPU domains stand: a plan compared with reality, nothing changed. */
@Singleton
public final class StatusService {
    /** A terminal and a page are waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** As many as there are lanes to libvirt. */
    private static final int AT_A_TIME = 3;

    private final DomainReads<String> reads = new DomainReads<>("status", AT_A_TIME, PATIENCE);
    private final Libvirt libvirt;
    private final Binder binder;
    private final RestartFailures failures;
    private final LastOutcomes last;

    @Inject
    StatusService(Libvirt libvirt, Binder binder, RestartFailures failures, LastOutcomes last) {
        this.libvirt = libvirt;
        this.binder = binder;
        this.failures = failures;
        this.last = last;
    }

    /**
     * All domains that have a GPU, or of which the daemon knows that they wish for one's render node, by name; with them, as
     * failed, those that libvirt does not let us look at.
     */
    public List<DomainStatus> all() throws LibvirtFailure, HostReadException {
        List<DomainStatus> all = new ArrayList<>();
        List<DomainSummary> domains = libvirt.list();
        // those that do not answer would each be waited for in turn
        Map<UUID, DomainReads.Answer<String>> answers =
                reads.all(domains.stream().map(DomainSummary::uuid).toList(), libvirt::liveXml);
        for (DomainSummary d : domains) {
            look(d, Objects.requireNonNull(answers.get(d.uuid())))
                    .filter(StatusService::concerns)
                    .ifPresent(all::add);
        }
        all.sort((a, b) -> a.domain().compareTo(b.domain()));
        return all;
    }

    /** A domain that cannot be looked at must not hide all others. */
    private Optional<DomainStatus> look(DomainSummary d, DomainReads.Answer<String> answer)
            throws LibvirtFailure, HostReadException {
        try {
            return answer.get().isEmpty()
                    ? Optional.of(heard(busy(d, "it has not answered for " + PATIENCE.toSeconds() + " s")))
                    : of(d.uuid());
        } catch (LibvirtFailure e) {
            return switch (e.kind()) {
                case CONNECTION -> throw e;
                case NO_DOMAIN -> Optional.empty();
                case BUSY -> Optional.of(heard(busy(d, e.getMessage())));
                case REFUSED, ERROR ->
                    Optional.of(heard(unknown(d, Outcome.FAILED, Reason.Code.LIBVIRT_ERROR, e.getMessage())));
            };
        } catch (InvalidDomainXml e) {
            return Optional.of(heard(unknown(
                    d, Outcome.FAILED, Reason.Code.LIBVIRT_ERROR, "its domain XML cannot be read: " + e.getMessage())));
        } catch (HostReadException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static DomainStatus busy(DomainSummary d, String why) {
        return unknown(
                d,
                Outcome.DEFERRED,
                Reason.Code.LIBVIRT_BUSY,
                "libvirt is busy with it (a save, a snapshot, a migration): " + why);
    }

    private static boolean concerns(DomainStatus s) {
        return !s.gpus().isEmpty()
                || s.outcome() != Outcome.IGNORED
                || s.reasons().get(0).code() == Reason.Code.DEVICE_ABSENT;
    }

    private DomainStatus heard(DomainStatus now) {
        return last.of(now.uuid()).map(l -> l.onto(now)).orElse(now);
    }

    private static DomainStatus unknown(DomainSummary d, Outcome outcome, Reason.Code code, String why) {
        return new DomainStatus(
                d.uuid(),
                d.name(),
                null,
                d.active(),
                null,
                List.of(),
                IdSet.empty(),
                IdSet.empty(),
                IdSet.empty(),
                Map.of(),
                null,
                outcome,
                List.of(new Reason(code, why)),
                null);
    }

    /** One domain; empty if libvirt does not have it. */
    public Optional<DomainStatus> of(UUID uuid) throws LibvirtFailure, HostReadException, InvalidDomainXml {
        return binder.plan(uuid, Occasion.of(Trigger.SWEEP), Flavor.UNKNOWN)
                .map(this::told)
                .map(this::heard);
    }

    /** As {@link DomainStatus#of}, with what is remembered of restarts that failed. */
    private DomainStatus told(Planned p) {
        DomainStatus looked = DomainStatus.of(p);
        DomainStatus s = looked.outcome() == Outcome.MISALIGNED && p.plan().outcome() != Outcome.MISALIGNED
                ? looked.because(notBound(p), Outcome.MISALIGNED)
                : looked;
        UUID uuid = p.observation().domain().uuid();
        Optional<Reason> failed =
                failures.remembered(uuid).filter(r -> !p.plan().ours().equals(Tuning.NONE));
        if (failed.isPresent()) {
            return s.because(failed.get(), p.observation().running() ? Outcome.FAILED : Outcome.DEFERRED);
        }
        if (!p.plan().needsStart() || s.outcome() == Outcome.BOUND || s.outcome() == Outcome.ALIGNED) {
            return s;
        }
        RestartState restarts = failures.standing();
        return restarts.denied()
                ? s
                : restarts.forbids().map(r -> s.because(r, s.outcome())).orElse(s);
    }

    /** The plan's own reasons tell why the nodes were chosen, not why it is not there. */
    private static Reason notBound(Planned p) {
        return new Reason(
                Reason.Code.NOT_BOUND,
                "it has not been bound"
                        + (p.plan().nodes().isEmpty()
                                ? ""
                                : " to node " + p.plan().nodes()) + " yet");
    }
}
