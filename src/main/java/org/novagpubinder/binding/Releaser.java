package org.novagpubinder.binding;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.domain.BindingRecord;
import org.novagpubinder.domain.DomainEdit;
import org.novagpubinder.domain.DomainXml;
import org.novagpubinder.domain.InvalidDomainXml;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.host.HostReadException;
import org.novagpubinder.host.HostTopology;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.Outcome;
import org.novagpubinder.placement.Reason;
import org.novagpubinder.placement.Tuning;

/** Takes off what we set: exactly what stood there before comes back, from the definition at once, live as far as it goes. */
final class Releaser {
    private final Libvirt libvirt;
    private final DomainXml xml;
    private final Observer observer;
    private final Topologies topologies;

    @Inject
    Releaser(Libvirt libvirt, DomainXml xml, Observer observer, Topologies topologies) {
        this.libvirt = libvirt;
        this.xml = xml;
        this.observer = observer;
        this.topologies = topologies;
    }

    /** Releases the domain; empty if libvirt does not have it or it carries no record of this host. */
    Optional<BindResult> release(UUID uuid) throws LibvirtFailure, HostReadException {
        long started = System.nanoTime();
        try {
            Optional<Observation> found = observer.observe(uuid);
            if (found.isEmpty() || found.get().record() == null) {
                return Optional.empty();
            }
            Observation o = found.get();
            BindingRecord record = o.ours().orElseThrow();
            List<String> done = new ArrayList<>();
            if (o.running()) {
                done.addAll(unpin(o, record.set(), record.before()));
            }
            if (o.domain().persistent()) {
                String definition = libvirt.secureInactiveXml(uuid);
                Tuning now = xml.read(definition).tuning();
                libvirt.define(xml.edit(definition, DomainEdit.undoing(record, now, null)));
                done.add("put the definition back");
            }
            libvirt.setRecord(uuid, null);
            Reason why = new Reason(Reason.Code.RELEASED, "its own pins and memory placement are off");
            return Optional.of(new BindResult(
                    uuid,
                    o.domain().name(),
                    Outcome.IGNORED,
                    List.of(why),
                    IdSet.empty(),
                    done,
                    false,
                    (System.nanoTime() - started) / 1_000_000));
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(LibvirtFailure.Kind.ERROR, 0, "its domain XML cannot be read: " + e.getMessage());
        }
    }

    /** libvirt has no "unpin": what had no pin gets every CPU that it may use, which is the same to the scheduler. */
    private List<String> unpin(Observation o, Tuning set, Tuning before) throws LibvirtFailure, HostReadException {
        UUID uuid = o.domain().uuid();
        HostTopology topology = topologies.now();
        IdSet cpuset = o.current().vcpuCpuset();
        IdSet any = cpuset == null ? topology.onlineCpus() : cpuset;
        Map<Integer, IdSet> plugged = libvirt.vcpuPins(uuid);
        for (int vcpu : set.vcpuPins().keySet()) {
            if (plugged.containsKey(vcpu)) {
                libvirt.pinVcpu(uuid, vcpu, before.vcpuPins().getOrDefault(vcpu, any));
            }
        }
        if (set.emulator() != null) {
            libvirt.pinEmulator(uuid, before.emulator() == null ? any : before.emulator());
        }
        Map<Integer, IdSet> iothreads = libvirt.iothreadPins(uuid);
        for (int iothread : set.iothreadPins().keySet()) {
            if (iothreads.containsKey(iothread)) {
                libvirt.pinIothread(uuid, iothread, before.iothreadPins().getOrDefault(iothread, any));
            }
        }
        return List.of("took the pins off");
    }
}
