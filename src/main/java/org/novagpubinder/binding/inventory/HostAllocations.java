package org.novagpubinder.binding.inventory;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.Allocation;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Plan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who holds what on the host: the running domains, and those that are being bound. A domain that is shut off holds nothing.
 * The XML of a domain is read again only after something happened to it: with hundreds of guests, reading all of them for
 * each plan would be most of the time.
 */
@Singleton
public final class HostAllocations {
    private static final Logger LOG = LoggerFactory.getLogger(HostAllocations.class);

    /**
     * A running domain as it was read.
     *
     * @param holding what it holds
     * @param functions its GPUs' PCI functions
     */
    private record Known(Allocation holding, Set<PciAddress> functions) {}

    private final Libvirt libvirt;
    private final DomainXml xml;
    private final QemuProcesses processes;
    private final GuestFactory guests;
    private final Reservations reservations;

    /** A change puts a new, empty slot in: what somebody is reading in that moment ends in one that nobody looks at. */
    private final Map<UUID, AtomicReference<@Nullable Known>> slots = new ConcurrentHashMap<>();

    @Inject
    HostAllocations(Libvirt libvirt, DomainXml xml, QemuProcesses processes, GuestFactory guests, InstantSource time) {
        this.libvirt = libvirt;
        this.xml = xml;
        this.processes = processes;
        this.guests = guests;
        this.reservations = new Reservations(time);
    }

    /** Something happened to the domain: what it holds is read again. */
    public void changed(UUID uuid) {
        slots.remove(uuid);
    }

    /** Everything is read again. */
    public void forgetAll() {
        slots.clear();
    }

    /** From now on the guest counts as being where the plan puts it, until {@link #settled}. */
    public void reserve(Plan plan, Guest guest, HostTopology topology) {
        if (!plan.changes()) {
            return;
        }
        Allocation planned = Allocation.of(topology, guest, plan);
        Guest.Running running = guest.running();
        IdSet nodes = planned.claims().stream().map(Allocation.Claim::nodes).reduce(IdSet.empty(), IdSet::union);
        long there = running == null
                ? 0
                : running.residentKiB().entrySet().stream()
                        .filter(e -> nodes.contains(e.getKey()))
                        .mapToLong(Map.Entry::getValue)
                        .sum();
        reservations.reserve(plan.uuid(), planned.touched(there));
    }

    /** The plan was carried out or given up: from now on the domain itself tells. */
    public void settled(UUID uuid) {
        // in this order: whoever looks from now on finds the slot empty
        slots.remove(uuid);
        reservations.settle(uuid);
    }

    /** The GPU functions that running guests use: one among them is no BMC's VGA. */
    Set<PciAddress> assigned() {
        Set<PciAddress> all = new HashSet<>();
        for (AtomicReference<@Nullable Known> slot : slots.values()) {
            Known known = slot.get();
            if (known != null) {
                all.addAll(known.functions());
            }
        }
        return all;
    }

    /**
     * The running domains as they were looked at.
     *
     * @param holdings what each may still take, by domain
     * @param mark which plans these do not show yet
     */
    public record View(Map<UUID, Allocation> holdings, long mark) {
        /** Nobody has looked. */
        public static final View NOBODY = new View(Map.of(), 0);
    }

    /** Asks libvirt for what is not known yet. May take long: one domain's lock may be held for a minute. */
    public View look(HostTopology topology) throws LibvirtFailure {
        long mark = reservations.mark();
        List<DomainSummary> domains = libvirt.list();
        slots.keySet().retainAll(domains.stream().map(DomainSummary::uuid).toList());
        Map<UUID, Allocation> all = new HashMap<>();
        for (DomainSummary d : domains) {
            Known known = d.active() ? known(d, topology) : null;
            if (known != null) {
                all.put(d.uuid(), known.holding());
            }
        }
        if (all.values().stream().anyMatch(h -> !h.claims().isEmpty())) {
            Map<UUID, Long> resident = processes.residentKiB(domains.stream()
                    .filter(d -> all.containsKey(d.uuid()))
                    .collect(Collectors.toMap(DomainSummary::uuid, DomainSummary::name, (a, b) -> a)));
            all.replaceAll((uuid, h) -> h.touched(resident.getOrDefault(uuid, 0L)));
        }
        return new View(all, mark);
    }

    /** What all domains but one hold, plans under way included. Asks nobody. */
    public Occupancy without(UUID guest, View view, HostTopology topology) {
        Map<UUID, Allocation> all = new HashMap<>(view.holdings());
        all.putAll(reservations.since(view.mark()));
        all.remove(guest);
        return Occupancy.of(topology, all.values());
    }

    private @Nullable Known known(DomainSummary d, HostTopology topology) throws LibvirtFailure {
        AtomicReference<@Nullable Known> slot = slots.computeIfAbsent(d.uuid(), u -> new AtomicReference<>());
        Known known = slot.get();
        if (known != null) {
            return known;
        }
        try {
            Guest guest = guests.guest(xml.read(libvirt.liveXml(d.uuid())), topology);
            Set<PciAddress> functions = new HashSet<>();
            guest.gpus().forEach(g -> g.gpu().ifPresent(functions::add));
            Known read = new Known(Allocation.of(topology, guest), Set.copyOf(functions));
            slot.set(read);
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
}
