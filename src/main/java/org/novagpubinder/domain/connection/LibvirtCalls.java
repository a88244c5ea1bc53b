package org.novagpubinder.domain.connection;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Activity;
import org.novagpubinder.domain.libvirt.DomainName;
import org.novagpubinder.domain.libvirt.DomainStand;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.libvirt.LibvirtHold;
import org.novagpubinder.domain.libvirt.OneAtATime;
import org.novagpubinder.domain.libvirt.SecretUsage;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.host.topology.IdSet;

/** {@link Libvirt} on a real connection. */
final class LibvirtCalls implements Libvirt {
    private final SessionSource source;
    private final DomainXml xml;
    private final Lane lane;
    /** None for calls that a guest waits for, or that go on where a lane is held. */
    private final @Nullable OneAtATime xmls;

    /** How a call gets to its session. */
    private interface Lane {
        <T> T call(LibvirtSession session, LibvirtSession.Call<T> call) throws LibvirtFailure;
    }

    LibvirtCalls(SessionSource source, DomainXml xml) {
        this(source, xml, LibvirtSession::call, new OneAtATime());
    }

    private LibvirtCalls(SessionSource source, DomainXml xml, Lane lane, @Nullable OneAtATime xmls) {
        this.source = source;
        this.xml = xml;
        this.lane = lane;
        this.xmls = xmls;
    }

    @Override
    public Libvirt urgent() {
        return new LibvirtCalls(source, xml, LibvirtSession::urgently, null);
    }

    @Override
    public LibvirtHold lane() throws LibvirtFailure {
        LibvirtSession session = source.session();
        LibvirtSession.Lane held = session.lane();
        Libvirt calls = new LibvirtCalls(
                () -> session,
                xml,
                new Lane() {
                    @Override
                    public <T> T call(LibvirtSession same, LibvirtSession.Call<T> call) throws LibvirtFailure {
                        return held.call(call);
                    }
                },
                null);
        return new LibvirtHold() {
            @Override
            public Libvirt calls() {
                return calls;
            }

            @Override
            public void close() {
                held.close();
            }
        };
    }

    @Override
    public LibvirtHold own() throws LibvirtFailure {
        return OwnConnection.like(source.session(), xml);
    }

    @Override
    public List<DomainSummary> list() throws LibvirtFailure {
        LibvirtSession session = source.session();
        return lane.call(session, connection -> {
            DomainList all = DomainList.fetch(session, connection, 0);
            Set<UUID> transients = new HashSet<>();
            // Asked second: a domain that goes in between is in the list, and its next call says NO_DOMAIN
            DomainList.fetch(session, connection, VirExtra.LIST_TRANSIENT)
                    .domains()
                    .forEach(d -> transients.add(d.uuid()));
            List<DomainSummary> found = new ArrayList<>();
            all.domains().forEach(d -> found.add(d.summary(!transients.contains(d.uuid()))));
            return found;
        });
    }

    @Override
    public List<DomainName> running() throws LibvirtFailure {
        LibvirtSession session = source.session();
        return lane.call(session, connection -> DomainList.fetch(session, connection, VirExtra.LIST_ACTIVE)
                .domains());
    }

    @Override
    public Optional<DomainName> seek(UUID uuid) throws LibvirtFailure {
        LibvirtSession session = source.session();
        return found(() -> lane.call(session, connection -> lookedUp(session, connection, uuid)
                .use(d -> new DomainName(d.uuid(), d.name(), d.activeWhenLookedUp()))));
    }

    @Override
    public Optional<DomainSummary> find(UUID uuid) throws LibvirtFailure {
        LibvirtSession session = source.session();
        // looked up: the ID is of that moment
        return found(() -> lane.call(
                session, connection -> lookedUp(session, connection, uuid).use(LibvirtCalls::summary)));
    }

    @Override
    public Optional<DomainSummary> find(String name) throws LibvirtFailure {
        LibvirtSession session = source.session();
        return found(() -> lane.call(session, connection -> LibvirtDomain.of(
                        session, session.library().extra().virDomainLookupByName(connection, name), "no domain " + name)
                .use(LibvirtCalls::summary)));
    }

    /** One call fewer than both: whether it is persistent is asked once. */
    @Override
    public Optional<DomainStand> stand(UUID uuid) throws LibvirtFailure {
        LibvirtSession session = source.session();
        return found(() -> lane.call(
                session, connection -> lookedUp(session, connection, uuid).use(LibvirtCalls::stand)));
    }

    private static DomainStand stand(LibvirtDomain d) throws LibvirtFailure {
        return new DomainStand(
                d.activeWhenLookedUp(), d.persistent() ? d.xml(VirExtra.XML_INACTIVE | VirExtra.XML_SECURE) : null);
    }

    private static DomainSummary summary(LibvirtDomain d) throws LibvirtFailure {
        return new DomainSummary(d.uuid(), d.name(), d.activeWhenLookedUp(), d.persistent());
    }

    private interface Lookup<T> {
        T find() throws LibvirtFailure;
    }

    private static <T> Optional<T> found(Lookup<T> lookup) throws LibvirtFailure {
        try {
            return Optional.of(lookup.find());
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.NO_DOMAIN) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public String liveXml(UUID uuid) throws LibvirtFailure {
        return read(uuid, d -> d.xml(0));
    }

    @Override
    public String inactiveXml(UUID uuid) throws LibvirtFailure {
        return read(uuid, d -> definition(d, VirExtra.XML_INACTIVE));
    }

    @Override
    public Optional<String> definition(UUID uuid) throws LibvirtFailure {
        return read(uuid, d -> d.persistent() ? Optional.of(d.xml(VirExtra.XML_INACTIVE)) : Optional.empty());
    }

    @Override
    public String secureInactiveXml(UUID uuid) throws LibvirtFailure {
        return on(uuid, d -> definition(d, VirExtra.XML_INACTIVE | VirExtra.XML_SECURE));
    }

    @Override
    public String secureXml(UUID uuid) throws LibvirtFailure {
        return on(uuid, d -> d.xml(VirExtra.XML_SECURE));
    }

    private static String definition(LibvirtDomain d, int flags) throws LibvirtFailure {
        if (!d.persistent()) {
            throw d.refused("cannot read the definition", "the domain is transient and has none");
        }
        return d.xml(flags);
    }

    @Override
    public void define(String definition) throws LibvirtFailure {
        LibvirtSession session = source.session();
        lane.call(session, connection -> LibvirtDomain.of(
                        session,
                        session.library().extra().virDomainDefineXML(connection, definition),
                        "cannot define the domain")
                .use(LibvirtDomain::uuid));
    }

    @Override
    public Map<Integer, IdSet> vcpuPins(UUID uuid) throws LibvirtFailure {
        return on(uuid, PinCalls::vcpus);
    }

    @Override
    public IdSet emulatorPin(UUID uuid) throws LibvirtFailure {
        return on(uuid, PinCalls::emulator);
    }

    @Override
    public Map<Integer, IdSet> iothreadPins(UUID uuid) throws LibvirtFailure {
        return on(uuid, PinCalls::iothreads);
    }

    @Override
    public void pinVcpu(UUID uuid, int vcpu, IdSet cpus) throws LibvirtFailure {
        on(uuid, d -> PinCalls.pinVcpu(d, vcpu, cpus));
    }

    @Override
    public void pinEmulator(UUID uuid, IdSet cpus) throws LibvirtFailure {
        on(uuid, d -> PinCalls.pinEmulator(d, cpus));
    }

    @Override
    public void pinIothread(UUID uuid, int iothread, IdSet cpus) throws LibvirtFailure {
        on(uuid, d -> PinCalls.pinIothread(d, iothread, cpus));
    }

    @Override
    public void setLiveNodeset(UUID uuid, IdSet nodes) throws LibvirtFailure {
        on(uuid, d -> NodesetCall.set(d, nodes, xml));
    }

    @Override
    public void setRecord(UUID uuid, @Nullable String element) throws LibvirtFailure {
        on(
                uuid,
                d -> record(
                        d,
                        element,
                        (d.active() ? VirExtra.AFFECT_LIVE : 0) | (d.persistent() ? VirExtra.AFFECT_CONFIG : 0)));
    }

    @Override
    public void setLiveRecord(UUID uuid, String element) throws LibvirtFailure {
        on(uuid, d -> record(d, element, VirExtra.AFFECT_LIVE));
    }

    private static int record(LibvirtDomain d, @Nullable String element, int flags) throws LibvirtFailure {
        return d.check(
                "cannot write the record",
                d.library()
                        .extra()
                        .virDomainSetMetadata(
                                d.pointer(),
                                VirExtra.METADATA_ELEMENT,
                                element,
                                BindingRecord.PREFIX,
                                BindingRecord.NAMESPACE,
                                flags));
    }

    @Override
    public Activity activity(UUID uuid) throws LibvirtFailure {
        return on(uuid, StatsCall::activity);
    }

    @Override
    public WhyOff whyOff(UUID uuid) throws LibvirtFailure {
        return on(uuid, d -> {
            IntByReference state = new IntByReference();
            IntByReference reason = new IntByReference();
            d.check("cannot ask for the state", d.library().extra().virDomainGetState(d.pointer(), state, reason, 0));
            return state.getValue() == VirExtra.STATE_SHUTOFF
                    ? switch (reason.getValue()) {
                        case VirExtra.SHUTOFF_UNKNOWN -> WhyOff.UNKNOWN;
                        case VirExtra.SHUTOFF_SHUTDOWN -> WhyOff.SHUT_DOWN;
                        case VirExtra.SHUTOFF_MIGRATED -> WhyOff.MIGRATED;
                        case VirExtra.SHUTOFF_SAVED -> WhyOff.SAVED;
                        default -> WhyOff.STOPPED;
                    }
                    : WhyOff.RUNS;
        });
    }

    @Override
    public boolean secret(UUID uuid) throws LibvirtFailure {
        return look(calls -> calls.secret(uuid));
    }

    @Override
    public boolean secret(SecretUsage usage, String name) throws LibvirtFailure {
        return look(calls -> calls.secret(usage, name));
    }

    @Override
    public boolean network(String name) throws LibvirtFailure {
        return look(calls -> calls.network(name));
    }

    @Override
    public boolean volume(String pool, String volume) throws LibvirtFailure {
        return look(calls -> calls.volume(pool, volume));
    }

    private interface Look {
        boolean on(LookupCalls calls) throws LibvirtFailure;
    }

    private boolean look(Look look) throws LibvirtFailure {
        LibvirtSession session = source.session();
        return lane.call(session, connection -> look.on(new LookupCalls(session, connection)));
    }

    @Override
    public void destroy(UUID uuid) throws LibvirtFailure {
        on(uuid, d -> d.check("cannot destroy", d.library().vir().virDomainDestroy(d.pointer())));
    }

    @Override
    public void create(UUID uuid) throws LibvirtFailure {
        on(uuid, d -> d.check("cannot start", d.library().vir().virDomainCreate(d.pointer())));
    }

    @Override
    public void undefine(UUID uuid) throws LibvirtFailure {
        on(
                uuid,
                d -> d.check(
                        "cannot undefine",
                        d.library().extra().virDomainUndefineFlags(d.pointer(), VirExtra.UNDEFINE_KEEP_NVRAM)));
    }

    private <T> T read(UUID uuid, LibvirtDomain.Action<T> action) throws LibvirtFailure {
        // in its lane: to wait for one is not the domain's fault
        return xmls == null ? on(uuid, action) : on(uuid, domain -> xmls.ask(uuid, () -> action.on(domain)));
    }

    private <T> T on(UUID uuid, LibvirtDomain.Action<T> action) throws LibvirtFailure {
        LibvirtSession session = source.session();
        return lane.call(session, connection -> {
            LibvirtDomain held = session.held().take(uuid);
            return (held == null ? lookedUp(session, connection, uuid) : held).use(action);
        });
    }

    private static LibvirtDomain lookedUp(LibvirtSession session, ConnectionPointer connection, UUID uuid)
            throws LibvirtFailure {
        return LibvirtDomain.of(
                session,
                session.library().extra().virDomainLookupByUUIDString(connection, uuid.toString()),
                "no domain " + uuid);
    }

    /** A domain's UUID; costs no round trip. */
    static UUID uuid(LibvirtLibrary library, DomainPointer domain) {
        byte[] text = new byte[37];
        library.vir().virDomainGetUUIDString(domain, text);
        return UUID.fromString(Native.toString(text, StandardCharsets.US_ASCII.name()));
    }

    /** Reads a string that libvirt has allocated, and frees it. */
    static String take(Pointer string) {
        try {
            return string.getString(0, StandardCharsets.UTF_8.name());
        } finally {
            Native.free(Pointer.nativeValue(string));
        }
    }
}
