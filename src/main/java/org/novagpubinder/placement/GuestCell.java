package org.novagpubinder.placement;

import org.novagpubinder.host.IdSet;

/**
 * A NUMA cell that the guest sees.
 *
 * @param id the cell
 * @param vcpus its vCPUs
 * @param memoryKiB its memory, KiB
 */
public record GuestCell(int id, IdSet vcpus, long memoryKiB) {}
