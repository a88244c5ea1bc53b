package org.novagpubinder.placement.random;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.placement.model.Guest;

/** What a guest with pages of one size takes of its host when it starts: memory that is resident is no longer free. */
final class Started {
    private final RandomCase c;
    private final Terms terms;
    private final Map<Integer, Map<Long, Long>> touched = new HashMap<>();

    Started(RandomCase c) {
        this.c = c;
        this.terms = c.terms();
    }

    /** So much memory of pages of that size comes to the nodes, where there is room for it. */
    void touch(IdSet nodes, long pageKiB, long kib) {
        long left = kib;
        for (int n : nodes.ids()) {
            Map<Long, Long> here = touched.computeIfAbsent(n, x -> new HashMap<>());
            boolean last = n == nodes.ids().get(nodes.size() - 1);
            long room = Math.max(0, terms.free(n, pageKiB) - here.getOrDefault(pageKiB, 0L));
            long part = last ? left : Math.min(left, room);
            here.merge(pageKiB, part, Long::sum);
            left -= part;
        }
    }

    Map<Integer, Long> residentKiB() {
        Map<Integer, Long> resident = new HashMap<>();
        touched.forEach((n, bySize) ->
                resident.put(n, bySize.values().stream().mapToLong(k -> k).sum()));
        return resident;
    }

    /** The host with that much less free, and what the guest had before the start free again. */
    HostTopology host() {
        List<Node> nodes = c.host().nodes().stream()
                .map(n -> With.with(
                        With.with(n, "freeKiB", Math.max(0, n.freeKiB() + more(n.id(), 0))),
                        "hugePages",
                        n.hugePages().stream()
                                .map(p -> With.with(
                                        p, "free", Math.max(0, p.free() + more(n.id(), p.sizeKiB()) / p.sizeKiB())))
                                .toList()))
                .toList();
        return With.with(c.host(), "nodes", nodes);
    }

    private long more(int node, long pageKiB) {
        Guest.Running running = c.guest().running();
        boolean had = running != null && terms.memory().containsKey(pageKiB);
        return (had ? running.residentKiB().getOrDefault(node, 0L) : 0)
                - touched.getOrDefault(node, Map.of()).getOrDefault(pageKiB, 0L);
    }
}
