package org.novagpubinder.binding.early;

import jakarta.inject.Inject;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.host.files.DeviceFiles;
import org.novagpubinder.host.sysfs.GuestLimits;
import org.novagpubinder.host.sysfs.HostDevices;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Pins;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.restarts.RestartFailures;

/** Which guests are not bound before their start. */
record EarlyRisks(ProvenStarts proven, DeviceFiles devices, EarlyStarts starts, RestartFailures restarts) {
    /** Nova makes a config drive between its define and its start (nova/virt/libvirt/driver.py, _create_guest_with_network). */
    private static final Set<String> WITH_GAP = Set.of("create", "rebuild", "unshelve", "resize_finish");

    /** Its notification has the flavor that the guest is to lose. */
    private static final String REVERT = "resize_revert";

    @Inject
    EarlyRisks {}

    private static boolean reachBeyond(Pins pins, IdSet cpus) {
        return !pins.where(pin -> !cpus.containsAll(pin)).equals(Pins.NONE);
    }

    private static Stream<MemoryPlacement> memory(Tuning ours) {
        return Stream.concat(Stream.ofNullable(ours.memory()), ours.memnodes().values().stream());
    }

    /**
     * Why the definition could make Nova's start fail; empty if nothing is known that could.
     *
     * @param limits are read now
     */
    Optional<String> of(String operation, Planned planned, DomainDefinition d, GuestLimits limits) {
        Plan plan = planned.plan();
        Tuning ours = plan.ours();
        String renderNode = ours.renderNode();
        if (plan.addDisplay() && renderNode == null) {
            return Optional.of("a display without a render node of its own has never been tried");
        }
        if (renderNode != null && !proven.worked(d, renderNode)) {
            return Optional.of(
                    "no guest is known to have started with " + renderNode + " since the host's boot with this QEMU");
        }
        // the host may have been read half a minute ago
        if (renderNode != null && !devices.exists(renderNode)) {
            return Optional.of(renderNode + " is not there any more");
        }
        if (operation.equals(REVERT)) {
            return Optional.of("Nova has not told the flavor that it goes back to");
        }
        if (!WITH_GAP.contains(operation) && !d.pciHostdevs().isEmpty()) {
            return Optional.of(
                    "in its " + operation + " Nova is likely to be faster, and a define that waits for the start of a"
                            + " guest with PCI devices makes others wait");
        }
        if (!HostDevices.isUsual(d.partition())) {
            return Optional.of("its cgroup is not that of Nova's guests, but in " + d.partition());
        }
        boolean enforced = memory(ours).anyMatch(m -> m.mode() != MemoryMode.PREFERRED);
        boolean wholeAtStart = !(d.pciHostdevs().isEmpty()
                && d.mdevs().isEmpty()
                && d.memoryHolders().isEmpty());
        if (enforced && wholeAtStart) {
            return Optional.of("all its memory is taken at its start, and its node might not have that much any more");
        }
        boolean hugePages = d.hugePageKiB() != 0 || d.cells().stream().anyMatch(c -> c.hugePageKiB() != 0);
        if (ours.placesMemory() && hugePages) {
            return Optional.of("its memory is in huge pages, of which a node may run short meanwhile");
        }
        if (reachBeyond(ours.pins(), limits.onlineCpus())) {
            return Optional.of("CPUs of its node are offline now");
        }
        IdSet cpus = limits.cpus();
        if (reachBeyond(ours.pins(), cpus.isEmpty() ? proven.cpus() : cpus)) {
            return Optional.of(
                    cpus.isEmpty()
                            ? "the cgroup of guests does not tell its CPUs, and no guest is known to have been pinned to"
                                    + " those of its node since the host's boot"
                            : "the cgroup of guests has the CPUs " + cpus + ", not all of its node's");
        }
        IdSet nodes = limits.nodes();
        if (!nodes.isEmpty() && memory(ours).anyMatch(m -> !nodes.containsAll(m.nodeset()))) {
            return Optional.of("the cgroup of guests has the memory of nodes " + nodes + ", not of its node");
        }
        if (starts.isDoubted(plan.uuid())) {
            return Optional.of("its last start has failed, or was not seen: this one is as Nova defines it");
        }
        // what did not start with our binding must not be put into Nova's own start
        return restarts.forbidsBeforeStart(plan.uuid());
    }
}
