package org.novagpubinder.picture.svg;

import java.util.Optional;
import java.util.stream.Collectors;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.binding.report.MemoryShares;
import org.novagpubinder.placement.model.GpuUse;

/** What is told of a guest, in few words. */
public final class GuestLabels {
    private GuestLabels() {}

    /** What its owner calls it; libvirt's name if he does not. */
    public static String called(DomainStatus guest) {
        return guest.instanceName() == null ? guest.domain() : guest.instanceName();
    }

    /** What its owner calls it, and libvirt's name, which is unique. */
    static String name(DomainStatus guest) {
        return guest.instanceName() == null ? guest.domain() : guest.instanceName() + " · " + guest.domain();
    }

    /** Where its memory is, such as "25% on 0, 75% on 1"; empty if that is not known. */
    public static Optional<String> memory(DomainStatus guest) {
        String text = MemoryShares.percent(guest.residentKiB()).entrySet().stream()
                .map(e -> e.getValue() + "% on " + e.getKey())
                .collect(Collectors.joining(", "));
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** How the guest's definition names its GPU. */
    public static String gpu(GpuUse use) {
        String text = use.text() == null ? "left to libvirt" : use.text();
        return switch (use.kind()) {
            case RENDER_NODE -> text.replace("/dev/dri/", "");
            case PCI -> text;
            case MDEV -> "vGPU " + text;
        };
    }
}
