package org.novagpubinder.picture.svg;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;

/**
 * What is drawn of a host.
 *
 * @param host what the host is called
 * @param topology its nodes and GPUs; without nodes if it could not be read
 * @param gpuNames what people call its GPUs, by address
 * @param guests its GPU guests and how they stand
 * @param trouble why the host or its guests could not be looked at, a sentence; null if they could
 * @param decisions the last ones, newest first
 * @param service how the daemon stands; null where none is asked
 * @param at when all this was so
 */
public record HostPicture(
        String host,
        HostTopology topology,
        Map<PciAddress, String> gpuNames,
        List<DomainStatus> guests,
        @Nullable String trouble,
        List<Decision> decisions,
        @Nullable ServiceStatus service,
        Instant at) {
    public HostPicture {
        gpuNames = Map.copyOf(gpuNames);
        guests = List.copyOf(guests);
        decisions = List.copyOf(decisions);
    }

    /** How many running guests use the GPU or a part of it; empty where the guests are not known. */
    Optional<Long> users(Gpu gpu) {
        if (trouble != null) {
            return Optional.empty();
        }
        return Optional.of(guests.stream()
                .filter(DomainStatus::running)
                .filter(g -> g.gpus().stream()
                        .flatMap(use -> use.gpu().stream())
                        .flatMap(address -> topology.gpu(address).stream())
                        .anyMatch(used -> used.physical().equals(gpu.physical())))
                .count());
    }

    /** What people call the GPU. */
    String name(Gpu gpu) {
        return gpuNames.getOrDefault(gpu.address(), gpu.vendor() + ":" + gpu.device());
    }
}
