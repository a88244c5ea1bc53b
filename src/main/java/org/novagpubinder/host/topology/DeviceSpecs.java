package org.novagpubinder.host.topology;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The PCI devices that Nova has for guests: nova.conf's {@code [pci] device_spec}, in its order. Of those that match a device
 * the first holds (nova/pci/whitelist.py).
 */
public record DeviceSpecs(List<Spec> all) {
    public static final DeviceSpecs NONE = new DeviceSpecs(List.of());

    public DeviceSpecs {
        all = List.copyOf(all);
    }

    /**
     * One of them (nova/pci/devspec.py). All but the last are regular expressions for the beginning, as Python's re.match has
     * it; plain values and stars of nova.conf are turned into expressions when they are read.
     *
     * @param vendor of four hex digits
     * @param product of four hex digits
     * @param domain of four hex digits
     * @param bus of two hex digits
     * @param slot of two hex digits
     * @param function of one digit
     * @param managed whether libvirt takes the device from its host driver at a guest's start
     */
    public record Spec(
            String vendor, String product, String domain, String bus, String slot, String function, boolean managed) {
        public static final String ANY = ".*";

        /** What matches no device. */
        public static Spec ofNothing(boolean managed) {
            return new Spec("(?!)", ANY, ANY, ANY, ANY, ANY, managed);
        }

        /** A physical function's whole address stands for its virtual functions too. */
        private boolean matches(Gpu gpu) {
            String whole = domain + ":" + bus + ":" + slot + "." + function;
            PciAddress card = gpu.physicalFunction();
            return begins(vendor, gpu.vendor())
                    && begins(product, gpu.device())
                    && (matches(gpu.address()) || (card != null && whole.equals(card.toString())));
        }

        /** Nova has no device of a domain beyond 16 bits (nova/pci/manager.py). */
        private boolean matches(PciAddress address) {
            String[] parts = address.toString().split("[:.]", -1);
            return address.domain() <= 0xffff
                    && begins(domain, parts[0])
                    && begins(bus, parts[1])
                    && begins(slot, parts[2])
                    && begins(function, parts[3]);
        }

        private static boolean begins(String expression, String text) {
            return Pattern.compile(expression).matcher(text).lookingAt();
        }
    }

    /** Whether there are some to which libvirt gives VFIO's driver at a start. */
    public boolean managed() {
        return all.stream().anyMatch(Spec::managed);
    }

    /** Whether there are some that keep the driver which they have ({@code "managed": "no"}). */
    public boolean unmanaged() {
        return !all.stream().allMatch(Spec::managed);
    }

    /**
     * Those of a host's GPUs that have a render node only until Nova gives them to a guest: libvirt then takes them from their
     * host driver. A card with virtual functions is none of them: Nova gives those away, and the card itself only to who asks
     * for a type-PF (nova/pci/stats.py:_filter_pools_for_unrequested_pfs).
     */
    public List<Gpu> taken(List<Gpu> gpus) {
        return all.isEmpty()
                ? List.of()
                : gpus.stream()
                        .filter(Gpu::draws)
                        .filter(g -> gpus.stream().noneMatch(part -> g.address().equals(part.physicalFunction())))
                        .filter(g -> all.stream()
                                .filter(spec -> spec.matches(g))
                                .findFirst()
                                .filter(Spec::managed)
                                .isPresent())
                        .toList();
    }
}
