package org.novagpubinder.check.host;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.host.sysfs.HostFacts;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;

/** Whether devices can be passed through: VFIO and the IOMMU. */
public final class PassThroughCheck implements Check {
    private final ConfigReport report;
    private final HostProbe look;
    private final HostFacts facts;

    @Inject
    PassThroughCheck(ConfigReport report, HostProbe look, HostFacts facts) {
        this.report = report;
        this.look = look;
        this.facts = facts;
    }

    @Override
    public String name() {
        return "vfio";
    }

    @Override
    public List<CheckResult> run() {
        Optional<HostTopology> host = look.readable();
        List<Gpu> idle = host.stream()
                .flatMap(h -> HostProbe.gpus(h).stream())
                .filter(g -> g.driver() == null)
                .toList();
        boolean configured = report.nova().passesThrough();
        boolean loaded = facts.module("vfio_pci");
        if (!configured && idle.isEmpty()) {
            return loaded
                    ? CheckResult.ok("vfio-pci is loaded")
                    : report.nova().seen()
                            ? CheckResult.ok("not needed: nova.conf passes no device through")
                            : CheckResult.unknown(
                                    "vfio-pci is not loaded; not known whether Nova passes devices through:"
                                            + " nothing of nova.conf was read");
        }
        List<CheckResult> results = new ArrayList<>();
        if (!loaded) {
            results.addAll(CheckResult.warning(
                    configured
                            ? "nova.conf passes devices through ([pci]), but vfio-pci is not loaded"
                            : named(idle) + " has no driver, and vfio-pci is not loaded",
                    "for passing it through (a GPU that is shared needs its own driver):\nmodprobe vfio-pci && echo vfio-pci"
                            + " > /etc/modules-load.d/vfio-pci.conf"));
        }
        if (configured && !facts.iommu()) {
            results.addAll(CheckResult.warning(
                    "nova.conf passes devices through ([pci]), but no IOMMU is in use", iommuRemedy()));
        }
        return results.isEmpty() ? CheckResult.ok("vfio-pci is loaded") : results;
    }

    /** Linux' Documentation/admin-guide/kernel-parameters.txt: only Intel's is off unless it is asked for. */
    private String iommuRemedy() {
        return switch (facts.cpuVendor()) {
            case "GenuineIntel" ->
                "switch VT-d on in the firmware, and on the kernel's command line:\nintel_iommu=on iommu=pt";
            case "AuthenticAMD", "HygonGenuine" ->
                "switch AMD-Vi (\"IOMMU\") on in the firmware; the kernel then uses it unless its command line says"
                        + " amd_iommu=off. Less is mapped with:\niommu=pt";
            case HostFacts.ARM ->
                "switch the SMMU on in the firmware; the kernel then uses it unless its command line says"
                        + " arm-smmu.disable_bypass or iommu.passthrough otherwise";
            default ->
                "switch it on in the firmware (Intel: VT-d, AMD: AMD-Vi, ARM: SMMU); Intel's also on the kernel's command"
                        + " line:\nintel_iommu=on iommu=pt";
        };
    }

    private static String named(List<Gpu> gpus) {
        return gpus.stream().map(g -> g.address().toString()).collect(Collectors.joining(", "));
    }
}
