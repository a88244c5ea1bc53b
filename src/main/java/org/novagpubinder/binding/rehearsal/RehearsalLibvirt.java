package org.novagpubinder.binding.rehearsal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Activity;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.libvirt.LibvirtHold;
import org.novagpubinder.domain.libvirt.SecretUsage;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.topology.IdSet;

/** A libvirt with one domain, which runs, in memory. It can be bound, and nothing else. */
final class RehearsalLibvirt implements Libvirt {
    private final DomainXml xml = new DomainXml();
    private final String running;
    private final DomainSummary summary;
    private final Map<Integer, IdSet> vcpus = new HashMap<>();
    private final Map<Integer, IdSet> iothreads = new HashMap<>();
    private IdSet emulator = IdSet.empty();
    private String live;
    private String inactive;

    /** @param running the domain's live XML */
    RehearsalLibvirt(String running) throws InvalidDomainXml {
        this.running = running;
        DomainDefinition guest = xml.read(running);
        this.summary = new DomainSummary(Objects.requireNonNull(guest.uuid()), guest.name(), true, true);
        this.live = running;
        this.inactive = running;
    }

    /** It has started anew, as Nova defines it. */
    void starts() {
        live = running;
        inactive = running.replaceFirst(" id='[0-9]+'", "");
        vcpus.clear();
        iothreads.clear();
        emulator = IdSet.empty();
    }

    private String recorded(String text, @Nullable String element) throws LibvirtFailure {
        try {
            return xml.edit(text, new DomainEdit(xml.read(text).tuning(), DisplayChange.KEEP, element));
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(Kind.ERROR, 0, String.valueOf(e.getMessage()));
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
        return lane();
    }

    @Override
    public List<DomainSummary> list() {
        return List.of(summary);
    }

    @Override
    public Optional<DomainSummary> find(UUID uuid) {
        return Optional.of(summary);
    }

    @Override
    public Optional<DomainSummary> find(String name) {
        return Optional.of(summary);
    }

    @Override
    public String liveXml(UUID uuid) {
        return live;
    }

    @Override
    public String inactiveXml(UUID uuid) {
        return inactive;
    }

    @Override
    public String secureInactiveXml(UUID uuid) {
        return inactive;
    }

    @Override
    public String draftXml(UUID uuid) {
        return secureInactiveXml(uuid);
    }

    @Override
    public String secureXml(UUID uuid) {
        return live;
    }

    @Override
    public void define(String xml) {
        inactive = xml;
    }

    @Override
    public Map<Integer, IdSet> vcpuPins(UUID uuid) {
        return Map.copyOf(vcpus);
    }

    @Override
    public IdSet emulatorPin(UUID uuid) {
        return emulator;
    }

    @Override
    public Map<Integer, IdSet> iothreadPins(UUID uuid) {
        return Map.copyOf(iothreads);
    }

    @Override
    public void pinVcpu(UUID uuid, int vcpu, IdSet cpus) {
        vcpus.put(vcpu, cpus);
    }

    @Override
    public void pinEmulator(UUID uuid, IdSet cpus) {
        emulator = cpus;
    }

    @Override
    public void pinIothread(UUID uuid, int iothread, IdSet cpus) {
        iothreads.put(iothread, cpus);
    }

    @Override
    public void setLiveNodeset(UUID uuid, IdSet nodes) {}

    @Override
    public void setRecord(UUID uuid, @Nullable String element) throws LibvirtFailure {
        live = recorded(live, element);
        inactive = recorded(inactive, element);
    }

    @Override
    public void setLiveRecord(UUID uuid, String element) throws LibvirtFailure {
        live = recorded(live, element);
    }

    @Override
    public Activity activity(UUID uuid) {
        return new Activity(Activity.State.RUNNING, Map.of(), Map.of(), List.of(), false);
    }

    @Override
    public WhyOff whyOff(UUID uuid) {
        return WhyOff.RUNS;
    }

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
    public void destroy(UUID uuid) throws LibvirtFailure {
        throw only();
    }

    @Override
    public void create(UUID uuid) throws LibvirtFailure {
        throw only();
    }

    @Override
    public void undefine(UUID uuid) throws LibvirtFailure {
        throw only();
    }

    private static LibvirtFailure only() {
        return new LibvirtFailure(Kind.REFUSED, 0, "the guest of a rehearsal is bound, and nothing else");
    }
}
