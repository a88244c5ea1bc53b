package org.novagpubinder.placement.model;

import org.novagpubinder.host.topology.IdSet;

/**
 * A NUMA cell that the guest sees.
 *
 * @param id the cell
 * @param vcpus its vCPUs
 * @param memoryKiB its memory, memory devices that are plugged into it included, KiB
 * @param hugePageKiB size of the huge pages that back it, KiB; 0 for ordinary pages
 */
public record GuestCell(int id, IdSet vcpus, long memoryKiB, long hugePageKiB) {}
