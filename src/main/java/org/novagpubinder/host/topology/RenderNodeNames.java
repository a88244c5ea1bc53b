package org.novagpubinder.host.topology;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What else a host calls its render nodes.
 *
 * @param gpus the GPU by every path that leads to it: udev's links in /dev/dri/by-path, links that the operator has made, and
 *     the render nodes of a GPU's partitions, which are devices of their own
 * @param elsewhere paths of render nodes that belong to no PCI GPU as far as the kernel tells: of unknown node
 */
public record RenderNodeNames(Map<String, PciAddress> gpus, Set<String> elsewhere) {
    /** A host where nothing has a second name. */
    public static final RenderNodeNames NONE = new RenderNodeNames(Map.of(), Set.of());

    public RenderNodeNames {
        gpus = Map.copyOf(gpus);
        elsewhere = Set.copyOf(elsewhere);
    }

    /** The GPU that the path leads to. */
    Optional<PciAddress> gpu(String path) {
        return Optional.ofNullable(gpus.get(normalized(path)));
    }

    /** Whether it is a render node of this host, but of none of its PCI GPUs. */
    public boolean isElsewhere(String path) {
        return elsewhere.contains(normalized(path));
    }

    private static String normalized(String path) {
        try {
            return Path.of(path).normalize().toString();
        } catch (InvalidPathException notOne) {
            return path;
        }
    }
}
