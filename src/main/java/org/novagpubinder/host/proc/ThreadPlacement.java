package org.novagpubinder.host.proc;

import org.novagpubinder.host.topology.IdSet;

/**
 * Where a thread may run.
 *
 * @param tid its id
 * @param name its comm: QEMU calls its threads {@code CPU 0/KVM}, {@code IO iothread1}, {@code qemu-system-x86}
 * @param cpus the CPUs that it may run on
 */
public record ThreadPlacement(int tid, String name, IdSet cpus) {}
