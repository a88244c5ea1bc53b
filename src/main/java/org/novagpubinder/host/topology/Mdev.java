package org.novagpubinder.host.topology;

import java.util.UUID;

/**
 * A mediated device (vGPU).
 *
 * @param uuid its UUID, as in {@code <hostdev type='mdev'>}
 * @param parent the PCI function that it is a part of; its node is the vGPU's
 * @param type name of its type, e.g. nvidia-222
 */
public record Mdev(UUID uuid, PciAddress parent, String type) {}
