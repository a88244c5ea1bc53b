package org.novagpubinder.host.sysfs;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.files.Dir;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;

/**
 * To what guests can be pinned now. The directories are found once, since that takes longer than to read their files.
 *
 * @param cpu the kernel's directory of CPUs; empty if the tree has none
 * @param groups the cgroups in which libvirt makes those of guests of one partition, by the kernel's second version of cgroups
 *     and its first; none before the first guest's start
 */
public record GuestLimits(Optional<Dir> cpu, List<Dir> groups) {

    /** The CPUs that are online; empty if the tree does not tell it. */
    public IdSet onlineCpus() {
        return cpu.flatMap(d -> d.list("online")).orElse(IdSet.empty());
    }

    /** The CPUs that the guests' cgroup has; empty if there is none yet, or it does not tell. */
    public IdSet cpus() {
        return ofGroups("cpuset.cpus.effective", "cpuset.effective_cpus");
    }

    /** The same of nodes whose memory guests may have. */
    public IdSet nodes() {
        return ofGroups("cpuset.mems.effective", "cpuset.effective_mems");
    }

    /**
     * What a guest of these groups may have of some nodes.
     *
     * @param cpus those that the groups have; null if they do not tell any
     * @param withheld the nodes with CPUs that the groups have, but not with their memory. A node without memory is in no list of
     *     memory; its guests get theirs elsewhere
     */
    record Allowed(@Nullable IdSet cpus, IdSet withheld) {}

    Allowed allowed(List<Node> nodes) {
        IdSet cpus = cpus();
        if (cpus.isEmpty()) {
            return new Allowed(null, IdSet.empty());
        }
        IdSet memory = nodes();
        IdSet withheld = IdSet.of(nodes.stream()
                .filter(n -> !memory.isEmpty() && n.memoryKiB() > 0 && !memory.contains(n.id()))
                .filter(n -> n.presentCpus().intersects(cpus))
                .mapToInt(Node::id));
        return new Allowed(cpus, withheld);
    }

    /** Where there are several groups, what all of them have. */
    private IdSet ofGroups(String file, String formerFile) {
        return groups.stream()
                .flatMap(group -> group.list(file).or(() -> group.list(formerFile)).stream())
                .reduce(IdSet::intersect)
                .orElse(IdSet.empty());
    }
}
