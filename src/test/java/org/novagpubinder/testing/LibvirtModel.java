package org.novagpubinder.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.definition.WriteWays;
import org.novagpubinder.domain.libvirt.Activity;
import org.novagpubinder.domain.libvirt.Activity.State;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.libvirt.LibvirtHold;
import org.novagpubinder.domain.libvirt.SecretUsage;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;

/**
 * A host's libvirtd and its QEMU processes, in memory: what it keeps outlives any daemon that calls it, and it does nothing
 * that libvirt does not do. A define holds from the next start on, and brings a deleted domain back; a start copies the
 * definition. Memory falls where the running domain's placement says, else beside its pinned vCPUs, else on node 0: with
 * VFIO at the start, otherwise when the guest {@link #touches} it.
 */
public final class LibvirtModel implements Libvirt {
    private static final class Machine {
        @Nullable
        String inactive;

        @Nullable
        String live;

        long written;
        boolean paused;
        WhyOff whyOff = WhyOff.UNKNOWN;
    }

    private final QemuTree processes;
    private final FirstTouch memory;
    private final IdSet allCpus;
    private final Map<UUID, Machine> machines = new LinkedHashMap<>();
    private final Set<String> unusable = new HashSet<>();
    private final Set<UUID> untouched = new HashSet<>();
    private final List<DomainEvent> events = new ArrayList<>();
    private final Map<UUID, Integer> stops = new HashMap<>();
    private final Map<UUID, Integer> starts = new HashMap<>();
    private final Map<UUID, String> startedFrom = new HashMap<>();

    /** @param nodes the host's CPUs by node */
    public LibvirtModel(QemuTree processes, Map<Integer, IdSet> nodes) {
        this.processes = processes;
        this.memory = new FirstTouch(nodes);
        this.allCpus = nodes.values().stream().reduce(IdSet.empty(), IdSet::union);
    }

    /** Nova undefines the domain: one that runs goes on as a transient one. */
    @Override
    public synchronized void undefine(UUID uuid) throws LibvirtFailure {
        Machine m = machine(uuid);
        m.inactive = null;
        if (m.live == null) {
            machines.remove(uuid);
        }
        happened(uuid, DomainEvent.Kind.UNDEFINED);
    }

    /** From now on no guest starts with that render node. */
    public synchronized void breaks(String renderNode) {
        unusable.add(renderNode);
    }

    /** The guest writes to its disks, if it runs. */
    public synchronized void writes(UUID uuid, long bytes) {
        Machine m = machines.get(uuid);
        if (m != null && m.live != null) {
            m.written += bytes;
        }
    }

    /** What it has written since its start; 0 if it does not run. */
    public synchronized long written(UUID uuid) {
        Machine m = machines.get(uuid);
        return m == null || m.live == null ? 0 : m.written;
    }

    /** Somebody attaches a device, to the running domain if it runs (AFFECT_LIVE) and to the definition (AFFECT_CONFIG). */
    public synchronized void attaches(UUID uuid, String device) {
        Machine m = machines.get(uuid);
        m.inactive = withDevice(m.inactive, device);
        m.live = withDevice(m.live, device);
    }

    private static @Nullable String withDevice(@Nullable String domain, String device) {
        return domain == null ? null : domain.replace("</devices>", device + "</devices>");
    }

    /** All that it keeps, as text: hosts with the same are the same to whoever looks at them from now on. */
    public synchronized String state() {
        StringBuilder all = new StringBuilder();
        machines.forEach(
                (uuid, m) -> all.append(uuid + " " + m.inactive + m.live + m.written + m.paused + m.whyOff + "\n"));
        return all + " " + unusable + untouched + events + new TreeMap<>(stops) + new TreeMap<>(starts);
    }

    /** What libvirt has told since the last time. */
    public synchronized List<DomainEvent> takeEvents() {
        List<DomainEvent> told = List.copyOf(events);
        events.clear();
        return told;
    }

    /** How often the domain was destroyed. */
    public synchronized int stops(UUID uuid) {
        return stops.getOrDefault(uuid, 0);
    }

    /** How often the domain was started. */
    public synchronized int starts(UUID uuid) {
        return starts.getOrDefault(uuid, 0);
    }

    /** The definition from which the domain was started last; empty if it never was. */
    public synchronized Optional<String> startedFrom(UUID uuid) {
        return Optional.ofNullable(startedFrom.get(uuid));
    }

    private void happened(UUID uuid, DomainEvent.Kind... kinds) {
        for (DomainEvent.Kind kind : kinds) {
            events.add(new DomainEvent(uuid, "instance-" + uuid, kind, 0, System.nanoTime()));
        }
    }

    @Override
    public Libvirt urgent() {
        return this;
    }

    @Override
    public LibvirtHold lane() {
        return new LibvirtHold(this, () -> {});
    }

    @Override
    public LibvirtHold own() {
        return new LibvirtHold(this, () -> {});
    }

    @Override
    public synchronized List<DomainSummary> list() {
        return machines.keySet().stream().map(this::summary).toList();
    }

    private DomainSummary summary(UUID uuid) {
        Machine m = machines.get(uuid);
        return new DomainSummary(
                uuid, "instance-" + uuid.toString().substring(0, 8), m.live != null, m.inactive != null);
    }

    @Override
    public synchronized Optional<DomainSummary> find(UUID uuid) {
        return machines.containsKey(uuid) ? Optional.of(summary(uuid)) : Optional.empty();
    }

    @Override
    public synchronized Optional<DomainSummary> find(String name) {
        return list().stream().filter(d -> d.name().equals(name)).findFirst();
    }

    @Override
    public synchronized String liveXml(UUID uuid) throws LibvirtFailure {
        String live = machine(uuid).live;
        return live == null ? inactiveXml(uuid) : live.replaceFirst("<domain ", "<domain id='1' ");
    }

    @Override
    public synchronized String inactiveXml(UUID uuid) throws LibvirtFailure {
        String inactive = machine(uuid).inactive;
        if (inactive == null) {
            throw new LibvirtFailure(Kind.REFUSED, 55, "transient domain");
        }
        return inactive;
    }

    @Override
    public synchronized String secureInactiveXml(UUID uuid) throws LibvirtFailure {
        return inactiveXml(uuid);
    }

    @Override
    public synchronized String draftXml(UUID uuid) throws LibvirtFailure {
        String inactive = machine(uuid).inactive;
        return inactive == null ? liveXml(uuid) : inactive;
    }

    @Override
    public synchronized String secureXml(UUID uuid) throws LibvirtFailure {
        return liveXml(uuid);
    }

    @Override
    public synchronized void define(String definition) throws LibvirtFailure {
        UUID uuid = DomainTexts.read(definition).uuid();
        boolean there = machines.containsKey(uuid);
        machines.computeIfAbsent(uuid, u -> new Machine()).inactive = definition;
        events.add(
                new DomainEvent(uuid, "instance-" + uuid, DomainEvent.Kind.DEFINED, there ? 1 : 0, System.nanoTime()));
    }

    @Override
    public synchronized Map<Integer, IdSet> vcpuPins(UUID uuid) throws LibvirtFailure {
        DomainDefinition live = live(uuid);
        Map<Integer, IdSet> pins = new TreeMap<>();
        for (int v : live.plugged().ids()) {
            pins.put(v, live.tuning().pins().vcpus().getOrDefault(v, allCpus));
        }
        return pins;
    }

    @Override
    public synchronized IdSet emulatorPin(UUID uuid) throws LibvirtFailure {
        IdSet pin = live(uuid).tuning().pins().emulator();
        return pin == null ? allCpus : pin;
    }

    @Override
    public synchronized Map<Integer, IdSet> iothreadPins(UUID uuid) throws LibvirtFailure {
        DomainDefinition live = live(uuid);
        Map<Integer, IdSet> pins = new TreeMap<>();
        live.iothreads().stream()
                .forEach(i -> pins.put(i, live.tuning().pins().iothreads().getOrDefault(i, allCpus)));
        return pins;
    }

    @Override
    public synchronized void pinVcpu(UUID uuid, int vcpu, IdSet cpus) throws LibvirtFailure {
        tune(uuid, new Tuning(Map.of(vcpu, cpus), null, Map.of(), null, Map.of(), null));
    }

    @Override
    public synchronized void pinEmulator(UUID uuid, IdSet cpus) throws LibvirtFailure {
        tune(uuid, new Tuning(Map.of(), cpus, Map.of(), null, Map.of(), null));
    }

    @Override
    public synchronized void pinIothread(UUID uuid, int iothread, IdSet cpus) throws LibvirtFailure {
        tune(uuid, new Tuning(Map.of(), null, Map.of(iothread, cpus), null, Map.of(), null));
    }

    @Override
    public synchronized void setLiveNodeset(UUID uuid, IdSet nodeset) throws LibvirtFailure {
        DomainDefinition live = live(uuid);
        MemoryPlacement now = live.tuning().memory();
        if (!live.pciHostdevs().isEmpty()
                || !live.tuning().memnodes().isEmpty()
                || (now != null && now.mode() != MemoryMode.RESTRICTIVE)) {
            throw new LibvirtFailure(Kind.REFUSED, 55, "change of nodeset for running domain refused");
        }
        MemoryPlacement memory = new MemoryPlacement(MemoryMode.RESTRICTIVE, nodeset);
        tune(uuid, new Tuning(Map.of(), null, Map.of(), memory, Map.of(), null));
        processes.memory(uuid, Map.of(nodeset.first(), live.memoryKiB()));
    }

    @Override
    public synchronized void setRecord(UUID uuid, @Nullable String element) throws LibvirtFailure {
        Machine m = machine(uuid);
        m.inactive = m.inactive == null ? null : DomainTexts.recorded(m.inactive, element);
        m.live = m.live == null ? null : DomainTexts.recorded(m.live, element);
    }

    @Override
    public synchronized void setLiveRecord(UUID uuid, String element) throws LibvirtFailure {
        live(uuid);
        Machine m = machine(uuid);
        m.live = DomainTexts.recorded(m.live, element);
    }

    @Override
    public synchronized Activity activity(UUID uuid) throws LibvirtFailure {
        if (machine(uuid).live == null) {
            return new Activity(State.SHUTOFF, Map.of(), Map.of(), List.of(), false);
        }
        WriteWays ways = live(uuid).writeWays();
        Map<String, Long> written = nothing(ways.disks());
        if (!ways.disks().isEmpty()) {
            written.put(ways.disks().get(0), machine(uuid).written);
        }
        return new Activity(
                machine(uuid).paused ? State.PAUSED : State.RUNNING,
                written,
                nothing(ways.interfaces()),
                List.of(),
                false);
    }

    private static Map<String, Long> nothing(List<String> devices) {
        Map<String, Long> counts = new HashMap<>();
        devices.forEach(device -> counts.put(device, 0L));
        return counts;
    }

    @Override
    public synchronized WhyOff whyOff(UUID uuid) throws LibvirtFailure {
        return machine(uuid).live == null ? machine(uuid).whyOff : WhyOff.RUNS;
    }

    /** No guest of this host has a secret, a network or a volume of libvirt's. */
    @Override
    public boolean secret(UUID uuid) {
        return false;
    }

    @Override
    public boolean secret(SecretUsage usage, String name) {
        return false;
    }

    @Override
    public boolean network(String name) {
        return false;
    }

    @Override
    public boolean volume(String pool, String volume) {
        return false;
    }

    @Override
    public synchronized void destroy(UUID uuid) throws LibvirtFailure {
        goesOff(uuid, WhyOff.STOPPED);
    }

    /** The guest powers itself off. */
    public synchronized void powersOff(UUID uuid) throws LibvirtFailure {
        goesOff(uuid, WhyOff.SHUT_DOWN);
    }

    private void goesOff(UUID uuid, WhyOff why) throws LibvirtFailure {
        live(uuid);
        Machine m = machine(uuid);
        m.live = null;
        m.whyOff = why;
        if (m.inactive == null) {
            machines.remove(uuid);
        }
        m.paused = false;
        stops.merge(uuid, 1, Integer::sum);
        processes.ends(uuid);
        happened(uuid, DomainEvent.Kind.SHUTDOWN, DomainEvent.Kind.STOPPED);
    }

    @Override
    public synchronized void create(UUID uuid) throws LibvirtFailure {
        starts(uuid, false);
        happened(uuid, DomainEvent.Kind.RESUMED, DomainEvent.Kind.STARTED);
    }

    /** Starts the domain without letting its CPUs run (VIR_DOMAIN_START_PAUSED). */
    public synchronized void createPaused(UUID uuid) throws LibvirtFailure {
        starts(uuid, true);
        happened(uuid, DomainEvent.Kind.STARTED, DomainEvent.Kind.SUSPENDED);
    }

    /** Lets its CPUs run. */
    public synchronized void resumes(UUID uuid) throws LibvirtFailure {
        live(uuid);
        machine(uuid).paused = false;
        happened(uuid, DomainEvent.Kind.RESUMED);
    }

    private void starts(UUID uuid, boolean paused) throws LibvirtFailure {
        Machine m = machine(uuid);
        if (m.live != null) {
            throw new LibvirtFailure(Kind.REFUSED, 55, "domain is already running");
        }
        DomainDefinition d = DomainTexts.read(inactiveXml(uuid));
        String renderNode = d.tuning().renderNode();
        if (renderNode != null && unusable.contains(renderNode)) {
            throw new LibvirtFailure(Kind.ERROR, 38, "Path '" + renderNode + "' is not accessible: No such file");
        }
        m.live = m.inactive;
        startedFrom.put(uuid, m.inactive);
        m.written = 0;
        m.paused = paused;
        starts.merge(uuid, 1, Integer::sum);
        boolean allAtOnce = !d.pciHostdevs().isEmpty();
        processes.starts(uuid, allAtOnce ? memory.all(d) : memory.ofQemu(d), renderNode);
        untouched.add(uuid);
    }

    /** Guests that have just started get to use all their memory. */
    public synchronized void touches() throws LibvirtFailure {
        for (UUID uuid : Set.copyOf(untouched)) {
            Machine m = machines.get(uuid);
            boolean paused = m != null && m.paused;
            if (m != null && m.live != null && !paused) {
                processes.memory(uuid, memory.all(live(uuid)));
            }
            if (!paused) {
                untouched.remove(uuid);
            }
        }
    }

    private void tune(UUID uuid, Tuning over) throws LibvirtFailure {
        DomainDefinition live = live(uuid);
        Machine m = machine(uuid);
        // libvirt writes all pins anew, in the order of the vCPUs
        Tuning unpinned = new Tuning(
                Map.of(),
                null,
                Map.of(),
                live.tuning().memory(),
                live.tuning().memnodes(),
                live.tuning().renderNode());
        String bare = DomainTexts.edited(m.live, new DomainEdit(unpinned, DisplayChange.KEEP, live.record()));
        m.live = DomainTexts.edited(bare, new DomainEdit(live.tuning().with(over), DisplayChange.KEEP, live.record()));
    }

    private Machine machine(UUID uuid) throws LibvirtFailure {
        Machine m = machines.get(uuid);
        if (m == null) {
            throw new LibvirtFailure(Kind.NO_DOMAIN, 42, "no domain " + uuid);
        }
        return m;
    }

    private DomainDefinition live(UUID uuid) throws LibvirtFailure {
        String live = machine(uuid).live;
        if (live == null) {
            throw new LibvirtFailure(Kind.REFUSED, 55, "domain is not running");
        }
        return DomainTexts.read(live);
    }
}
