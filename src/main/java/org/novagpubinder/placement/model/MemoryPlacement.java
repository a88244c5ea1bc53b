package org.novagpubinder.placement.model;

import org.novagpubinder.host.topology.IdSet;

/**
 * {@code <memory>} or {@code <memnode>} of {@code <numatune>}.
 *
 * @param nodeset the nodes; empty for placement='auto', which numad decides at each start
 */
public record MemoryPlacement(MemoryMode mode, IdSet nodeset) {}
