package org.novagpubinder.binding;

import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.BindingCounters.EarlyResult;
import org.novagpubinder.binding.EarlyStarts.Early;
import org.novagpubinder.domain.DomainDefinition;
import org.novagpubinder.domain.DomainSummary;
import org.novagpubinder.domain.DomainXml;
import org.novagpubinder.domain.InvalidDomainXml;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.domain.Libvirt.WhyOff;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.domain.LibvirtFailure.Kind;
import org.novagpubinder.domain.LibvirtHold;
import org.novagpubinder.restarts.RestartFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What became of the starts whose definition was changed before them ({@link EarlyDefiner}). */
final class EarlyOutcomes {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyOutcomes.class);

    /** When it fails Nova undefines the domain itself, and a define in that moment would bring it back. */
    private static final String CREATE = "create";

    private final Libvirt libvirt;
    private final DomainXml xml;
    private final Definer definer;
    private final EarlyStarts starts;
    private final Census census;
    private final NovaTasks tasks;
    private final RestartFailures failures;
    private final BindingCounters counters;

    @Inject
    EarlyOutcomes(
            Libvirt libvirt,
            DomainXml xml,
            Definer definer,
            EarlyStarts starts,
            Census census,
            NovaTasks tasks,
            RestartFailures failures,
            BindingCounters counters) {
        this.libvirt = libvirt;
        this.xml = xml;
        this.definer = definer;
        this.starts = starts;
        this.census = census;
        this.tasks = tasks;
        this.failures = failures;
        this.counters = counters;
    }

    /** The domain runs: whether it has started with what was written before its start. */
    boolean won(Observation o) {
        if (o.live() == null) {
            return false;
        }
        Optional<Early> early = starts.settle(o.domain().uuid());
        if (early.isEmpty()) {
            return false;
        }
        boolean won = early.get().isIn(o.live());
        counters.early(early.get().operation(), won ? EarlyResult.WON : EarlyResult.LOST);
        if (won) {
            Duration age = o.process() == null
                    ? Duration.ZERO
                    : Duration.ofMillis(o.process().ageMillis());
            counters.earlyWon(starts.age(early.get()).minus(age));
        }
        return won;
    }

    /**
     * Looks whether its start has failed; true if it is still to come.
     *
     * @throws LibvirtFailure if that cannot be told now
     */
    boolean waits(UUID uuid) throws LibvirtFailure, InvalidDomainXml {
        Optional<Early> early = starts.of(uuid);
        if (early.isEmpty() || starts.age(early.get()).compareTo(EarlyStarts.LONGEST) > 0) {
            starts.settle(uuid);
            return false;
        }
        Optional<DomainSummary> now = libvirt.find(uuid);
        if (now.isEmpty()) {
            return true;
        }
        if (now.get().active() || !early.get().isIn(xml.read(libvirt.inactiveXml(uuid)))) {
            // its start event was missed, or Nova has defined it anew
            return false;
        }
        if (early.get().added() && libvirt.whyOff(uuid) == WhyOff.STOPPED) {
            failed(uuid, "libvirt says that it was stopped, or did not start");
            return false;
        }
        return true;
    }

    /**
     * Nova's start has failed: the guest's definition is as Nova made it again, it is not bound like this any more, and if
     * that happens twice in an hour no guest is.
     */
    void failed(UUID uuid, String cause) throws LibvirtFailure, InvalidDomainXml {
        Optional<Early> waiting = starts.of(uuid);
        if (waiting.isEmpty()) {
            return;
        }
        Early early = waiting.get();
        if (!early.undefined()) {
            starts.settle(uuid);
        }
        census.settled(uuid);
        counters.early(early.operation(), EarlyResult.FAILED);
        failures.failed(uuid, early.name(), "Nova could not start it with the binding in its definition: " + cause);
        LOG.error(
                "instance {} ({}): Nova's {} has failed after its binding was written into its definition: {}. Its next start"
                        + " is as Nova defines it; see /var/log/libvirt/qemu/{}.log for the cause. If it is not the binding,"
                        + " `nova-gpu-binder restarts --allow {}`; early_define = false in [gpu_binder] switches this off",
                uuid,
                early.name(),
                early.operation(),
                cause,
                early.name(),
                early.name());
        if (!early.operation().equals(CREATE)) {
            giveBack(uuid, early);
        }
    }

    private void giveBack(UUID uuid, Early early) throws LibvirtFailure, InvalidDomainXml {
        try {
            definer.change(uuid, false, there -> {
                if (!early.isIn(xml.read(there))) {
                    throw Definer.changed("Nova has defined it anew");
                }
                return early.former();
            });
        } catch (GaveWay changed) {
            LOG.debug(
                    "instance {}: its definition stays: {}",
                    uuid,
                    changed.reason().text());
        } catch (LibvirtFailure e) {
            if (e.kind() != Kind.NO_DOMAIN) {
                throw e;
            }
        }
    }

    /**
     * Takes away a definition that only our define has brought back after Nova had undefined the domain; true if Nova is still
     * at work on the instance, and it has to be looked at again.
     */
    boolean removesShell(UUID uuid) throws LibvirtFailure, InvalidDomainXml {
        Optional<Early> early = starts.of(uuid);
        if (early.isEmpty()) {
            return false;
        }
        if (tasks.running(uuid).isPresent()) {
            return true;
        }
        try (LibvirtHold lane = libvirt.lane()) {
            DomainDefinition d = xml.read(lane.calls().secureXml(uuid));
            if (d.id() == null && early.get().isIn(d)) {
                lane.calls().undefine(uuid);
                LOG.warn(
                        "instance {} ({}): undefined again: Nova had undefined it in the moment in which its binding was written",
                        uuid,
                        early.get().name());
            }
        } catch (LibvirtFailure e) {
            if (e.kind() != Kind.NO_DOMAIN) {
                throw e;
            }
        }
        starts.settle(uuid);
        census.settled(uuid);
        return false;
    }
}
