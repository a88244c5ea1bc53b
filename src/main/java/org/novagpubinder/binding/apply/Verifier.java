package org.novagpubinder.binding.apply;

import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.inventory.GuestMemory;
import org.novagpubinder.binding.release.LivePins;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.files.DeviceFiles;
import org.novagpubinder.host.proc.QemuCommandLine;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.placement.model.Tuning;

/** Reads back: libvirt's answer "OK" is no proof (src/docs/facts.md). */
record Verifier(
        Libvirt libvirt,
        DomainXml xml,
        LivePins pins,
        QemuProcesses processes,
        GuestMemory memory,
        DeviceFiles devices) {
    @Inject
    Verifier {}

    /** Whether a domain that ran is off or gone now. */
    boolean wentOff(UUID uuid) throws LibvirtFailure {
        return libvirt.find(uuid).filter(DomainSummary::active).isEmpty();
    }

    /** Why the plan's render node cannot be opened: it is in sysfs, but not in /dev. */
    Optional<Reason> renderNodeGone(Plan plan, DomainDefinition now) {
        String path = plan.ours().renderNode();
        if (path == null || path.equals(now.tuning().renderNode()) || devices.exists(path)) {
            return Optional.empty();
        }
        return Code.NO_RENDER_NODE.because(
                path + " is known to sysfs but is not there: is udev running, was the driver unloaded?");
    }

    /** What of the pins the running domain does not have. */
    Optional<Reason> pinsMissing(UUID uuid, Tuning ours) throws LibvirtFailure {
        return pins.missing(uuid, ours.pins())
                .map(what -> new Reason(Code.VERIFY_FAILED, "libvirt accepted, but does not report " + what));
    }

    /** What of its 3D display the process did not get, whatever libvirt's XML says. */
    private static Optional<Reason> undrawn(QemuCommandLine qemu, DomainDefinition live, String wanted) {
        String text = null;
        if (live.display() == DomainDefinition.Display.EGL_HEADLESS
                && qemu.headless()
                && !qemu.renderNodes().contains(wanted)) {
            text = "QEMU was not given " + wanted + " but "
                    + (qemu.renderNodes().isEmpty() ? "none" : String.join(", ", qemu.renderNodes()));
        } else if ("yes".equals(live.video().accel3d())
                && !qemu.videosWithout3d().isEmpty()) {
            text = "QEMU was given " + String.join(", ", qemu.videosWithout3d()) + ", which does not draw in 3D: "
                    + wanted + " is opened and not used";
        }
        return Optional.ofNullable(text).map(t -> new Reason(Code.VERIFY_FAILED, t));
    }

    /** What the restarted domain has not got. */
    Optional<Reason> afterRestart(Plan plan, HostTopology topology) throws LibvirtFailure, InvalidDomainXml {
        UUID uuid = plan.uuid();
        DomainDefinition live = xml.read(libvirt.liveXml(uuid));
        String wanted = plan.ours().renderNode();
        if (wanted != null && !wanted.equals(live.tuning().renderNode())) {
            return Code.VERIFY_FAILED.because("it runs with " + live.tuning().renderNode() + " instead of " + wanted);
        }
        QemuProcess process = processes.find(uuid, live.name()).orElse(null);
        Optional<Reason> undrawn = wanted == null || process == null
                ? Optional.empty()
                : processes.commandLine(process.pid()).flatMap(c -> undrawn(c, live, wanted));
        if (undrawn.isPresent()) {
            return undrawn;
        }
        Optional<Reason> missing = pinsMissing(uuid, plan.ours());
        if (missing.isPresent() || !plan.ours().placesMemory()) {
            return missing;
        }
        IdSet nodes = plan.memoryNodes(topology);
        GuestMemory.Seen seen = memory.look(live, process);
        if (seen.facts().hidden() != null) {
            return Code.MEMORY_UNKNOWN.because("on which nodes its memory is after the restart cannot be told: "
                    + seen.facts().hidden());
        }
        // a guest that has only just started holds little but QEMU itself, whose libraries other processes placed
        boolean wholeFromTheStart =
                !live.pciHostdevs().isEmpty() || seen.facts().partlyHeld(live.memoryKiB(), seen.residentKiB());
        Map<Integer, MemoryPlacement> memnodes = live.tuning().memnodes();
        if (!wholeFromTheStart) {
            return Optional.empty();
        }
        if (!memnodes.isEmpty()
                && GuestCell.misplacedKiB(live.cells(), memnodes, live.memoryKiB(), seen.residentKiB()) > 0) {
            return Code.VERIFY_FAILED.because("its memory is not on the nodes of its cells after the restart");
        }
        if (seen.on(nodes)) {
            return Optional.empty();
        }
        return Code.VERIFY_FAILED.because("only " + Math.round(GuestMemory.share(seen.residentKiB(), nodes) * 100)
                + " % of its memory is on node " + nodes + " after the restart");
    }
}
