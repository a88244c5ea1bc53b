package org.novagpubinder.check.libvirt;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.novagpubinder.check.host.HostLook;
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

/** Whether the running guests with a GPU could be started again: those that could not are never restarted. */
public final class StartNeedsCheck implements Check {
    private final BinderConfig config;
    private final LibvirtLook look;
    private final HostLook host;
    private final StartNeeds needs;
    private final DomainXml xml = new DomainXml();

    @Inject
    StartNeedsCheck(BinderConfig config, LibvirtLook look, HostLook host, StartNeeds needs) {
        this.config = config;
        this.look = look;
        this.host = host;
        this.needs = needs;
    }

    @Override
    public String name() {
        return "start-needs";
    }

    @Override
    public List<CheckResult> run() {
        Optional<LibvirtOnce> libvirt = look.usable();
        if (libvirt.isEmpty() || config.binding().restart() == Restart.NEVER) {
            return List.of();
        }
        Set<PciAddress> gpus = new HashSet<>();
        host.readable()
                .ifPresent(h -> HostLook.gpus(h).stream().map(Gpu::address).forEach(gpus::add));
        int guests = 0;
        List<String> missing = new ArrayList<>();
        try {
            Libvirt calls = libvirt.get().calls();
            for (DomainSummary domain : calls.list()) {
                if (domain.active() && domain.persistent() && hasGpu(calls, domain, gpus)) {
                    guests++;
                    missing(calls, domain).ifPresent(why -> missing.add(domain.name() + ": " + why.text()));
                }
            }
        } catch (LibvirtFailure e) {
            return CheckResult.warning(e.text(), "try again");
        }
        return missing.isEmpty()
                ? CheckResult.ok(guests + " guests with a GPU run, and each could be started again")
                : CheckResult.warning(
                        missing.size() + " of " + guests
                                + " guests with a GPU could not be started again, and are never restarted: what"
                                + " only a start can bind (render node, memory under a passed-through GPU) stays as it is",
                        "mend what is missing where that is a fault of the host:\n" + String.join("\n", missing));
    }

    /** A guest that has gone meanwhile misses nothing. */
    private Optional<Reason> missing(Libvirt calls, DomainSummary domain) throws LibvirtFailure {
        try {
            return needs.missing(calls, domain.uuid());
        } catch (LibvirtFailure e) {
            if (e.kind() == LibvirtFailure.Kind.NO_DOMAIN) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private boolean hasGpu(Libvirt calls, DomainSummary domain, Set<PciAddress> gpus) throws LibvirtFailure {
        try {
            DomainDefinition d = xml.read(calls.liveXml(domain.uuid()));
            return d.tuning().renderNode() != null
                    || !d.mdevs().isEmpty()
                    || d.pciHostdevs().stream().anyMatch(gpus::contains);
        } catch (InvalidDomainXml unreadable) {
            // status tells it
            return false;
        } catch (LibvirtFailure e) {
            if (e.kind() == LibvirtFailure.Kind.NO_DOMAIN) {
                return false;
            }
            throw e;
        }
    }
}
