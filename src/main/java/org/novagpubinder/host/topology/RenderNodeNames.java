package org.novagpubinder.host.topology;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What else a host calls its render nodes.
 *
 * @param gpus the GPU by every path without links that leads to it, and by udev's in /dev/dri/by-path: also of the render nodes
 *     of a GPU's partitions, which are devices of their own
 * @param elsewhere paths of render nodes that belong to no PCI GPU as far as the kernel tells: of unknown node
 * @param software paths of render nodes that draw with the CPU: they are there, and are no GPU's
 * @param links where the links of /dev lead that have a render node, or one below a directory, at their end: udev's, and those
 *     that the operator has made
 */
public record RenderNodeNames(
        Map<String, PciAddress> gpus, Set<String> elsewhere, Set<String> software, Map<String, String> links) {
    /** A host where nothing has a second name. */
    static final RenderNodeNames NONE = new RenderNodeNames(Map.of(), Set.of(), Set.of(), Map.of());

    /** As Linux' MAXSYMLINKS: what follows more links than that is a loop. */
    private static final int MOST_LINKS = 40;

    public RenderNodeNames {
        gpus = Map.copyOf(gpus);
        elsewhere = Set.copyOf(elsewhere);
        software = Set.copyOf(software);
        links = Map.copyOf(links);
    }

    /** The GPU that the path leads to. */
    Optional<PciAddress> gpu(String path) {
        return Optional.ofNullable(gpus.get(resolved(path, links)));
    }

    /** Whether it is a render node of this host, but of none of its PCI GPUs. */
    public boolean isElsewhere(String path) {
        return elsewhere.contains(resolved(path, links));
    }

    /** Whether it is a render node of this host, but of none of its PCI GPUs, one that draws with the CPU included. */
    boolean isNoGpus(String path) {
        return isElsewhere(path) || software.contains(resolved(path, links));
    }

    /** The path without links and dots, part by part as the kernel goes along it; as it stands if it leads nowhere. */
    public static String resolved(String path, Map<String, String> links) {
        Deque<String> rest = new ArrayDeque<>(Arrays.asList(path.split("/", -1)));
        String at = "";
        for (int followed = 0; !rest.isEmpty(); ) {
            String part = rest.pop();
            if (part.equals("..")) {
                at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
            } else if (!part.isEmpty() && !part.equals(".")) {
                String next = at + "/" + part;
                String target = links.get(next);
                if (target == null) {
                    at = next;
                } else if (++followed > MOST_LINKS) {
                    return path;
                } else {
                    at = target.startsWith("/") ? "" : at;
                    String[] parts = target.split("/", -1);
                    for (int i = parts.length - 1; i >= 0; i--) {
                        rest.push(parts[i]);
                    }
                }
            }
        }
        return path.startsWith("/") ? at : path;
    }
}
