package org.novagpubinder.domain.libvirt;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.connection.LibvirtConnection;
import org.novagpubinder.host.topology.IdSet;

/**
 * The libvirt calls that the binder makes. The real one is the connection of {@link LibvirtConnection}; tests script
 * faults with another. Every method blocks; at most three are in flight at a time. Call from platform threads only
 * (libvirt's errors are thread-local).
 *
 * <p>Every method throws {@link LibvirtFailure}, of kind CONNECTION at once while there is no connection.
 */
public interface Libvirt {
    /**
     * The same calls for what a guest waits for that is off: while libvirt holds the lock of one domain (for a minute, when it
     * moves memory), calls that concern all domains may fill the three lanes; these have one of their own.
     */
    Libvirt urgent();

    /**
     * One of the three lanes, held: what is looked at before a change and the change itself go through it without a wait in
     * between. Waits until one is free.
     */
    LibvirtHold lane() throws LibvirtFailure;

    /**
     * A connection of its own beside the common one. Who stops a guest holds one, for its start must not wait for others'
     * calls.
     *
     * @throws LibvirtFailure also of kind CONNECTION if libvirtd admits no further client
     */
    LibvirtHold own() throws LibvirtFailure;

    /** All domains, running or not. */
    List<DomainSummary> list() throws LibvirtFailure;

    /** Those of them that run, by the fewest calls. */
    default List<DomainName> running() throws LibvirtFailure {
        return list().stream().filter(DomainSummary::active).map(DomainName::of).toList();
    }

    Optional<DomainSummary> find(UUID uuid) throws LibvirtFailure;

    /** The same by the fewest calls: not whether it is persistent. */
    default Optional<DomainName> seek(UUID uuid) throws LibvirtFailure {
        return find(uuid).map(DomainName::of);
    }

    Optional<DomainSummary> find(String name) throws LibvirtFailure;

    /** {@link #find(UUID)} and {@link #secureInactiveXml} at once, by the fewest calls. */
    default Optional<DomainStand> stand(UUID uuid) throws LibvirtFailure {
        Optional<DomainSummary> found = find(uuid);
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(new DomainStand(
                        found.get().active(), found.get().persistent() ? secureInactiveXml(uuid) : null));
    }

    /** The XML of the running domain (of a domain that is shut off: its definition), without secrets. */
    String liveXml(UUID uuid) throws LibvirtFailure;

    /**
     * The definition (VIR_DOMAIN_XML_INACTIVE), for reading: without secrets.
     *
     * @throws LibvirtFailure also for a transient domain
     */
    String inactiveXml(UUID uuid) throws LibvirtFailure;

    /** {@link #inactiveXml} of a persistent domain; empty for a transient one. */
    default Optional<String> definition(UUID uuid) throws LibvirtFailure {
        return find(uuid).filter(DomainSummary::persistent).isPresent()
                ? Optional.of(inactiveXml(uuid))
                : Optional.empty();
    }

    /**
     * The definition with its secrets (VIR_DOMAIN_XML_INACTIVE | SECURE), for defining again: without the SECURE flag a
     * VNC or SPICE password would be lost. Never log or print it.
     */
    String secureInactiveXml(UUID uuid) throws LibvirtFailure;

    /**
     * The same by one call, for a draft: of a transient domain what runs, so whoever defines it asks {@link #stand} right before.
     */
    String draftXml(UUID uuid) throws LibvirtFailure;

    /**
     * The XML of the running domain (with an id), or of one that is off its definition, with secrets, by the fewest calls
     * (lookup and one more). Never log or print it.
     */
    String secureXml(UUID uuid) throws LibvirtFailure;

    /** Defines the domain anew: holds from its next start on. */
    void define(String xml) throws LibvirtFailure;

    /** Pins of the running domain's vCPUs, by vCPU. */
    Map<Integer, IdSet> vcpuPins(UUID uuid) throws LibvirtFailure;

    /** Pin of the running domain's emulator threads. */
    IdSet emulatorPin(UUID uuid) throws LibvirtFailure;

    /** Pins of the running domain's iothreads, by iothread. */
    Map<Integer, IdSet> iothreadPins(UUID uuid) throws LibvirtFailure;

    /** Pins a vCPU of the running domain (VIR_DOMAIN_AFFECT_LIVE). */
    void pinVcpu(UUID uuid, int vcpu, IdSet cpus) throws LibvirtFailure;

    /** Pins the emulator threads of the running domain. */
    void pinEmulator(UUID uuid, IdSet cpus) throws LibvirtFailure;

    /** Pins an iothread of the running domain. */
    void pinIothread(UUID uuid, int iothread, IdSet cpus) throws LibvirtFailure;

    /**
     * Moves the running domain to a nodeset with mode restrictive. The caller must have made sure that the domain has no
     * PCI hostdev (it would block libvirtd for a minute and move nothing), no memnode (libvirt would lose the domain), and
     * no memory mode but none or restrictive.
     */
    void setLiveNodeset(UUID uuid, IdSet nodes) throws LibvirtFailure;

    /**
     * Writes our metadata element, or with null takes it away, of the running domain (if it runs) and of the definition
     * (if it has one), in one call.
     */
    void setRecord(UUID uuid, @Nullable String element) throws LibvirtFailure;

    /** Writes our metadata element of the running domain alone: its definition has it already. */
    void setLiveRecord(UUID uuid, String element) throws LibvirtFailure;

    /**
     * What the domain is doing and has done since it started: whether its CPUs run, what it has written and sent, which jobs are
     * under way. One call (virDomainListGetStats), and of a running domain two and one for each disk. It waits until a libvirtd
     * that was started anew is connected to QEMU again; a destroy before that ends QEMU, fails with "domain is not running", and
     * is told by no event (qemuProcessBeginStopJob, qemuProcessReconnect).
     *
     * @return of a domain that is shut off: that
     */
    Activity activity(UUID uuid) throws LibvirtFailure;

    /** Why a domain is off; {@link WhyOff#RUNS} if it is not. */
    WhyOff whyOff(UUID uuid) throws LibvirtFailure;

    /** Whether libvirt has a secret of that UUID; its value is not asked for. */
    boolean secret(UUID uuid) throws LibvirtFailure;

    /** Whether libvirt has a secret for that use of that name. */
    boolean secret(SecretUsage usage, String name) throws LibvirtFailure;

    /** Whether libvirt has a network of that name, and it is active. */
    boolean network(String name) throws LibvirtFailure;

    /** Whether libvirt has an active storage pool of that name, and a volume of that name in it. */
    boolean volume(String pool, String volume) throws LibvirtFailure;

    /** Stops the domain at once, as if its power was cut. */
    void destroy(UUID uuid) throws LibvirtFailure;

    /** Starts the domain from its definition. */
    void create(UUID uuid) throws LibvirtFailure;

    /**
     * Takes the definition away; files of its firmware stay. A saved state makes it fail. For a definition alone that nobody
     * but we have brought back.
     */
    void undefine(UUID uuid) throws LibvirtFailure;

    /** Why a domain does not run, as libvirt remembers it (virDomainShutoffReason); it forgets it when it is restarted. */
    enum WhyOff {
        RUNS,
        /**
         * The guest has powered itself off, by itself or because it was asked to; or its QEMU has ended long after libvirt gave
         * a destroy up, which libvirt tells the same way (qemu_driver.c:processMonitorEOFEvent).
         */
        SHUT_DOWN,
        /** It has left for another host, where it runs. */
        MIGRATED,
        /** Its state was saved: the next start goes on from there. */
        SAVED,
        /** It was stopped, or its QEMU has crashed or did not start. */
        STOPPED,
        /** It has not run since it was defined, or since libvirt was started. */
        UNKNOWN
    }
}
