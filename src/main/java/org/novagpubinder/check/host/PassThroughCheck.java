package org.novagpubinder.check.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.host.common.WordList;
import org.novagpubinder.host.sysfs.HostDevices;
import org.novagpubinder.host.sysfs.HostFacts;
import org.novagpubinder.host.topology.DeviceSpecs;
import org.novagpubinder.host.topology.Gpu;

/** Whether devices can be passed through: VFIO and the IOMMU. */
public record PassThroughCheck(ConfigReport report, HostProbe look, HostFacts facts, HostDevices devices)
        implements Check {
    private static final int MOST_NAMED = 8;

    @Override
    public List<CheckResult> run() {
        List<Gpu> gpus = look.readable().map(HostProbe::gpus).orElse(List.of());
        List<Gpu> idle = gpus.stream().filter(g -> g.driver() == null).toList();
        DeviceSpecs passing = report.config().deviceSpecs();
        boolean configured = passing.managed() || passing.unmanaged();
        Optional<String> vfio = driver(gpus);
        if (!configured && idle.isEmpty()) {
            return vfio.isPresent()
                    ? CheckResult.ok(vfio.get() + " is loaded")
                    : report.nova().seen()
                            ? CheckResult.ok("not needed: nova.conf passes no device through")
                            : CheckResult.unknown(
                                    "vfio-pci is not loaded; not known whether Nova passes devices through:"
                                            + " nothing of nova.conf was read");
        }
        List<CheckResult> results = new ArrayList<>();
        if (vfio.isEmpty() && (passing.managed() || !passing.unmanaged())) {
            results.addAll(CheckResult.warning(
                    configured
                            ? "nova.conf passes devices through ([pci]), but vfio-pci is not loaded"
                            : named(idle) + (idle.size() == 1 ? " has" : " have")
                                    + " no driver, and vfio-pci is not loaded",
                    "for passing it through (a GPU that is shared needs its own driver, and so does a virtual function whose"
                            + " vendor has one for VFIO: see \"managed\" of device_spec):\nmodprobe vfio-pci && echo vfio-pci"
                            + " > /etc/modules-load.d/vfio-pci.conf"));
        }
        results.addAll(unmanaged(gpus, passing));
        if (configured && !facts.iommu()) {
            boolean shown = !facts.ofAnotherMachine() || facts.directory("sys/kernel");
            results.addAll(
                    shown
                            ? CheckResult.warning(
                                    "nova.conf passes devices through ([pci]), but no IOMMU is in use", iommuRemedy())
                            : CheckResult.unknown(
                                    "whether an IOMMU is in use: there is no sys/kernel below this root"));
        }
        return results.isEmpty()
                ? CheckResult.ok(vfio.map(driver -> driver + " is loaded")
                        .orElse("what nova.conf passes through keeps its driver (\"managed\": \"no\")"))
                : results;
    }

    /** VFIO's, or that of its makers for a GPU (nvgrace-gpu-vfio-pci, xe-vfio-pci), which libvirt finds by itself. */
    private Optional<String> driver(List<Gpu> gpus) {
        // a card whose parts are passed through keeps its own
        List<String> drivers = gpus.stream()
                .filter(g -> gpus.stream().noneMatch(part -> g.address().equals(part.physicalFunction())))
                .flatMap(g -> Stream.ofNullable(g.driver()))
                .toList();
        return facts.directory("sys/module/vfio_pci") || devices.pciDriver("vfio-pci")
                ? Optional.of("vfio-pci")
                : drivers.stream().findFirst().filter(any -> drivers.stream().allMatch(d -> d.contains("vfio")));
    }

    /** Functions with a VFIO driver of their vendor's: libvirt must not give them another one, and gives them none. */
    private static List<CheckResult> unmanaged(List<Gpu> gpus, DeviceSpecs passing) {
        List<Gpu> vgpus = gpus.stream().filter(g -> g.vgpuType() != null).toList();
        List<Gpu> bare = gpus.stream()
                .filter(g -> g.physicalFunction() != null && g.driver() == null)
                .toList();
        if (passing.managed() && !passing.unmanaged() && !vgpus.isEmpty()) {
            return CheckResult.warning(
                    named(vgpus) + (vgpus.size() == 1 ? " is a vGPU" : " are vGPUs")
                            + " by a driver of the vendor's, which libvirt would take from it at a guest's start",
                    "say so in their device_spec in [pci] of nova.conf:\n\"managed\": \"no\"");
        }
        if (passing.unmanaged() && !bare.isEmpty()) {
            return CheckResult.warning(
                    named(bare) + (bare.size() == 1 ? " has" : " have")
                            + " no driver, and nova.conf says \"managed\": \"no\", with which libvirt gives none",
                    "give it the vendor's driver for VFIO (nvidia, nvgrace-gpu-vfio-pci, mlx5_vfio_pci), as the vendor says");
        }
        return List.of();
    }

    /** Linux' Documentation/admin-guide/kernel-parameters.txt: only Intel's is off unless it is asked for. */
    private String iommuRemedy() {
        return switch (facts.cpuVendor()) {
            case "GenuineIntel" ->
                "switch VT-d on in the firmware, and on the kernel's command line (move the guests away first, for the host"
                        + " has to boot):\nintel_iommu=on iommu=pt";
            case "AuthenticAMD", "HygonGenuine" ->
                "switch AMD-Vi (\"IOMMU\") on in the firmware; the kernel then uses it unless its command line says"
                        + " amd_iommu=off. Less is mapped with:\niommu=pt";
            case HostFacts.ARM ->
                "switch the SMMU on in the firmware (its IORT table names it then); the kernel uses it by itself";
            default ->
                "switch it on in the firmware (Intel: VT-d, AMD: AMD-Vi, ARM: SMMU); Intel's also on the kernel's command"
                        + " line:\nintel_iommu=on iommu=pt";
        };
    }

    /** Their addresses, of many only some. */
    static String named(List<Gpu> gpus) {
        return WordList.some(
                MOST_NAMED, gpus.stream().map(g -> g.address().toString()).toList());
    }
}
