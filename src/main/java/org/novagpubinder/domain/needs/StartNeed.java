package org.novagpubinder.domain.needs;

import java.util.List;
import org.novagpubinder.domain.libvirt.SecretUsage;

/**
 * One thing that must be on the host for a domain to start: its definition names it, or libvirt's QEMU driver asks for it.
 *
 * @param kind what it is, and with that how it is looked for
 * @param values what identifies it, as its kind says; empty for {@link Kind#UNKNOWN}
 * @param what the words for it, as in "its disk vda" or "its interface's bridge"
 */
public record StartNeed(Kind kind, List<String> values, String what) {
    public StartNeed {
        values = List.copyOf(values);
    }

    public enum Kind {
        /** A file, directory or device file. Of several paths one is enough. */
        PATH,
        /** A unix socket that somebody else has made: path. */
        SOCKET,
        /** A secret of libvirt's: UUID. */
        SECRET,
        /** The secret of an emulated TPM, which Nova defines around its own start only: UUID. */
        TPM_SECRET,
        /** A secret of libvirt's by what it is for: {@link SecretUsage}'s name, usage. */
        SECRET_OF_USAGE,
        /** A network of libvirt's that is active: name. */
        NETWORK,
        /** A volume in a storage pool that is active: pool, volume. */
        VOLUME,
        /** A PCI function that libvirt takes from the driver that has it (managed): address, and the driver to be given if it is not vfio-pci. */
        PCI,
        /** A PCI function that keeps the driver that it has: address. */
        PCI_UNMANAGED,
        /** A mediated device: UUID. */
        MDEV,
        /** A USB device by what it is: vendor, product, four hex digits each. */
        USB,
        /** A SCSI device: host:channel:target:lun. */
        SCSI,
        /** A network interface of the host, such as a bridge: name. */
        NETDEV,
        /** What this version does not know, or cannot look at; it counts as missing. */
        UNKNOWN
    }
}
