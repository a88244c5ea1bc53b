package org.novagpubinder.picture;

import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.inventory.HostLoads;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.binding.report.StatusService;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.sysfs.PciNames;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.picture.svg.HostPicture;
import org.novagpubinder.placement.load.HostLoad;

/** Looks at the host and its guests once, whatever that costs. */
public record Snapshots(
        BinderConfig config,
        Topologies topologies,
        HostLoads loads,
        StatusService guests,
        PciNames names,
        Clock clock) {
    @Inject
    public Snapshots {}

    /** The host and its guests now; what cannot be asked is missing, and the picture says why. */
    public HostPicture take() {
        HostTopology host;
        try {
            host = topologies.now();
        } catch (HostReadException e) {
            return picture(nothing(), HostLoad.NONE, List.of(), "The host cannot be read: " + e.getMessage());
        }
        try {
            return picture(host, loads.of(host), guests.all(), null);
        } catch (LibvirtFailure e) {
            return picture(host, HostLoad.NONE, List.of(), "The guests are not known: " + e.getMessage());
        } catch (HostReadException e) {
            return picture(host, HostLoad.NONE, List.of(), "The host cannot be read: " + e.getMessage());
        }
    }

    /** What is drawn as long as nothing is known. */
    HostPicture blank(String trouble) {
        return picture(nothing(), HostLoad.NONE, List.of(), trouble);
    }

    private static HostTopology nothing() {
        return new HostTopology(List.of(), List.of(), List.of(), Map.of(), IdSet.empty(), 0);
    }

    private HostPicture picture(HostTopology host, HostLoad load, List<DomainStatus> guests, @Nullable String trouble) {
        return new HostPicture(
                config.host(),
                host,
                names(host, names),
                load,
                guests,
                trouble,
                List.of(),
                Map.of(),
                null,
                clock.instant());
    }

    /** What people call the host's GPUs. */
    public static Map<PciAddress, String> names(HostTopology host, PciNames names) {
        return host.gpus().stream().collect(Collectors.toMap(Gpu::address, (Function<Gpu, String>)
                g -> names.name(g.vendor(), g.device())));
    }
}
