package org.novagpubinder.host.sysfs;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.novagpubinder.host.files.Dir;
import org.novagpubinder.host.topology.PciAddress;

/** What kind of device a PCI function is: its class code, from sysfs, as it is now. */
public record PciClasses(Path root) {
    private static final Pattern CLASS = Pattern.compile("0x([0-9a-f]{6})");

    /** Six hex digits, e.g. 010802 for an NVMe controller; empty if there is no such function, or sysfs does not tell. */
    public Optional<String> of(PciAddress address) {
        return Dir.below(root, "sys/bus/pci/devices/" + address).flatMap(PciClasses::of);
    }

    /** The same of a function's directory. */
    static Optional<String> of(Dir function) {
        return function.text("class")
                .map(CLASS::matcher)
                .filter(Matcher::matches)
                .map(m -> m.group(1));
    }

    /** The same of the function that a mediated device is a part of. */
    public Optional<String> ofMdev(UUID mdev) {
        return Dir.below(root, ".")
                .flatMap(top -> new MdevReader(top)
                        .read().pci().stream()
                                .filter(m -> m.uuid().equals(mdev))
                                .findFirst())
                .flatMap(m -> of(m.parent()));
    }
}
