package org.novagpubinder.placement.model;

import org.novagpubinder.host.topology.IdSet;

/**
 * A node that the guest's threads may use, and what is there for it.
 *
 * @param cpus the CPUs that the guest may use there; never empty
 * @param load vCPUs of the other domains there
 * @param memoryNode the node that a thread there gets its memory from: the node itself, or the nearest with memory; -1
 *     if the host tells of no memory at all
 */
public record NodeCapacity(int node, IdSet cpus, double load, int memoryNode) {}
