package org.novagpubinder.host.sysfs;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.files.Dir;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;

/** Whether single devices are in sysfs now; below any root. */
public record HostDevices(Path root) {
    /** Where libvirt puts guests whose definitions name none (domain_cgroup.c:virDomainCgroupInitCgroup). */
    private static final String USUAL_PARTITION = "/machine";

    /** They get no suffix (vircgroup.c:virCgroupSetPartitionSuffix). */
    private static final Set<String> TOP = Set.of("machine", "system", "user");

    public boolean pci(PciAddress address) {
        return dir("bus/pci/devices/" + address).isPresent();
    }

    /** The driver that has the PCI function; empty if none has. */
    public Optional<String> driver(PciAddress address) {
        return dir("bus/pci/devices/" + address).flatMap(d -> d.linkName("driver"));
    }

    /** Whether the kernel has a PCI driver of that name. */
    public boolean pciDriver(String name) {
        return dir("bus/pci/drivers/" + name).isPresent();
    }

    /** Whether guests of such a definition are where Nova's are; a definition that names no partition is one. */
    public static boolean isUsual(@Nullable String partition) {
        return partition == null || partition.equals(USUAL_PARTITION);
    }

    /** Where the kernel says to what guests can be pinned whose definitions name no partition, as Nova's do. */
    public GuestLimits guestLimits() {
        return guestLimits(USUAL_PARTITION);
    }

    /** The same, of a root that is open. */
    static GuestLimits guestLimits(Dir top) {
        return guestLimits(path -> top.dir("sys/" + path), USUAL_PARTITION);
    }

    /**
     * The same of guests in a partition of libvirt's (its docs/cgroups.rst). With systemd /machine/a is
     * machine.slice/machine-a.slice, else machine/a.partition.
     */
    GuestLimits guestLimits(String partition) {
        return guestLimits(this::dir, partition);
    }

    private static GuestLimits guestLimits(Function<String, Optional<Dir>> sys, String partition) {
        StringBuilder slices = new StringBuilder();
        StringBuilder slice = new StringBuilder();
        StringBuilder plain = new StringBuilder();
        for (String part : partition.split("/", -1)) {
            if (!part.isEmpty()) {
                slice.append(slice.isEmpty() ? "" : "-").append(part);
                slices.append('/').append(slice).append(".slice");
                boolean asItIs = part.contains(".") || (plain.isEmpty() && TOP.contains(part));
                plain.append('/').append(part).append(asItIs ? "" : ".partition");
            }
        }
        return new GuestLimits(
                sys.apply("devices/system/cpu"),
                Stream.of("fs/cgroup", "fs/cgroup/cpuset")
                        .flatMap(mount -> Stream.of(mount + slices, mount + plain))
                        .flatMap(group -> sys.apply(group).stream())
                        .toList());
    }

    /** The host as a guest in that partition has it: without CPUs if that one's cgroup does not tell them. */
    public HostTopology in(@Nullable String partition, HostTopology host) {
        if (partition == null || isUsual(partition)) {
            return host;
        }
        GuestLimits.Allowed allowed = guestLimits(partition).allowed(host.nodes());
        return host.withGuestCpus(allowed.cpus() == null ? IdSet.empty() : allowed.cpus(), allowed.withheld());
    }

    public boolean mdev(UUID uuid) {
        return dir("bus/mdev/devices/" + uuid).isPresent();
    }

    /** Whether there is a network interface, bridge or the like of that name in this process's network namespace. */
    public boolean netdev(String name) {
        return !name.contains("/") && dir("class/net").flatMap(d -> d.dir(name)).isPresent();
    }

    /** Whether there is a SCSI device at host:channel:target:lun. */
    public boolean scsi(String address) {
        return dir("bus/scsi/devices/" + address).isPresent();
    }

    /** Whether there is a USB device of that vendor and product, four hex digits each. */
    public boolean usb(String vendor, String product) {
        Optional<Dir> devices = dir("bus/usb/devices");
        return devices.stream()
                .flatMap(d -> d.names().stream())
                .flatMap(name -> devices.get().dir(name).stream())
                .anyMatch(d -> d.text("idVendor")
                                .filter(vendor::equalsIgnoreCase)
                                .isPresent()
                        && d.text("idProduct").filter(product::equalsIgnoreCase).isPresent());
    }

    private Optional<Dir> dir(String path) {
        return Dir.below(root, "sys/" + path);
    }
}
