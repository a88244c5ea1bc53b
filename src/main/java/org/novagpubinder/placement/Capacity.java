package org.novagpubinder.placement;

import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.HugePages;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.host.Node;

/**
 * What a set of nodes has for a guest, and whether that is enough.
 *
 * @param cpus the CPUs that the guest may use there
 * @param load vCPUs of the other domains there
 * @param freeKiB memory left for this guest there, what it holds there already included, KiB
 * @param memoryFits whether its memory fits
 * @param shortage what is missing; null if the guest fits
 */
record Capacity(
        IdSet cpus,
        double load,
        long freeKiB,
        boolean memoryFits,
        @Nullable Reason shortage) {

    static Capacity of(Situation s, IdSet nodes) {
        IdSet cpus = s.cpusOf(nodes);
        double load = nodes.stream()
                .mapToDouble(n -> s.others().vcpuLoad().getOrDefault(n, 0.0))
                .sum();
        long free = in(s, nodes).mapToLong(n -> freeKiB(s, n)).sum();
        boolean memoryFits = s.guest().memoryKiB() <= free;
        return new Capacity(
                cpus,
                load,
                free,
                memoryFits,
                cpuShortage(s, nodes, cpus, load)
                        .or(() -> memoryFits ? Optional.empty() : Optional.of(Reasons.memoryFull(s, nodes, free)))
                        .orElse(null));
    }

    private static Optional<Reason> cpuShortage(Situation s, IdSet nodes, IdSet cpus, double load) {
        if (cpus.isEmpty()) {
            return Optional.of(Reasons.noAllowedCpus(nodes));
        }
        // more vCPUs than CPUs would only wait for each other, whatever the ratio allows
        if (s.guest().vcpus() > cpus.size()
                || load + s.guest().vcpus() > cpus.size() * s.limits().cpuAllocationRatio()) {
            return Optional.of(Reasons.cpusFull(s, nodes, cpus, load));
        }
        return Optional.empty();
    }

    private static long freeKiB(Situation s, Node node) {
        long own = s.guest().running() == null
                ? 0
                : s.guest().running().residentKiB().getOrDefault(node.id(), 0L);
        if (s.guest().hugePageKiB() != 0) {
            return pagesKiB(s, node, true) + own;
        }
        long claimed = s.others().claimedKiB().getOrDefault(node.id(), 0L);
        return Math.max(0, node.freeKiB() - s.limits().reservedKiB() - claimed) + own;
    }

    private static long pagesKiB(Situation s, Node node, boolean free) {
        return node.hugePages().stream()
                .filter(p -> p.sizeKiB() == s.guest().hugePageKiB())
                .mapToLong((HugePages p) -> (free ? p.free() : p.total()) * p.sizeKiB())
                .sum();
    }

    /** Whether the guest would fit those nodes if it had them for itself: then it is others that are in the way. */
    static boolean wouldFitEmpty(Situation s, IdSet nodes) {
        int cpus = s.cpusOf(nodes).size();
        long memory = in(s, nodes)
                .mapToLong(n -> s.guest().hugePageKiB() != 0
                        ? pagesKiB(s, n, false)
                        : Math.max(0, n.memoryKiB() - s.limits().reservedKiB()))
                .sum();
        int vcpus = s.guest().vcpus();
        return vcpus <= cpus
                && vcpus <= cpus * s.limits().cpuAllocationRatio()
                && s.guest().memoryKiB() <= memory;
    }

    /** Whether any so many nodes could hold the guest at best: if not, their sets need not be tried. */
    static boolean maySuffice(Situation s, int size) {
        int vcpus = s.guest().vcpus();
        return most(size, s.usableNodes().stream().mapToDouble(n -> cpus(s, n))) >= vcpus
                && most(
                                size,
                                s.usableNodes().stream()
                                        .mapToDouble(
                                                n -> cpus(s, n) * s.limits().cpuAllocationRatio()
                                                        - s.others().vcpuLoad().getOrDefault(n, 0.0)))
                        >= vcpus
                && most(size, s.topology().nodes().stream().mapToDouble(n -> freeKiB(s, n)))
                        >= s.guest().memoryKiB();
    }

    private static double most(int size, DoubleStream values) {
        return values.map(v -> -Math.max(0, v)).sorted().limit(size).sum() * -1;
    }

    private static int cpus(Situation s, int node) {
        return s.cpusOf(IdSet.of(node)).size();
    }

    private static Stream<Node> in(Situation s, IdSet nodes) {
        return s.topology().nodes().stream().filter(n -> nodes.contains(n.id()));
    }

    boolean fits() {
        return shortage == null;
    }

    /** vCPUs of other domains a CPU. */
    double loadPerCpu() {
        return cpus.isEmpty() ? 0 : load / cpus.size();
    }
}
