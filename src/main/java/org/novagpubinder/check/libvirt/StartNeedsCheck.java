package org.novagpubinder.check.libvirt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.novagpubinder.check.host.HostProbe;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.connection.LibvirtOnce;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.start.StartNeeds;
import org.novagpubinder.start.UnseenWrites;

/**
 * Whether the running guests with a GPU could be started again, by whomever: those that could not are never restarted. Nor are
 * those that can write unseen, which is how it should be.
 */
public record StartNeedsCheck(
        BinderConfig config, LibvirtProbe look, HostProbe host, StartNeeds needs, UnseenWrites unseen, DomainXml xml)
        implements Check {
    private static final int MOST_NAMES = 5;

    @Override
    public List<CheckResult> run() {
        Optional<LibvirtOnce> libvirt = look.usable();
        if (libvirt.isEmpty()) {
            return List.of();
        }
        Set<PciAddress> gpus = new HashSet<>();
        host.readable()
                .ifPresent(h -> HostProbe.gpus(h).stream().map(Gpu::address).forEach(gpus::add));
        int guests = 0;
        List<String> missing = new ArrayList<>();
        List<String> hiding = new ArrayList<>();
        try {
            Libvirt calls = libvirt.get().calls();
            for (DomainSummary domain : calls.list()) {
                Optional<DomainDefinition> withGpu = domain.active() && domain.persistent()
                        ? definition(calls, domain).filter(d -> hasGpu(d, gpus))
                        : Optional.empty();
                if (withGpu.isPresent()) {
                    guests++;
                    missing(calls, domain).ifPresent(why -> missing.add(domain.name() + ": " + why.text()));
                    unseen.by(withGpu.get()).ifPresent(by -> hiding.add(domain.name() + " has " + by));
                }
            }
        } catch (LibvirtFailure e) {
            return CheckResult.warning(e.text(), "try again");
        }
        List<CheckResult> results = new ArrayList<>(startable(guests, missing));
        // with restart = never no guest is restarted, so these are nothing special
        if (config.binding().restart() != Restart.NEVER) {
            results.addAll(neverRestarted(guests, hiding));
        }
        return results;
    }

    /** @param hiding of each guest that could write unseen by which device, in words */
    static List<CheckResult> neverRestarted(int guests, List<String> hiding) {
        int more = hiding.size() - MOST_NAMES;
        return hiding.isEmpty()
                ? List.of()
                : CheckResult.ok(hiding.size() + " of " + guests
                        + " guests with a GPU are never restarted, for what they write cannot be seen; what only a start can"
                        + " bind waits for their next one: "
                        + String.join("; ", hiding.subList(0, Math.min(MOST_NAMES, hiding.size())))
                        + (more > 0 ? "; and " + more + " more" : ""));
    }

    private static List<CheckResult> startable(int guests, List<String> missing) {
        return missing.isEmpty()
                ? CheckResult.ok("each running guest with a GPU could be started again: " + guests)
                : CheckResult.warning(
                        missing.size() + " of " + guests
                                + " guests with a GPU could not be started again: what only a start can bind (render node,"
                                + " memory under a passed-through GPU) stays as it is",
                        "mend what is missing where that is a fault of the host:\n" + String.join("\n", missing));
    }

    /** A guest that has gone meanwhile misses nothing. */
    private Optional<Reason> missing(Libvirt calls, DomainSummary domain) throws LibvirtFailure {
        try {
            return needs.missing(calls, domain.uuid());
        } catch (LibvirtFailure e) {
            e.throwUnlessDeleted();
            return Optional.empty();
        }
    }

    private static boolean hasGpu(DomainDefinition d, Set<PciAddress> gpus) {
        return d.tuning().renderNode() != null
                || !d.mdevs().isEmpty()
                || d.pciHostdevs().stream().anyMatch(gpus::contains);
    }

    private Optional<DomainDefinition> definition(Libvirt calls, DomainSummary domain) throws LibvirtFailure {
        try {
            return Optional.of(xml.read(calls.liveXml(domain.uuid())));
        } catch (InvalidDomainXml unreadable) {
            // status tells it
            return Optional.empty();
        } catch (LibvirtFailure e) {
            e.throwUnlessDeleted();
            return Optional.empty();
        }
    }
}
