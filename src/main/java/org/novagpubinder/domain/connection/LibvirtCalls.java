package org.novagpubinder.domain.connection;

import static java.util.stream.Collectors.toSet;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Activity;
import org.novagpubinder.domain.libvirt.DomainName;
import org.novagpubinder.domain.libvirt.DomainStand;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtHold;
import org.novagpubinder.domain.libvirt.SecretUsage;
import org.novagpubinder.host.topology.IdSet;

/** {@link Libvirt} on a real connection. */
record LibvirtCalls(CallWay way, DomainXml xml) implements Libvirt {
    LibvirtCalls(CallWay.Source source, DomainXml xml) {
        this(CallWay.over(source), xml);
    }

    @Override
    public Libvirt urgent() {
        return new LibvirtCalls(way.urgent(), xml);
    }

    @Override
    public LibvirtHold lane() throws LibvirtFailure {
        LibvirtSession session = way.session();
        LibvirtSession.Lane lane = session.lane();
        return new LibvirtHold(new LibvirtCalls(CallWay.in(session, lane), xml), lane::close);
    }

    @Override
    public LibvirtHold own() throws LibvirtFailure {
        OwnConnection own = OwnConnection.like(way.session(), xml);
        return new LibvirtHold(own.calls(), own::close);
    }

    @Override
    public List<DomainSummary> list() throws LibvirtFailure {
        return way.call((session, connection) -> {
            List<DomainName> all = LibvirtDomain.list(session, connection, 0);
            // Asked second: a domain that goes in between is in the list, and its next call says NO_DOMAIN
            Set<UUID> transients = LibvirtDomain.list(session, connection, VirExtra.LIST_TRANSIENT).stream()
                    .map(DomainName::uuid)
                    .collect(toSet());
            return all.stream()
                    .map(d -> d.summary(!transients.contains(d.uuid())))
                    .toList();
        });
    }

    @Override
    public List<DomainName> running() throws LibvirtFailure {
        return way.call((session, connection) -> LibvirtDomain.list(session, connection, VirExtra.LIST_ACTIVE));
    }

    @Override
    public Optional<DomainName> seek(UUID uuid) throws LibvirtFailure {
        return way.find(uuid, d -> new DomainName(d.uuid(), d.name(), d.activeWhenLookedUp()));
    }

    @Override
    public Optional<DomainSummary> find(UUID uuid) throws LibvirtFailure {
        return way.find(uuid, LibvirtDomain::summary);
    }

    @Override
    public Optional<DomainSummary> find(String name) throws LibvirtFailure {
        return way.find(name, LibvirtDomain::summary);
    }

    @Override
    public Optional<DomainStand> stand(UUID uuid) throws LibvirtFailure {
        return way.find(uuid, LibvirtDomain::stand);
    }

    @Override
    public String liveXml(UUID uuid) throws LibvirtFailure {
        return way.read(uuid, d -> d.xml(0));
    }

    @Override
    public String inactiveXml(UUID uuid) throws LibvirtFailure {
        return way.read(uuid, d -> d.definition(VirExtra.XML_INACTIVE));
    }

    @Override
    public Optional<String> definition(UUID uuid) throws LibvirtFailure {
        return way.read(uuid, d -> d.persistent() ? Optional.of(d.xml(VirExtra.XML_INACTIVE)) : Optional.empty());
    }

    @Override
    public String secureInactiveXml(UUID uuid) throws LibvirtFailure {
        return way.on(uuid, d -> d.definition(VirExtra.XML_INACTIVE | VirExtra.XML_SECURE));
    }

    @Override
    public String draftXml(UUID uuid) throws LibvirtFailure {
        return way.on(uuid, d -> d.xml(VirExtra.XML_INACTIVE | VirExtra.XML_SECURE));
    }

    @Override
    public String secureXml(UUID uuid) throws LibvirtFailure {
        return way.on(uuid, d -> d.xml(VirExtra.XML_SECURE));
    }

    @Override
    public void define(String definition) throws LibvirtFailure {
        way.call((session, connection) -> LibvirtDomain.of(
                        session,
                        session.library().extra().virDomainDefineXML(connection, definition),
                        "cannot define the domain")
                .use(LibvirtDomain::uuid));
    }

    @Override
    public Map<Integer, IdSet> vcpuPins(UUID uuid) throws LibvirtFailure {
        return way.on(uuid, PinCalls::vcpus);
    }

    @Override
    public IdSet emulatorPin(UUID uuid) throws LibvirtFailure {
        return way.on(uuid, PinCalls::emulator);
    }

    @Override
    public Map<Integer, IdSet> iothreadPins(UUID uuid) throws LibvirtFailure {
        return way.on(uuid, PinCalls::iothreads);
    }

    @Override
    public void pinVcpu(UUID uuid, int vcpu, IdSet cpus) throws LibvirtFailure {
        way.on(uuid, d -> PinCalls.pinVcpu(d, vcpu, cpus));
    }

    @Override
    public void pinEmulator(UUID uuid, IdSet cpus) throws LibvirtFailure {
        way.on(uuid, d -> PinCalls.pinEmulator(d, cpus));
    }

    @Override
    public void pinIothread(UUID uuid, int iothread, IdSet cpus) throws LibvirtFailure {
        way.on(uuid, d -> PinCalls.pinIothread(d, iothread, cpus));
    }

    @Override
    public void setLiveNodeset(UUID uuid, IdSet nodes) throws LibvirtFailure {
        way.on(uuid, d -> NodesetCall.set(d, nodes, xml));
    }

    @Override
    public void setRecord(UUID uuid, @Nullable String element) throws LibvirtFailure {
        way.on(
                uuid,
                d -> d.setRecord(
                        element,
                        (d.active() ? VirExtra.AFFECT_LIVE : 0) | (d.persistent() ? VirExtra.AFFECT_CONFIG : 0)));
    }

    @Override
    public void setLiveRecord(UUID uuid, String element) throws LibvirtFailure {
        way.on(uuid, d -> d.setRecord(element, VirExtra.AFFECT_LIVE));
    }

    @Override
    public Activity activity(UUID uuid) throws LibvirtFailure {
        return way.on(uuid, StatsCall::activity);
    }

    @Override
    public WhyOff whyOff(UUID uuid) throws LibvirtFailure {
        return way.on(uuid, LibvirtDomain::whyOff);
    }

    @Override
    public boolean secret(UUID uuid) throws LibvirtFailure {
        return way.call((session, connection) -> new LookupCalls(session, connection).secret(uuid));
    }

    @Override
    public boolean secret(SecretUsage usage, String name) throws LibvirtFailure {
        return way.call((session, connection) -> new LookupCalls(session, connection).secret(usage, name));
    }

    @Override
    public boolean network(String name) throws LibvirtFailure {
        return way.call((session, connection) -> new LookupCalls(session, connection).network(name));
    }

    @Override
    public boolean volume(String pool, String volume) throws LibvirtFailure {
        return way.call((session, connection) -> new LookupCalls(session, connection).volume(pool, volume));
    }

    @Override
    public void destroy(UUID uuid) throws LibvirtFailure {
        way.on(uuid, d -> d.check("cannot destroy", d.library().vir().virDomainDestroy(d.pointer())));
    }

    @Override
    public void create(UUID uuid) throws LibvirtFailure {
        way.on(uuid, d -> d.check("cannot start", d.library().vir().virDomainCreate(d.pointer())));
    }

    @Override
    public void undefine(UUID uuid) throws LibvirtFailure {
        way.on(
                uuid,
                d -> d.check(
                        "cannot undefine",
                        d.library().extra().virDomainUndefineFlags(d.pointer(), VirExtra.UNDEFINE_KEEP_NVRAM)));
    }
}
