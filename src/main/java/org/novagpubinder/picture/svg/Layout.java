package org.novagpubinder.picture.svg;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.picture.svg.Band.Kind;
import org.novagpubinder.picture.svg.Band.Seat;
import org.novagpubinder.picture.svg.Columns.Density;

/**
 * Where everything stands: nodes below each other, on the left their guests, on the right their GPUs; so what leads from a
 * guest to a GPU of its own node lies flat, and what leads to another node cuts across.
 *
 * @param bands from top to bottom
 * @param sockets which bands a socket has
 * @param bottom below the last band
 */
record Layout(Columns columns, List<Band> bands, List<Socket> sockets, double bottom) {
    /** Of all bands together, about. */
    private static final int MOST_GUESTS = 48;

    private static final int MOST_IN_A_BAND = 16;
    private static final int LEAST_IN_A_BAND = 4;

    /** Of more nodes than these all have to be small. */
    private static final int FEW_NODES = 8;

    private static final int MOST_GUESTS_DENSE = 32;
    private static final int LEAST_IN_A_DENSE_BAND = 2;

    /** Of all bands together, for each to have two lines. */
    private static final int ROOMY = 16;

    private static final double BETWEEN_SOCKETS = 10;

    /** A bar beside the bands of one socket. */
    record Socket(String title, double y, double height) {}

    /** What will be a band. */
    private record Row(Kind kind, Optional<Node> node, List<DomainStatus> guests, List<Gpu> gpus) {
        int socket() {
            return node.map(Node::socket).orElse(Integer.MAX_VALUE);
        }
    }

    static Layout of(HostPicture picture, double top) {
        List<Row> rows = rows(picture);
        long guests = rows.stream().mapToInt(r -> r.guests.size()).sum();
        long nodes = rows.stream().filter(r -> r.kind == Kind.NODE).count();
        Density density = nodes > FEW_NODES ? Density.DENSE : guests <= ROOMY ? Density.ROOMY : Density.NARROW;
        return new Maker(picture, new Columns(guests > 0, density), cap(rows, density), top).layout(rows);
    }

    /** So many boxes of guests a band has at most. */
    private static int cap(List<Row> rows, Density density) {
        int withGuests = (int) rows.stream().filter(r -> !r.guests.isEmpty()).count();
        boolean dense = density == Density.DENSE;
        int share = (dense ? MOST_GUESTS_DENSE : MOST_GUESTS) / Math.max(1, withGuests);
        return Math.max(dense ? LEAST_IN_A_DENSE_BAND : LEAST_IN_A_BAND, Math.min(MOST_IN_A_BAND, share));
    }

    private static List<Row> rows(HostPicture picture) {
        HostParts parts = new HostParts(picture.topology());
        Map<Integer, List<DomainStatus>> byNode = new HashMap<>();
        List<DomainStatus> several = new ArrayList<>();
        List<DomainStatus> off = new ArrayList<>();
        for (DomainStatus guest : picture.guests()) {
            boolean one = guest.vcpuNodes().size() == 1
                    && picture.topology().node(guest.vcpuNodes().first()).isPresent();
            (!guest.running()
                            ? off
                            : one ? byNode.computeIfAbsent(guest.vcpuNodes().first(), n -> new ArrayList<>()) : several)
                    .add(guest);
        }
        Stream<Row> nodes = picture.topology().nodes().stream()
                .filter(n -> !parts.empty(n))
                .sorted(Comparator.comparingInt(n -> n.socket() < 0 ? Integer.MAX_VALUE - 1 : n.socket()))
                .map(n -> new Row(Kind.NODE, Optional.of(n), byNode.getOrDefault(n.id(), List.of()), parts.gpusOf(n)));
        Stream<Row> others = Stream.of(
                        new Row(Kind.UNKNOWN_NODE, Optional.empty(), List.of(), parts.gpusOfUnknownNode()),
                        new Row(Kind.SEVERAL_NODES, Optional.empty(), several, List.of()),
                        new Row(Kind.OFF, Optional.empty(), off, List.of()))
                .filter(r -> !r.guests.isEmpty() || !r.gpus.isEmpty());
        return Stream.concat(nodes, others).toList();
    }

    private static final class Maker {
        private final HostPicture picture;
        private final Columns columns;
        private final int cap;
        private final Map<PciAddress, Integer> order = new HashMap<>();
        private final List<Band> bands = new ArrayList<>();
        private final List<Socket> sockets = new ArrayList<>();
        private double y;

        Maker(HostPicture picture, Columns columns, int cap, double top) {
            this.picture = picture;
            this.columns = columns;
            this.cap = cap;
            this.y = top;
        }

        Layout layout(List<Row> rows) {
            rows.forEach(r -> r.gpus.forEach(g -> order.put(g.address(), order.size())));
            for (int first = 0; first < rows.size(); ) {
                int socket = rows.get(first).socket();
                int last = first;
                while (last + 1 < rows.size() && rows.get(last + 1).socket() == socket) {
                    last++;
                }
                double top = y;
                rows.subList(first, last + 1).forEach(this::band);
                if (rows.get(first).node.isPresent()) {
                    sockets.add(
                            new Socket(socket < 0 ? "" : "socket " + socket, top, y - columns.betweenBands() - top));
                }
                y += BETWEEN_SOCKETS;
                first = last + 1;
            }
            return new Layout(columns, bands, sockets, y - BETWEEN_SOCKETS - columns.betweenBands());
        }

        private void band(Row row) {
            if (columns.dense() && row.node.isPresent() && row.guests.isEmpty() && row.gpus.isEmpty()) {
                bands.add(new Band(row.kind, row.node.get(), y, Columns.COLLAPSED, List.of(), null, List.of()));
                y += Columns.COLLAPSED + columns.betweenBands();
                return;
            }
            double top = y + columns.pad();
            List<DomainStatus> shown = shown(row.guests);
            List<Seat<DomainStatus>> guests = new ArrayList<>();
            double guestY = top;
            for (DomainStatus guest : shown) {
                guests.add(new Seat<>(guest, Columns.GUEST_X, guestY, Columns.GUEST_WIDTH, columns.guestHeight()));
                guestY += columns.guestHeight() + columns.gap();
            }
            List<DomainStatus> rest =
                    row.guests.stream().filter(g -> !shown.contains(g)).toList();
            Seat<List<DomainStatus>> others = rest.isEmpty()
                    ? null
                    : new Seat<>(rest, Columns.GUEST_X, guestY, Columns.GUEST_WIDTH, columns.guestHeight());
            guestY += rest.isEmpty() ? 0 : columns.guestHeight() + columns.gap();
            List<Seat<Gpu>> gpus = new ArrayList<>();
            double gpuY = gpus(row.gpus, top, gpus);
            if (columns.guests() && guestY > gpuY) {
                double lower = (guestY - gpuY) / 2;
                gpus.replaceAll(s -> new Seat<>(s.what(), s.x(), s.y() + lower, s.width(), s.height()));
            }
            double own = top
                    + row.node
                            .map(n -> columns.nodeHeight(
                                    !n.cpus().isEmpty(),
                                    picture.loaded(n),
                                    HostParts.hugePages(n).size()))
                            .orElse(30.0);
            double bottom = Math.max(own, Math.max(guestY, gpuY) - columns.gap()) + columns.pad();
            bands.add(new Band(row.kind, row.node.orElse(null), y, bottom - y, guests, others, gpus));
            y = bottom + columns.betweenBands();
        }

        private double gpus(List<Gpu> gpus, double top, List<Seat<Gpu>> seats) {
            double rowY = top;
            double bottom = top;
            for (int i = 0; i < gpus.size(); i++) {
                int column = i % columns.gpusInARow();
                rowY = column == 0 ? bottom : rowY;
                double height = columns.gpuHeight(
                        new HostParts(picture.topology()).parts(gpus.get(i)).size());
                seats.add(new Seat<>(gpus.get(i), columns.gpuX(column), rowY, columns.gpuWidth(), height));
                bottom = Math.max(bottom, rowY + height + columns.gap());
            }
            return bottom;
        }

        /** Those that are worst off, in the order of their GPUs so that few lines cross. */
        private List<DomainStatus> shown(List<DomainStatus> guests) {
            int most = guests.size() <= cap ? cap : cap - 1;
            return guests.stream()
                    .sorted(Comparator.comparing((DomainStatus g) -> AlignmentState.of(g.outcome()))
                            .thenComparing(DomainStatus::domain))
                    .limit(most)
                    .sorted(Comparator.comparingInt(this::rank).thenComparing(DomainStatus::domain))
                    .toList();
        }

        private int rank(DomainStatus guest) {
            return guest.gpus().stream()
                    .flatMap(use -> use.gpu().stream())
                    .flatMap(a -> picture.topology().gpu(a).stream())
                    .map(g -> order.getOrDefault(g.whole(), Integer.MAX_VALUE))
                    .findFirst()
                    .orElse(Integer.MAX_VALUE);
        }
    }
}
