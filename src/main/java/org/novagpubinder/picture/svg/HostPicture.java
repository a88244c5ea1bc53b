package org.novagpubinder.picture.svg;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.load.HostLoad;

/**
 * What is drawn of a host.
 *
 * @param host what the host is called
 * @param topology its nodes and GPUs; without nodes if it could not be read
 * @param gpuNames what people call its GPUs, by address
 * @param load how much of it its running domains use, GPU guests or not; of nothing if that is not known
 * @param guests its GPU guests and how they stand
 * @param trouble why the host or its guests could not be looked at, a sentence; null if they could
 * @param decisions the last ones, newest first
 * @param histories what the daemon has decided of each guest; of those that it has looked at
 * @param service how the daemon stands; null where none is asked
 * @param at when all this was so
 */
public record HostPicture(
        String host,
        HostTopology topology,
        Map<PciAddress, String> gpuNames,
        HostLoad load,
        List<DomainStatus> guests,
        @Nullable String trouble,
        List<Decision> decisions,
        Map<UUID, GuestHistory> histories,
        @Nullable ServiceStatus service,
        Instant at) {
    public HostPicture {
        gpuNames = Map.copyOf(gpuNames);
        guests = List.copyOf(guests);
        decisions = List.copyOf(decisions);
        histories = Map.copyOf(histories);
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

    /** For how long the guest has stood as it does, as far as the daemon remembers. */
    public Optional<Duration> stood(DomainStatus guest) {
        return Optional.ofNullable(histories.get(guest.uuid()))
                .flatMap(h -> h.since(guest.outcome()))
                .map(since -> Duration.between(since, at));
    }

    /** Whether it is known how many vCPUs the node's CPUs have. */
    boolean loaded(Node node) {
        return !node.cpus().isEmpty() && !load.vcpus().isEmpty();
    }

    String name(Gpu gpu) {
        return gpuNames.getOrDefault(gpu.address(), gpu.vendor() + ":" + gpu.device());
    }
}
