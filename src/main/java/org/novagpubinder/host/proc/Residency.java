package org.novagpubinder.host.proc;

import java.util.Map;

/**
 * Where the resident memory of a process lies.
 *
 * @param allKiB everything that it has mapped, by node, KiB; program and library files too, which it shares with others
 * @param ownKiB without clean pages of files, by node, KiB: the guest's memory, whatever backs it, and QEMU's own data
 */
public record Residency(Map<Integer, Long> allKiB, Map<Integer, Long> ownKiB) {
    public Residency {
        allKiB = Map.copyOf(allKiB);
        ownKiB = Map.copyOf(ownKiB);
    }
}
