package org.novagpubinder.host.sysfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.files.Dir;
import org.novagpubinder.host.topology.Mdev;
import org.novagpubinder.host.topology.PciAddress;

/** Reads sys/bus/mdev/devices (Linux Documentation/driver-api/vfio-mediated-device.rst). */
final class MdevReader {
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private final Dir root;

    MdevReader(Dir root) {
        this.root = root;
    }

    List<Mdev> read() {
        List<Mdev> mdevs = new ArrayList<>();
        Optional<Dir> devices = root.dir("sys/bus/mdev/devices");
        for (String name : devices.map(Dir::names).orElse(List.of())) {
            Optional<Dir> dir =
                    UUID_FORM.matcher(name).matches() ? devices.get().dir(name) : Optional.empty();
            PciAddress parent = dir.map(MdevReader::parent).orElse(null);
            if (parent != null) {
                mdevs.add(new Mdev(UUID.fromString(name), parent, type(dir.get())));
            }
        }
        return mdevs;
    }

    /** The nearest PCI function above it; null for an mdev of something else, such as a channel of an s390. */
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

    private static String type(Dir dir) {
        return dir.linkName("mdev_type").orElse("unknown");
    }
}
