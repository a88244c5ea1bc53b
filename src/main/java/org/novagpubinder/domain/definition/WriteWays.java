package org.novagpubinder.domain.definition;

import java.util.List;
import org.novagpubinder.host.topology.PciAddress;

/**
 * By what a guest can write something that outlives it, as its XML has it: what libvirt counts, and what nobody counts.
 *
 * @param disks the disks whose writes QEMU's block layer counts, by target name (vda)
 * @param interfaces the network interfaces whose traffic the host's kernel counts, by the name that they have on the host
 * @param passedThrough PCI functions that are passed through and not by their kind in the XML known to write: their class
 *     in sysfs tells what they are
 * @param unseen what else it could write by, or be in the middle of, unseen by anybody; each in words that go on
 *     "it has …", none if all that it has is known and counted
 */
public record WriteWays(
        List<String> disks, List<String> interfaces, List<PciAddress> passedThrough, List<String> unseen) {
    public WriteWays {
        disks = List.copyOf(disks);
        interfaces = List.copyOf(interfaces);
        passedThrough = List.copyOf(passedThrough);
        unseen = List.copyOf(unseen);
    }
}
