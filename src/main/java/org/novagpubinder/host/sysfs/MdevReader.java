package org.novagpubinder.host.sysfs;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.files.Dir;
import org.novagpubinder.host.topology.Mdev;
import org.novagpubinder.host.topology.PciAddress;

/** Reads sys/bus/mdev/devices (Linux Documentation/driver-api/vfio-mediated-device.rst). */
record MdevReader(Dir root) {
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /**
     * What was found.
     *
     * @param pci those of PCI functions
     * @param others those of something else, such as a channel of an s390 or a sample of the kernel's
     */
    record Found(List<Mdev> pci, Set<UUID> others) {}

    Found read() {
        List<Mdev> mdevs = new ArrayList<>();
        Set<UUID> others = new HashSet<>();
        Optional<Dir> devices = root.dir("sys/bus/mdev/devices");
        for (String name : devices.map(Dir::names).orElse(List.of())) {
            Optional<Dir> dir =
                    UUID_FORM.matcher(name).matches() ? devices.get().dir(name) : Optional.empty();
            if (dir.isEmpty()) {
                continue;
            }
            UUID uuid = UUID.fromString(name);
            PciAddress parent = parent(dir.get());
            if (parent == null) {
                others.add(uuid);
            } else {
                mdevs.add(new Mdev(uuid, parent, dir.get().linkName("mdev_type").orElse("unknown")));
            }
        }
        return new Found(mdevs, others);
    }

    /** The nearest PCI function above it; null for an mdev of something else. */
    private static @Nullable PciAddress parent(Dir dir) {
        Dir at = dir;
        while (!at.path().equals(at.root())) {
            at = at.above();
            String name = String.valueOf(at.path().getFileName());
            if (PciAddress.matches(name)) {
                return PciAddress.parse(name);
            }
        }
        return null;
    }
}
