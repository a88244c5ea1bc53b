package org.novagpubinder.host.sysfs;

import java.util.Set;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;

/** Tells what the host is. */
public interface HostSource {
    /**
     * The host as it is now.
     *
     * @param assigned PCI functions that guests have: such a one is a GPU even if nothing else of it shows that
     */
    HostTopology read(Set<PciAddress> assigned) throws HostReadException;
}
