package org.novagpubinder.check.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.Quantity;

/** Whether the CPUs that nova.conf gives to guests are there, and some of them beside the GPUs. */
public record CpuSetsCheck(ConfigReport report, HostProbe look) implements Check {
    @Override
    public List<CheckResult> run() {
        Optional<HostTopology> found = look.readable();
        IdSet allowed = report.config().cpus();
        if (found.isEmpty()) {
            return List.of();
        }
        if (allowed == null) {
            if (report.cpusWrong()) {
                return CheckResult.unknown(
                        "not known which CPUs Nova gives to guests: its configuration is wrong there");
            }
            return report.nova().seen()
                    ? all(found.get())
                    : CheckResult.unknown("not known which CPUs Nova gives to guests: nothing of nova.conf was read");
        }
        if (allowed.isEmpty()) {
            return CheckResult.ok("only pinned guests, which Nova places (cpu_dedicated_set alone is set)");
        }
        HostTopology host = found.get();
        List<CheckResult> results = new ArrayList<>();
        String given = "nova.conf gives guests the CPUs " + allowed;
        IdSet absent = allowed.minus(presentCpus(host, host.nodeIds()));
        if (!absent.isEmpty()) {
            results.addAll(CheckResult.warning(
                    given + ", but this host has no " + absent,
                    "correct cpu_shared_set in [compute] of nova.conf (or vcpu_pin_set), then restart nova-compute; there"
                            + " are "
                            + presentCpus(host, host.nodeIds())));
        }
        IdSet off = allowed.minus(absent).minus(host.onlineCpus());
        if (!off.isEmpty()) {
            results.addAll(CheckResult.warning(
                    given + ", but " + off + " are switched off",
                    "take them out of cpu_shared_set in [compute] of nova.conf (or vcpu_pin_set), if they are off on purpose"
                            + " (SMT switched off, for instance); Nova's cpu_power_management switches on only those of"
                            + " cpu_dedicated_set. If they are off by mistake:\nchcpu -e " + off));
        }
        IdSet withheld = allowed.intersect(host.onlineCpus()).minus(host.cgroupCpus());
        if (!withheld.isEmpty()) {
            results.addAll(CheckResult.warning(
                    given + ", but their cgroup (machine.slice) has no " + withheld,
                    "libvirt starts no guest that Nova pins there. See who has taken them away, on purpose or not:\n"
                            + "systemctl show machine.slice -p AllowedCPUs -p DropInPaths"));
        }
        results.addAll(withoutMemory(host, host.nodesOf(allowed), given));
        IdSet closed = besideGpus(host).minus(host.nodesOf(allowed));
        // nova-compute does not start with a CPU in both sets, nor if a pinned guest's is taken away
        IdSet pinned = host.nodesOf(report.nova().dedicatedCpus()).intersect(closed);
        IdSet ungiven = closed.minus(pinned);
        if (!ungiven.isEmpty()) {
            results.addAll(CheckResult.warning(
                    given + ": none of " + withGpus(ungiven),
                    "give guests CPUs of "
                            + (ungiven.size() == 1 ? "that node" : "those nodes")
                            + " too, by cpu_shared_set in [compute] of nova.conf (or vcpu_pin_set), then restart nova-compute; "
                            + (ungiven.size() == 1 ? "that node has " : "those nodes have ")
                            + presentCpus(host, ungiven)));
        }
        if (!results.isEmpty()) {
            return results;
        }
        return CheckResult.ok("guests may use the CPUs " + allowed
                + (pinned.isEmpty() ? "" : "; of " + withGpus(pinned) + ", only pinned ones may (cpu_dedicated_set)"));
    }

    private static List<CheckResult> withoutMemory(HostTopology host, IdSet nodes, String given) {
        IdSet withheld = host.withheld().intersect(nodes);
        return withheld.isEmpty()
                ? List.of()
                : CheckResult.warning(
                        given + ", but their cgroup (machine.slice) has no memory of " + Quantity.nodes(withheld),
                        "no guest is bound there. See who has taken it away, on purpose or not:\n"
                                + "systemctl show machine.slice -p AllowedMemoryNodes -p DropInPaths");
    }

    /** Where Nova names none, guests get those that the kernel balances over. */
    private static List<CheckResult> all(HostTopology host) {
        IdSet cpus = host.cgroupCpus();
        IdSet isolated = host.isolatedCpus().intersect(cpus);
        boolean allOn = host.onlineCpus().equals(presentCpus(host, host.nodeIds()));
        boolean free = cpus.equals(host.onlineCpus());
        String given = "guests may use "
                + (free ? "all CPUs" : "the CPUs " + cpus + ", which their cgroup (machine.slice) has")
                + (allOn || !free ? "" : " that are on")
                + (isolated.isEmpty() ? "" : " but " + isolated + ", which are isolated");
        IdSet usable = host.floatingCpus(null);
        IdSet besideGpus = besideGpus(host);
        List<CheckResult> results = new ArrayList<>(withoutMemory(host, besideGpus, given));
        List<Node> closed = host.nodes().stream()
                .filter(n -> besideGpus.contains(n.id()) && !n.cpus().intersects(usable))
                .toList();
        if (closed.isEmpty()) {
            return results.isEmpty() ? CheckResult.ok(given) : results;
        }
        IdSet off = closed.stream()
                .filter(n -> n.cpus().isEmpty())
                .map(Node::presentCpus)
                .reduce(IdSet.empty(), IdSet::union);
        results.addAll(CheckResult.warning(
                given + ": none of " + withGpus(IdSet.of(closed.stream().mapToInt(Node::id))),
                off.isEmpty()
                        ? "for pinned guests: name them in cpu_dedicated_set, and the others in cpu_shared_set, of [compute]"
                                + " in nova.conf, while the host has no guests. For all guests: take them out of isolcpus"
                                + " on the kernel's command line, or add them to what machine.slice may use"
                        : "if they are off by mistake:\nchcpu -e " + off));
        return results;
    }

    /** The nodes that have both GPUs and CPUs. */
    private static IdSet besideGpus(HostTopology host) {
        return IdSet.of(HostProbe.gpus(host).stream()
                .flatMap(g -> g.node().stream())
                .filter(n -> host.node(n).filter(Node::hasCpus).isPresent())
                .mapToInt(Integer::intValue));
    }

    private static String withGpus(IdSet nodes) {
        return Quantity.nodes(nodes) + (nodes.size() == 1 ? ", which has GPUs" : ", which have GPUs");
    }

    private static IdSet presentCpus(HostTopology host, IdSet nodes) {
        return host.nodes().stream()
                .filter(n -> nodes.contains(n.id()))
                .map(Node::presentCpus)
                .reduce(IdSet.empty(), IdSet::union);
    }
}
