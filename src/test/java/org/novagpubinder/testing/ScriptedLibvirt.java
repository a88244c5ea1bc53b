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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.definition.WriteWays;
import org.novagpubinder.domain.libvirt.Activity;
import org.novagpubinder.domain.libvirt.Activity.State;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.libvirt.LibvirtHold;
import org.novagpubinder.domain.libvirt.SecretUsage;
import org.novagpubinder.domain.needs.StartNeed;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;

/**
 * A libvirt in memory, for faults that a real one cannot be made to show at will: each call is written down, and a call
 * may be told to fail. A start copies the definition to the running domain, as libvirt does.
 */
public final class ScriptedLibvirt implements Libvirt {
    private static final class Machine {
        @Nullable
        String inactive;

        @Nullable
        String live;

        final Map<Integer, IdSet> vcpus = new TreeMap<>();
        final Map<Integer, IdSet> iothreads = new TreeMap<>();
        IdSet emulator = IdSet.empty();
        final Set<String> pinned = new HashSet<>();
        final Set<String> untold = new HashSet<>();
        final List<String> underWay = new ArrayList<>();
        long written;
        WhyOff whyOff = WhyOff.STOPPED;
        long sent;
        State state = State.RUNNING;
    }

    private final DomainXml xml = new DomainXml();
    private final IdSet allCpus;
    private final Map<UUID, Machine> machines = new LinkedHashMap<>();
    private final Map<String, List<LibvirtFailure>> faults = new HashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private @Nullable String deadly;
    private int deadlyAfter;
    private Runnable afterCreate = () -> {};
    private Consumer<IdSet> afterNodeset = nodes -> {};
    private final Map<String, CallPoints.Deed> meanwhile = new HashMap<>();
    private final Map<UUID, CountDownLatch> busyWith = new ConcurrentHashMap<>();
    private final Set<String> secrets = new HashSet<>();
    private final Set<String> activeNetworks = new HashSet<>();
    private final Set<String> volumes = new HashSet<>();

    /** @param allCpus the host's CPUs, which an unpinned vCPU may run on */
    public ScriptedLibvirt(IdSet allCpus) {
        this.allCpus = allCpus;
    }

    /** A domain that is defined and runs. */
    public UUID running(String definition) throws Exception {
        UUID uuid = defined(definition);
        start(machines.get(uuid));
        return uuid;
    }

    /** A domain that is defined and shut off. */
    public UUID defined(String definition) throws Exception {
        UUID uuid = xml.read(definition).uuid();
        Machine m = new Machine();
        m.inactive = definition;
        machines.put(uuid, m);
        return uuid;
    }

    /** The next call of that name fails so; may be said several times for several calls. */
    public synchronized ScriptedLibvirt failing(String call, Kind kind, String message) {
        faults.computeIfAbsent(call, c -> new ArrayList<>()).add(new LibvirtFailure(kind, 1, message));
        return this;
    }

    /** No call fails any more. */
    public synchronized void healed() {
        faults.clear();
    }

    /** The next call of that name never returns: the daemon is killed in it. */
    public void killedIn(String call) {
        killedInThe(call, 1);
    }

    /** The same of the n-th call of that name from now. */
    public synchronized void killedInThe(String call, int n) {
        deadly = call;
        deadlyAfter = n;
    }

    /** Whoever asks for the domain's XML from now on waits, as long as libvirt has a job on it. */
    public ScriptedLibvirt busyWith(UUID uuid, CountDownLatch until) {
        busyWith.put(uuid, until);
        return this;
    }

    /** What happens after each start, e.g. a new process. */
    public void afterCreate(Runnable action) {
        this.afterCreate = action;
    }

    /** What the kernel does after each live change of a nodeset. */
    public void afterNodeset(Consumer<IdSet> action) {
        this.afterNodeset = action;
    }

    /** What somebody else does just before the next call of that name arrives. */
    public void before(String call, CallPoints.Deed deed) {
        meanwhile.put(call, deed);
    }

    /** Somebody else stops the domain. */
    public void stops(UUID uuid) {
        machines.get(uuid).live = null;
    }

    /** Somebody else stops the domain, and libvirt remembers why. */
    public void stops(UUID uuid, WhyOff why) {
        stops(uuid);
        machines.get(uuid).whyOff = why;
    }

    /** Somebody else stops the domain and undefines it. */
    public void deletes(UUID uuid) {
        machines.remove(uuid);
    }

    /** Somebody else undefines the domain, which runs on. */
    public void undefines(UUID uuid) {
        machines.get(uuid).inactive = null;
    }

    /** Somebody else defines the domain. */
    public void redefines(UUID uuid, String definition) {
        machines.get(uuid).inactive = definition;
    }

    /** Somebody else changes the running domain alone. */
    public void live(UUID uuid, UnaryOperator<String> change) {
        Machine m = machines.get(uuid);
        m.live = change.apply(m.live);
    }

    /** Somebody else plugs a vCPU into the running domain, which may run anywhere. */
    public void plugsIn(UUID uuid, int vcpu) {
        machines.get(uuid).vcpus.put(vcpu, allCpus);
    }

    /** Somebody else plugs an iothread into the running domain, which may run anywhere. */
    public void plugsInIothread(UUID uuid, int iothread) {
        machines.get(uuid).iothreads.put(iothread, allCpus);
    }

    /** Somebody else takes an iothread off the running domain. */
    public void plugsOutIothread(UUID uuid, int iothread) {
        machines.get(uuid).iothreads.remove(iothread);
    }

    /** Somebody else takes a vCPU off the running domain. */
    public void plugsOut(UUID uuid, int vcpu) {
        machines.get(uuid).vcpus.remove(vcpu);
    }

    /** Somebody else undefines the domain, which is off, and defines it: libvirt does not know any more how it went off. */
    public void makesAnew(UUID uuid, String definition) {
        redefines(uuid, definition);
        stops(uuid, WhyOff.UNKNOWN);
    }

    /** Somebody else starts the domain. */
    public void starts(UUID uuid) throws InvalidDomainXml {
        start(machines.get(uuid));
    }

    /** Somebody halts the guest's CPUs. */
    public void pauses(UUID uuid) {
        is(uuid, State.PAUSED);
    }

    /** The guest gets into that state. */
    public void is(UUID uuid, State state) {
        machines.get(uuid).state = state;
    }

    /** The guest sends over its first network interface. */
    public void sends(UUID uuid, long bytes) {
        machines.get(uuid).sent += bytes;
    }

    /** Of that disk or network interface nothing is told until the guest's next start. */
    public void tellsNothingOf(UUID uuid, String device) {
        machines.get(uuid).untold.add(device);
    }

    /** A job on the guest begins, or it has a saved state: until its next start. */
    public void has(UUID uuid, String underWay) {
        machines.get(uuid).underWay.add(underWay);
    }

    /** The guest writes to its first disk. */
    public void writes(UUID uuid, long bytes) {
        machines.get(uuid).written += bytes;
    }

    /** Somebody defines a secret. */
    public ScriptedLibvirt definesSecret(UUID uuid) {
        secrets.add(uuid.toString());
        return this;
    }

    /** Somebody defines a secret for that use of that name. */
    public ScriptedLibvirt definesSecret(SecretUsage usage, String name) {
        secrets.add(usage + " " + name);
        return this;
    }

    /** Somebody undefines a secret. */
    public void undefinesSecret(UUID uuid) {
        secrets.remove(uuid.toString());
    }

    /** Somebody starts a network. */
    public ScriptedLibvirt startsNetwork(String name) {
        activeNetworks.add(name);
        return this;
    }

    /** Somebody makes a volume in an active pool. */
    public ScriptedLibvirt makesVolume(String pool, String volume) {
        volumes.add(pool + " " + volume);
        return this;
    }

    /** The calls that change something, in order: name and, for pins, what was pinned where. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    @Override
    public Libvirt urgent() {
        return this;
    }

    @Override
    public LibvirtHold lane() throws LibvirtFailure {
        check("lane");
        return new LibvirtHold(this, () -> {});
    }

    @Override
    public LibvirtHold own() throws LibvirtFailure {
        check("own");
        return new LibvirtHold(this, () -> {});
    }

    @Override
    public List<DomainSummary> list() throws LibvirtFailure {
        check("list");
        return machines.keySet().stream().map(this::summary).toList();
    }

    private DomainSummary summary(UUID uuid) {
        Machine m = machines.get(uuid);
        return new DomainSummary(
                uuid, "instance-" + uuid.toString().substring(0, 8), m.live != null, m.inactive != null);
    }

    @Override
    public Optional<DomainSummary> find(UUID uuid) throws LibvirtFailure {
        check("find");
        return machines.containsKey(uuid) ? Optional.of(summary(uuid)) : Optional.empty();
    }

    @Override
    public Optional<DomainSummary> find(String name) throws LibvirtFailure {
        return list().stream().filter(d -> d.name().equals(name)).findFirst();
    }

    @Override
    public String liveXml(UUID uuid) throws LibvirtFailure {
        CountDownLatch busy = busyWith.get(uuid);
        if (busy != null) {
            try {
                busy.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        check("liveXml");
        Machine m = machine(uuid);
        if (m.live == null) {
            return inactiveXml(uuid);
        }
        try {
            DomainDefinition d = xml.read(m.live);
            Map<Integer, IdSet> vcpus = new TreeMap<>(m.vcpus);
            // a pin stays a pin, even one to all CPUs (seen with libvirt 9.0: ReleaseIT)
            vcpus.keySet().removeIf(v -> !m.pinned.contains("vcpu " + v));
            Map<Integer, IdSet> iothreads = new TreeMap<>(m.iothreads);
            iothreads.keySet().removeIf(i -> !m.pinned.contains("iothread " + i));
            var pins = new Tuning(
                    vcpus,
                    m.pinned.contains("emulator") ? m.emulator : null,
                    iothreads,
                    d.tuning().memory(),
                    d.tuning().memnodes(),
                    d.tuning().renderNode());
            return xml.edit(m.live, new DomainEdit(pins, DisplayChange.KEEP, d.record()))
                    .replaceFirst("<domain ", "<domain id='1' ");
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(Kind.ERROR, 1, e.getMessage());
        }
    }

    @Override
    public String inactiveXml(UUID uuid) throws LibvirtFailure {
        check("inactiveXml");
        Machine m = machine(uuid);
        if (m.inactive == null) {
            throw new LibvirtFailure(Kind.REFUSED, 55, "transient domain");
        }
        return m.inactive;
    }

    @Override
    public String secureInactiveXml(UUID uuid) throws LibvirtFailure {
        return inactiveXml(uuid);
    }

    @Override
    public String draftXml(UUID uuid) throws LibvirtFailure {
        check("draftXml");
        String inactive = machine(uuid).inactive;
        return inactive == null ? liveXml(uuid) : inactive;
    }

    @Override
    public String secureXml(UUID uuid) throws LibvirtFailure {
        return liveXml(uuid);
    }

    @Override
    public void define(String definition) throws LibvirtFailure {
        called("define");
        try {
            DomainDefinition d = xml.read(definition);
            refuseStrangers(definition, d);
            // as libvirt does: a domain that is not there (any more) is made
            machines.computeIfAbsent(d.uuid(), u -> neverRun()).inactive = definition;
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(Kind.ERROR, 27, e.getMessage());
        }
    }

    /** As libvirt does (domain_conf.c:virDomainIOThreadPinDefParseXML, numa_conf.c:virDomainNumatuneNodeParseXML). */
    private void refuseStrangers(String definition, DomainDefinition d) throws LibvirtFailure {
        if (!d.iothreads().containsAll(IdSet.of(d.tuning().pins().iothreads().keySet()))) {
            throw new LibvirtFailure(Kind.ERROR, 67, "unsupported configuration: Cannot find 'iothread'");
        }
        Machine before = machines.get(d.uuid());
        boolean had = before != null && before.inactive != null && before.inactive.contains("<memnode ");
        // samples of libvirt's that it refuses have such
        if (!d.tuning().memnodes().isEmpty() && !definition.contains("<cell ") && !had) {
            throw new LibvirtFailure(
                    Kind.ERROR, 27, "XML error: Element 'memnode' is invalid without any guest NUMA cells");
        }
    }

    private static Machine neverRun() {
        Machine m = new Machine();
        m.whyOff = WhyOff.UNKNOWN;
        return m;
    }

    @Override
    public Map<Integer, IdSet> vcpuPins(UUID uuid) throws LibvirtFailure {
        check("vcpuPins");
        return Map.copyOf(runningMachine(uuid).vcpus);
    }

    @Override
    public IdSet emulatorPin(UUID uuid) throws LibvirtFailure {
        check("emulatorPin");
        return runningMachine(uuid).emulator;
    }

    @Override
    public Map<Integer, IdSet> iothreadPins(UUID uuid) throws LibvirtFailure {
        check("iothreadPins");
        return Map.copyOf(runningMachine(uuid).iothreads);
    }

    @Override
    public void pinVcpu(UUID uuid, int vcpu, IdSet cpus) throws LibvirtFailure {
        called("pinVcpu " + vcpu + " " + cpus);
        runningMachine(uuid).vcpus.put(vcpu, cpus);
        machine(uuid).pinned.add("vcpu " + vcpu);
    }

    @Override
    public void pinEmulator(UUID uuid, IdSet cpus) throws LibvirtFailure {
        called("pinEmulator " + cpus);
        runningMachine(uuid).emulator = cpus;
        machine(uuid).pinned.add("emulator");
    }

    @Override
    public void pinIothread(UUID uuid, int iothread, IdSet cpus) throws LibvirtFailure {
        called("pinIothread " + iothread + " " + cpus);
        runningMachine(uuid).iothreads.put(iothread, cpus);
        machine(uuid).pinned.add("iothread " + iothread);
    }

    @Override
    public void setLiveNodeset(UUID uuid, IdSet nodes) throws LibvirtFailure {
        called("setLiveNodeset " + nodes);
        Machine m = runningMachine(uuid);
        try {
            Tuning t = xml.read(m.live).tuning();
            MemoryPlacement memory = new MemoryPlacement(MemoryMode.RESTRICTIVE, nodes);
            Tuning with = new Tuning(
                    t.pins().vcpus(), t.pins().emulator(), t.pins().iothreads(), memory, t.memnodes(), t.renderNode());
            m.live = xml.edit(
                    m.live,
                    new DomainEdit(with, DisplayChange.KEEP, xml.read(m.live).record()));
            afterNodeset.accept(nodes);
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(Kind.ERROR, 27, e.getMessage());
        }
    }

    @Override
    public void setRecord(UUID uuid, @Nullable String element) throws LibvirtFailure {
        called(element == null ? "removeRecord" : "setRecord");
        Machine m = machine(uuid);
        try {
            if (m.inactive != null) {
                m.inactive = recorded(m.inactive, element);
            }
            if (m.live != null) {
                m.live = recorded(m.live, element);
            }
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(Kind.ERROR, 27, e.getMessage());
        }
    }

    @Override
    public void setLiveRecord(UUID uuid, String element) throws LibvirtFailure {
        called("setLiveRecord");
        Machine m = runningMachine(uuid);
        try {
            m.live = recorded(m.live, element);
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(Kind.ERROR, 27, e.getMessage());
        }
    }

    private String recorded(String definition, @Nullable String element) throws InvalidDomainXml {
        return xml.edit(definition, new DomainEdit(xml.read(definition).tuning(), DisplayChange.KEEP, element));
    }

    @Override
    public Activity activity(UUID uuid) throws LibvirtFailure {
        check("activity");
        Machine m = machine(uuid);
        if (m.live == null) {
            return new Activity(State.SHUTOFF, Map.of(), Map.of(), m.underWay, false);
        }
        Map<String, Long> written = new TreeMap<>();
        Map<String, Long> sent = new TreeMap<>();
        WriteWays ways = ways(m.live);
        ways.disks().forEach(disk -> written.put(disk, written.isEmpty() ? m.written : 0));
        ways.interfaces().forEach(name -> sent.put(name, sent.isEmpty() ? m.sent : 0));
        written.keySet().removeAll(m.untold);
        sent.keySet().removeAll(m.untold);
        boolean blockJob = m.underWay.stream().anyMatch(job -> job.startsWith("a block job"));
        return new Activity(m.state, written, sent, m.underWay, blockJob);
    }

    private WriteWays ways(String live) throws LibvirtFailure {
        try {
            return xml.read(live).writeWays();
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(Kind.ERROR, 27, e.getMessage());
        }
    }

    @Override
    public WhyOff whyOff(UUID uuid) throws LibvirtFailure {
        check("whyOff");
        Machine m = machine(uuid);
        return m.live == null ? m.whyOff : WhyOff.RUNS;
    }

    @Override
    public boolean secret(UUID uuid) throws LibvirtFailure {
        check("secret");
        return secrets.contains(uuid.toString());
    }

    @Override
    public boolean secret(SecretUsage usage, String name) throws LibvirtFailure {
        check("secret");
        return secrets.contains(usage + " " + name);
    }

    @Override
    public boolean network(String name) throws LibvirtFailure {
        check("network");
        return activeNetworks.contains(name);
    }

    @Override
    public boolean volume(String pool, String volume) throws LibvirtFailure {
        check("volume");
        return volumes.contains(pool + " " + volume);
    }

    @Override
    public void destroy(UUID uuid) throws LibvirtFailure {
        called("destroy");
        runningMachine(uuid).live = null;
    }

    @Override
    public void create(UUID uuid) throws LibvirtFailure {
        called("create");
        Machine m = machine(uuid);
        if (m.live != null) {
            throw new LibvirtFailure(Kind.REFUSED, 55, "domain is already running");
        }
        try {
            requireSecrets(m);
            start(m);
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(Kind.ERROR, 27, e.getMessage());
        }
    }

    @Override
    public void undefine(UUID uuid) throws LibvirtFailure {
        called("undefine");
        machine(uuid).inactive = null;
        if (machine(uuid).live == null) {
            machines.remove(uuid);
        }
    }

    /** As libvirt at a start (qemu_tpm.c:qemuTPMSetupEncryption). */
    private void requireSecrets(Machine m) throws LibvirtFailure, InvalidDomainXml {
        for (StartNeed need : xml.startNeeds(m.inactive)) {
            boolean secret = need.kind() == StartNeed.Kind.SECRET || need.kind() == StartNeed.Kind.TPM_SECRET;
            if (secret && !secrets.contains(need.values().get(0))) {
                throw new LibvirtFailure(
                        Kind.ERROR,
                        66,
                        "Secret not found: no secret with matching uuid '"
                                + need.values().get(0) + "'");
            }
        }
    }

    private void start(Machine m) throws InvalidDomainXml {
        DomainDefinition d = xml.read(m.inactive);
        m.live = m.inactive;
        m.whyOff = WhyOff.STOPPED;
        m.written = 0;
        m.sent = 0;
        m.untold.clear();
        m.underWay.clear();
        m.state = State.RUNNING;
        m.vcpus.clear();
        m.pinned.clear();
        d.tuning().pins().vcpus().keySet().forEach(v -> m.pinned.add("vcpu " + v));
        d.tuning().pins().iothreads().keySet().forEach(i -> m.pinned.add("iothread " + i));
        if (d.tuning().pins().emulator() != null) {
            m.pinned.add("emulator");
        }
        for (int v : d.plugged().ids()) {
            m.vcpus.put(v, d.tuning().pins().vcpus().getOrDefault(v, allCpus));
        }
        m.emulator = d.tuning().pins().emulator() == null
                ? allCpus
                : d.tuning().pins().emulator();
        m.iothreads.clear();
        d.iothreads().stream()
                .forEach(i -> m.iothreads.put(i, d.tuning().pins().iothreads().getOrDefault(i, allCpus)));
        afterCreate.run();
    }

    /** The record in the definition as XML text; null without. */
    public @Nullable String record(UUID uuid) throws Exception {
        return xml.read(machine(uuid).inactive).record();
    }

    private Machine machine(UUID uuid) throws LibvirtFailure {
        Machine m = machines.get(uuid);
        if (m == null) {
            throw new LibvirtFailure(Kind.NO_DOMAIN, 42, "no domain " + uuid);
        }
        return m;
    }

    private Machine runningMachine(UUID uuid) throws LibvirtFailure {
        Machine m = machine(uuid);
        if (m.live == null) {
            throw new LibvirtFailure(Kind.REFUSED, 55, "domain is not running");
        }
        return m;
    }

    private void called(String call) throws LibvirtFailure {
        calls.add(call);
        check(call.split(" ", 2)[0]);
    }

    private synchronized void check(String call) throws LibvirtFailure {
        CallPoints.Deed other = meanwhile.remove(call);
        if (other != null) {
            other.now();
        }
        if (call.equals(deadly) && --deadlyAfter == 0) {
            deadly = null;
            throw new IllegalStateException("killed in " + call);
        }
        List<LibvirtFailure> failures = faults.getOrDefault(call, List.of());
        if (!failures.isEmpty()) {
            throw failures.remove(0);
        }
    }
}
