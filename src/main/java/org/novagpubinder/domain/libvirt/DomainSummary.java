package org.novagpubinder.domain.libvirt;

import java.util.UUID;

/**
 * One line of {@code virsh list --all}.
 *
 * @param uuid the domain, which is Nova's instance
 * @param name libvirt's name, e.g. instance-00000003
 * @param active whether it runs (paused counts)
 * @param persistent whether it has a definition; a live snapshot makes it transient as long as it copies
 */
public record DomainSummary(UUID uuid, String name, boolean active, boolean persistent) {}
