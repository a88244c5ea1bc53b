package org.novagpubinder.picture.svg;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.picture.svg.Band.Seat;
import org.novagpubinder.placement.model.GpuUse;

/**
 * Which lines lead from the guests to their GPUs. Where there are more guests than seats only those have one that are in
 * trouble; of the others a number stands on one line from node to node, without those that are left alone.
 *
 * @param single lines of a guest of its own
 * @param bundles lines of several guests, with how each of them stands
 */
record Links(List<Link> single, Map<Pair, List<AlignmentState>> bundles) {
    /** A line from a guest to a GPU; its end is known when all lines of that GPU are. */
    record Link(AlignmentState standing, double x, double y, Seat<Gpu> gpu) {}

    /** From the guests of a band to the GPUs of a band. */
    record Pair(Band from, Band to) {}

    static Links of(HostPicture picture, Layout layout) {
        return new Maker(picture, layout).links();
    }

    /** How the worst of a bundle stands: by that it is drawn. */
    static AlignmentState worst(List<AlignmentState> bundle) {
        return bundle.stream().min(AlignmentState::compareTo).orElse(AlignmentState.BESIDE);
    }

    /** Builds them. */
    private static final class Maker {
        private final HostPicture picture;
        private final Layout layout;
        private final Map<PciAddress, Seat<Gpu>> seats = new HashMap<>();
        private final Map<PciAddress, Band> homes = new HashMap<>();
        private final List<Link> single = new ArrayList<>();
        private final Map<Pair, List<AlignmentState>> bundles = new LinkedHashMap<>();

        Maker(HostPicture picture, Layout layout) {
            this.picture = picture;
            this.layout = layout;
            layout.bands().forEach(b -> b.gpus().forEach(s -> {
                seats.put(s.what().address(), s);
                homes.put(s.what().address(), b);
            }));
        }

        Links links() {
            boolean crowded = layout.bands().stream().anyMatch(b -> b.others() != null);
            for (Band band : layout.bands()) {
                for (Seat<DomainStatus> guest : band.guests()) {
                    AlignmentState standing = AlignmentState.of(guest.what().outcome());
                    for (Seat<Gpu> seat : gpus(guest.what())) {
                        if (!crowded || standing.compareTo(AlignmentState.BESIDE) < 0) {
                            single.add(new Link(standing, guest.right(), guest.middle(), seat));
                        } else {
                            bundle(band, seat, standing);
                        }
                    }
                }
                Seat<List<DomainStatus>> others = band.others();
                for (DomainStatus guest : others == null ? List.<DomainStatus>of() : others.what()) {
                    gpus(guest).forEach(seat -> bundle(band, seat, AlignmentState.of(guest.outcome())));
                }
            }
            return new Links(single, bundles);
        }

        private void bundle(Band from, Seat<Gpu> gpu, AlignmentState standing) {
            Band to = homes.get(gpu.what().address());
            if (to != null && standing.compareTo(AlignmentState.BESIDE) <= 0) {
                bundles.computeIfAbsent(new Pair(from, to), p -> new ArrayList<>())
                        .add(standing);
            }
        }

        /** Those of a running guest that have a box, each once. */
        private List<Seat<Gpu>> gpus(DomainStatus guest) {
            Stream<GpuUse> uses = guest.running() ? guest.gpus().stream() : Stream.empty();
            return uses.flatMap(use -> gpu(use).stream())
                    .flatMap(gpu -> Optional.ofNullable(seats.get(gpu)).stream())
                    .toList();
        }

        /** The GPU that has a box: a virtual function is told of with its physical one. */
        private Optional<PciAddress> gpu(GpuUse use) {
            return use.gpu().flatMap(picture.topology()::gpu).map(g -> {
                PciAddress physical = g.physicalFunction();
                return physical == null || picture.topology().gpu(physical).isEmpty() ? g.address() : physical;
            });
        }
    }
}
