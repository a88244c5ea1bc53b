package org.novagpubinder.binding.inventory;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainName;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.Allocation;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Plan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Who holds what on the host: the running domains, and those that are being bound. A domain that is shut off holds nothing.
 * The XML of a domain is read again only after something happened to it: with hundreds of guests, reading all of them for
 * each plan would be most of the time.
 */
@Singleton
public final class HostAllocations {
    private static final Logger LOG = LoggerFactory.getLogger(HostAllocations.class);

    /** A plan waits for it. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** One lane to libvirt is left to others. */
    private static final int AT_A_TIME = 2;

    /**
     * A running domain as it was read.
     *
     * @param functions its GPUs' PCI functions
     */
    private record Known(Allocation holding, Set<PciAddress> functions) {}

    private final Libvirt libvirt;
    private final DomainXml xml;
    private final ResidentMemory resident;
    private final GuestFactory guests;
    private final Reservations reservations;

    /** A change puts a new, empty slot in: what somebody is reading in that moment ends in one that nobody looks at. */
    private final Map<UUID, AtomicReference<@Nullable Known>> slots = new ConcurrentHashMap<>();

    /** What was known before it was to be read again. */
    private final Map<UUID, Known> former = new ConcurrentHashMap<>();

    /** Why those cannot be read that were not read since: each is told once, and not of each plan. */
    private final Map<UUID, String> unread = new ConcurrentHashMap<>();

    private final DomainReads<Known> reads = new DomainReads<>("allocations", AT_A_TIME, PATIENCE);

    @Inject
    HostAllocations(Libvirt libvirt, DomainXml xml, QemuProcesses processes, GuestFactory guests, InstantSource time) {
        this.libvirt = libvirt;
        this.xml = xml;
        this.resident = new ResidentMemory(processes);
        this.guests = guests;
        this.reservations = new Reservations(time);
    }

    /** Something happened to the domain: what it holds is read again. */
    public void changed(UUID uuid) {
        AtomicReference<@Nullable Known> slot = slots.remove(uuid);
        Known known = slot == null ? null : slot.get();
        if (known != null) {
            former.put(uuid, known);
        }
    }

    /** Everything is read again. */
    public void forgetAll() {
        List.copyOf(slots.keySet()).forEach(this::changed);
    }

    /** From now on the guest counts as being where the plan puts it, until {@link #settled}. */
    void reserve(Plan plan, Guest guest, HostTopology topology) {
        if (!plan.changes()) {
            return;
        }
        Allocation planned = Allocation.of(topology, guest, plan);
        Guest.Running running = guest.running();
        IdSet nodes = planned.claims().stream().map(Allocation.Claim::nodes).reduce(IdSet.empty(), IdSet::union);
        long there = running == null ? 0 : GuestMemory.on(running.residentKiB(), nodes);
        if (running == null) {
            // what it held before its stop tells nothing of its start
            slots.remove(plan.uuid());
            former.remove(plan.uuid());
        }
        reservations.reserve(plan.uuid(), planned.touched(there), planned, running == null);
    }

    /** The guest has gone off, and {@link #changed}: by a plan that restarts it, it takes all its memory anew. */
    public void stopped(UUID uuid) {
        if (reservations.stopped(uuid)) {
            // while libvirt is busy with its start the plan counts, not what it held before
            former.remove(uuid);
        }
    }

    /** The plan was carried out or given up: from now on the domain itself tells. */
    public void settled(UUID uuid) {
        // in this order: whoever looks from now on finds the slot empty
        changed(uuid);
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
        public static final View NOBODY = new View(Map.of(), 0);
    }

    /** All of them, as {@link #others}. */
    public View look(HostTopology topology) throws LibvirtFailure {
        return others(null, topology);
    }

    /**
     * Asks libvirt for what is not known yet. May take long: one domain's lock may be held for a minute.
     *
     * @param guest the domain that is left out; null for none
     */
    public View others(@Nullable UUID guest, HostTopology topology) throws LibvirtFailure {
        long mark = reservations.mark();
        List<DomainName> domains = libvirt.running();
        Map<UUID, DomainName> active =
                domains.stream().collect(Collectors.toMap(DomainName::uuid, d -> d, (a, b) -> a, LinkedHashMap::new));
        slots.keySet().retainAll(active.keySet());
        former.keySet().retainAll(active.keySet());
        unread.keySet().retainAll(active.keySet());
        active.keySet().removeIf(uuid -> uuid.equals(guest));
        Map<UUID, Allocation> all = new HashMap<>();
        Set<UUID> unknown = new LinkedHashSet<>();
        for (UUID uuid : active.keySet()) {
            Known known =
                    slots.computeIfAbsent(uuid, u -> new AtomicReference<>()).get();
            if (known != null) {
                all.put(uuid, known.holding());
            } else {
                unknown.add(uuid);
            }
        }
        Map<UUID, DomainReads.Answer<Known>> answers = new HashMap<>(reads.all(unknown, uuid -> read(uuid, topology)));
        // a read that somebody else had begun may be older than a change that this plan must see
        Set<UUID> old =
                answers.keySet().stream().filter(this::readBeforeAChange).collect(Collectors.toSet());
        answers.putAll(reads.all(old, uuid -> read(uuid, topology)));
        for (Map.Entry<UUID, DomainReads.Answer<Known>> e : answers.entrySet()) {
            Known known = known(Objects.requireNonNull(active.get(e.getKey())), e.getValue());
            if (known != null) {
                all.put(e.getKey(), known.holding());
            }
        }
        Map<UUID, Long> touched = resident.kib(domains, uuid -> {
            Allocation holding = all.get(uuid);
            return holding != null && !holding.claims().isEmpty();
        });
        touched.forEach((uuid, kib) -> all.computeIfPresent(uuid, (u, holding) -> holding.touched(kib)));
        return new View(all, mark);
    }

    /**
     * What the domains hold, plans under way included. Asks nobody.
     *
     * @param guest the domain that is left out; null for none
     */
    public Occupancy without(@Nullable UUID guest, View view, HostTopology topology) {
        return Occupancy.of(topology, holdings(guest, view));
    }

    /** The same for a plan. */
    public Occupancy without(@Nullable UUID guest, View view, HostTopology topology, Limits limits) {
        return Occupancy.of(topology, holdings(guest, view), limits);
    }

    private Collection<Allocation> holdings(@Nullable UUID guest, View view) {
        Map<UUID, Allocation> all = new HashMap<>(view.holdings());
        all.putAll(reservations.since(view.mark(), view.holdings().keySet()));
        if (guest != null) {
            all.remove(guest);
        }
        return all.values();
    }

    private Known read(UUID uuid, HostTopology topology) throws LibvirtFailure, InvalidDomainXml {
        AtomicReference<@Nullable Known> slot = slots.computeIfAbsent(uuid, u -> new AtomicReference<>());
        Known read = known(guests.guest(xml.read(libvirt.liveXml(uuid)), topology), topology);
        slot.set(read);
        unread.remove(uuid);
        return read;
    }

    private static Known known(Guest guest, HostTopology topology) {
        Set<PciAddress> functions = new HashSet<>();
        guest.gpus().forEach(g -> g.gpu().ifPresent(functions::add));
        return new Known(Allocation.of(topology, guest), Set.copyOf(functions));
    }

    /** A running guest was looked at: so it counts if libvirt is busy with it when it is read next. */
    void saw(UUID uuid, Guest guest, HostTopology topology) {
        former.put(uuid, known(guest, topology));
    }

    private boolean readBeforeAChange(UUID uuid) {
        AtomicReference<@Nullable Known> slot = slots.get(uuid);
        return slot == null || slot.get() == null;
    }

    /** What was read of it; what it held before if libvirt is busy with it now. */
    private @Nullable Known known(DomainName d, DomainReads.Answer<Known> answer) throws LibvirtFailure {
        String why = "libvirt is busy with it";
        boolean busy = true;
        try {
            Optional<Known> read = answer.get();
            if (read.isPresent()) {
                return read.get();
            }
        } catch (LibvirtFailure e) {
            Optional<String> words = e.ofOneAmongMany();
            if (words.isEmpty()) {
                return null;
            }
            why = words.get();
            busy = e.kind() == LibvirtFailure.Kind.BUSY;
        } catch (InvalidDomainXml e) {
            busy = false;
            why = String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        Known before = former.get(d.uuid());
        Level news = busy && before != null ? Level.INFO : Level.WARN;
        LOG.atLevel(why.equals(unread.put(d.uuid(), why)) ? Level.DEBUG : news)
                .log(
                        "domain {}: {} as a user of GPUs and CPUs: {}",
                        d.name(),
                        before == null ? "not counted" : "counted as before",
                        why);
        return before;
    }
}
