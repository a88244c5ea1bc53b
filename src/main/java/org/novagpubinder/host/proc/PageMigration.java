package org.novagpubinder.host.proc;

import org.novagpubinder.host.topology.IdSet;

/** Moves the memory of a process: the kernel's call, or in tests one that can be told what comes of it. */
@FunctionalInterface
public interface PageMigration {
    /**
     * Moves what lies on one set of nodes to the other, keeping the nodes' order where both have several.
     *
     * @return how many pages could not be moved, as far as the kernel tells: pinned ones it may leave silently
     * @throws HostCallException with the kernel's reason: the process has ended (ESRCH), it may not be moved (EPERM), a
     *     node does not exist (EINVAL)
     */
    long migrate(int pid, IdSet from, IdSet to) throws HostCallException;
}
