package org.novagpubinder.binding;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.novagpubinder.domain.DomainDefinition;
import org.novagpubinder.domain.DomainSummary;
import org.novagpubinder.domain.DomainXml;
import org.novagpubinder.domain.InvalidDomainXml;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.host.Gpu;
import org.novagpubinder.host.HostTopology;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.host.PciAddress;
import org.novagpubinder.host.QemuProcesses;
import org.novagpubinder.placement.Occupancy;
import org.novagpubinder.placement.Plan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who holds what on the host. The XML of a domain is read again only after something happened to it: with hundreds of
 * guests, reading all of them for each plan would be most of the time.
 */
@Singleton
final class Census {
    private static final Logger LOG = LoggerFactory.getLogger(Census.class);

    /**
     * What one domain holds.
     *
     * @param gpus functions passed through or open
     * @param vcpus how many it has
     * @param cpus where they may run; empty for anywhere
     * @param memoryKiB the most memory it can have, KiB
     * @param nodes the nodes that its memory is bound or planned to; empty if unbound
     * @param bound whether it has a nodeset or a plan: only then it has a claim
     */
    record Holding(Set<PciAddress> gpus, int vcpus, IdSet cpus, long memoryKiB, IdSet nodes, boolean bound) {}

    private final Libvirt libvirt;
    private final DomainXml xml;
    private final QemuProcesses processes;
    private final Map<UUID, Holding> holdings = new ConcurrentHashMap<>();
    private final Map<UUID, Holding> reserved = new ConcurrentHashMap<>();

    @Inject
    Census(Libvirt libvirt, DomainXml xml, QemuProcesses processes) {
        this.libvirt = libvirt;
        this.xml = xml;
        this.processes = processes;
    }

    /** Something happened to the domain: what it holds is read again. */
    void changed(UUID uuid) {
        holdings.remove(uuid);
    }

    /** Everything is read again. */
    void forgetAll() {
        holdings.clear();
    }

    /** From now on the guest counts as being where the plan puts it, until {@link #settled}. */
    void reserve(Plan plan, DomainDefinition d, HostTopology topology) {
        if (!plan.changes()) {
            return;
        }
        Set<PciAddress> gpus = new HashSet<>();
        GuestFactory.gpus(d, topology, new ArrayList<>()).forEach(g -> g.gpu().ifPresent(gpus::add));
        if (plan.target().renderNode() != null) {
            topology.gpuOfRenderNode(plan.target().renderNode())
                    .map(Gpu::address)
                    .ifPresent(gpus::add);
        }
        reserved.put(
                plan.uuid(),
                new Holding(gpus, d.currentVcpus(), topology.cpusOf(plan.nodes()), d.memoryKiB(), plan.nodes(), true));
    }

    /** The plan was carried out or given up: from now on the domain itself tells. */
    void settled(UUID uuid) {
        reserved.remove(uuid);
        holdings.remove(uuid);
    }

    /** The functions that guests use, defined ones included: a GPU among them is no BMC's VGA. */
    Set<PciAddress> assigned() {
        Set<PciAddress> all = new HashSet<>();
        holdings.values().forEach(h -> all.addAll(h.gpus()));
        return all;
    }

    /**
     * The running domains as they were looked at.
     *
     * @param holdings what each holds
     * @param residentKiB memory that each has touched, KiB
     */
    record View(Map<UUID, Holding> holdings, Map<UUID, Long> residentKiB) {}

    /** Asks libvirt for what is not known yet. May take long: one domain's lock may be held for a minute. */
    View look(HostTopology topology) throws LibvirtFailure {
        List<DomainSummary> domains = libvirt.list();
        holdings.keySet().retainAll(domains.stream().map(DomainSummary::uuid).toList());
        Map<UUID, Holding> all = new HashMap<>();
        for (DomainSummary d : domains) {
            Holding h = d.active() ? holding(d, topology) : null;
            if (h != null) {
                all.put(d.uuid(), h);
            }
        }
        boolean claims = all.values().stream().anyMatch(Holding::bound);
        return new View(all, claims ? processes.residentKiB() : Map.of());
    }

    /** What all domains but one hold, plans under way included. Asks nobody. */
    Occupancy without(UUID guest, View view, HostTopology topology) {
        Map<UUID, Holding> all = new HashMap<>(view.holdings());
        all.putAll(reserved);
        all.remove(guest);
        return sum(all, view.residentKiB(), topology);
    }

    private Holding holding(DomainSummary d, HostTopology topology) throws LibvirtFailure {
        Holding known = holdings.get(d.uuid());
        if (known != null) {
            return known;
        }
        try {
            Holding read = read(xml.read(libvirt.liveXml(d.uuid())), topology);
            holdings.put(d.uuid(), read);
            return read;
        } catch (LibvirtFailure e) {
            if (e.kind() == LibvirtFailure.Kind.NO_DOMAIN) {
                return null;
            }
            if (e.kind() == LibvirtFailure.Kind.CONNECTION) {
                throw e;
            }
            LOG.warn("domain {}: not counted as a user of GPUs and CPUs: {}", d.name(), e.getMessage());
            return null;
        } catch (InvalidDomainXml e) {
            LOG.warn("domain {}: not counted as a user of GPUs and CPUs: {}", d.name(), e.getMessage());
            return null;
        }
    }

    private static Holding read(DomainDefinition d, HostTopology topology) {
        Set<PciAddress> gpus = new HashSet<>();
        GuestFactory.gpus(d, topology, new ArrayList<>()).forEach(g -> g.gpu().ifPresent(gpus::add));
        IdSet cpus = d.tuning().vcpuPins().values().stream().reduce(IdSet.empty(), IdSet::union);
        if (cpus.isEmpty() && d.vcpuCpuset() != null) {
            cpus = d.vcpuCpuset();
        }
        boolean bound = d.tuning().memory() != null || !d.tuning().vcpuPins().isEmpty();
        IdSet nodes =
                d.tuning().memory() != null && !d.tuning().memory().nodeset().isEmpty()
                        ? d.tuning().memory().nodeset()
                        : topology.nodesOf(cpus);
        return new Holding(gpus, d.currentVcpus(), cpus, d.memoryKiB(), nodes, bound);
    }

    private static Occupancy sum(Map<UUID, Holding> all, Map<UUID, Long> resident, HostTopology topology) {
        Map<PciAddress, Integer> users = new HashMap<>();
        Map<Integer, Double> load = new HashMap<>();
        Map<Integer, Long> claimed = new HashMap<>();
        all.forEach((uuid, h) -> {
            Set<PciAddress> physical = new HashSet<>();
            h.gpus()
                    .forEach(
                            a -> physical.add(topology.gpu(a).map(Gpu::physical).orElse(a)));
            physical.forEach(a -> users.merge(a, 1, Integer::sum));
            IdSet cpuNodes = h.cpus().isEmpty() ? topology.nodesOf(topology.onlineCpus()) : topology.nodesOf(h.cpus());
            cpuNodes.stream().forEach(n -> load.merge(n, (double) h.vcpus() / cpuNodes.size(), Double::sum));
            if (h.bound() && !h.nodes().isEmpty()) {
                long untouched = Math.max(0, h.memoryKiB() - resident.getOrDefault(uuid, 0L));
                h.nodes().stream()
                        .forEach(n -> claimed.merge(n, untouched / h.nodes().size(), Long::sum));
            }
        });
        return new Occupancy(users, load, claimed, Map.of());
    }
}
