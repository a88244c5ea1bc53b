package org.novagpubinder.passthrough;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.host.topology.PciLink;
import org.novagpubinder.host.topology.PciRoute;

/**
 * A device that a guest has by VFIO.
 *
 * @param route where the host has it; of a mediated device that of the function it is a part of
 * @param guestAddress where the guest sees it; null if its definition does not say
 */
public record PassedThrough(PciRoute route, @Nullable PciAddress guestAddress) {
    /**
     * A NIC or an NVMe controller beside the guest's nearest GPU.
     *
     * @param device which
     * @param gpu the GPU that is nearest to it
     * @param link how far they are; null if that is not known
     */
    public record Neighbor(
            PciRoute device, PciAddress gpu, @Nullable PciLink link) {}

    /** Of each NIC and NVMe controller the nearest GPU of the same guest; none of a guest without GPU. */
    static List<Neighbor> neighbors(List<PassedThrough> devices) {
        List<PciRoute> gpus = devices.stream()
                .map(PassedThrough::route)
                .filter(r -> r.kind() == PciRoute.Kind.GPU)
                .toList();
        return devices.stream()
                .map(PassedThrough::route)
                .filter(r -> r.kind() == PciRoute.Kind.NIC || r.kind() == PciRoute.Kind.NVME)
                .flatMap(r -> nearest(r, gpus).stream())
                .toList();
    }

    private static Optional<Neighbor> nearest(PciRoute device, List<PciRoute> gpus) {
        return gpus.stream()
                .map(g -> new Neighbor(
                        device, g.address(), PciLink.between(g, device).orElse(null)))
                .min(Comparator.comparing(Neighbor::link, Comparator.nullsLast(Comparator.naturalOrder())));
    }
}
