package org.novagpubinder.testing;

import java.util.Map;
import java.util.TreeMap;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryPlacement;

/**
 * Where the kernel puts a guest's memory: where the domain says, else beside the vCPUs that touch it if they are pinned, else
 * on node 0.
 */
final class FirstTouch {
    /** What QEMU itself takes before its guest does anything. */
    private static final long QEMU_KIB = 6_400;

    private final Map<Integer, IdSet> nodes;

    /** @param nodes the host's CPUs by node */
    FirstTouch(Map<Integer, IdSet> nodes) {
        this.nodes = nodes;
    }

    /** All of a guest's memory, KiB by node. */
    Map<Integer, Long> all(DomainDefinition d) {
        Map<Integer, Long> resident = new TreeMap<>();
        if (d.tuning().memnodes().isEmpty()) {
            resident.put(node(d), d.memoryKiB());
        } else {
            d.cells()
                    .forEach(cell -> resident.merge(
                            d.tuning().memnodes().get(cell.id()).nodeset().first(), cell.memoryKiB(), Long::sum));
        }
        return resident;
    }

    /** Before the guest touches its memory, KiB by node. */
    Map<Integer, Long> ofQemu(DomainDefinition d) {
        return Map.of(node(d), QEMU_KIB);
    }

    private int node(DomainDefinition d) {
        MemoryPlacement memory = d.tuning().memory();
        IdSet cpus = d.tuning().pins().vcpus().values().stream().reduce(IdSet.empty(), IdSet::union);
        return memory != null
                ? memory.nodeset().first()
                : nodes.entrySet().stream()
                        .filter(n -> !cpus.isEmpty() && cpus.minus(n.getValue()).isEmpty())
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse(0);
    }
}
