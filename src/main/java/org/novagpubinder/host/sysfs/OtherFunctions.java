package org.novagpubinder.host.sysfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;

/**
 * What is known of the PCI functions that are no GPUs: a host has hundreds, each binding wants to know their nodes, and these do
 * not change. sysfs gives a function that is put in again a directory of its own; what an operator writes into numa_node
 * is seen within a minute. GPUs are read anew each time.
 */
final class OtherFunctions {
    private static final Duration KEPT = Duration.ofMinutes(1);

    /** A node's CPUs tell the node of a function of which sysfs says only what CPUs are near. */
    private record Cpus(int node, IdSet online, IdSet present) {}

    private record Basis(List<Cpus> cpus, long since) {}

    /**
     * A function that is no GPU.
     *
     * @param directory its directory's identity
     * @param node empty if it is not known
     */
    record Known(Object directory, Optional<Integer> node) {}

    private final LongSupplier nanoTime;
    private final Map<Path, Known> known = new ConcurrentHashMap<>();
    private volatile @Nullable Basis basis;

    OtherFunctions(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The host is looked at: what was known with other CPUs or too long ago is not known any more. */
    void look(List<Node> nodes) {
        List<Cpus> now = nodes.stream()
                .map(n -> new Cpus(n.id(), n.cpus(), n.presentCpus()))
                .toList();
        Basis before = basis;
        if (before == null || !before.cpus.equals(now) || nanoTime.getAsLong() - before.since > KEPT.toNanos()) {
            known.clear();
            basis = new Basis(now, nanoTime.getAsLong());
        }
    }

    /** What is known of it; null if it is a GPU, or has to be read. */
    @Nullable
    Known of(Path function) {
        Known k = known.get(function);
        return k != null && k.directory.equals(directory(function)) ? k : null;
    }

    /** It was read, and is no GPU. */
    void is(Path function, Optional<Integer> node) {
        Object directory = directory(function);
        if (directory != null) {
            known.put(function, new Known(directory, node));
        }
    }

    private static @Nullable Object directory(Path function) {
        try {
            return Files.readAttributes(function, BasicFileAttributes.class).fileKey();
        } catch (IOException gone) {
            return null;
        }
    }
}
