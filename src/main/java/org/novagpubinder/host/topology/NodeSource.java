package org.novagpubinder.host.topology;

import java.util.Locale;

/** Where the node of a GPU is known from. */
public enum NodeSource {
    /** sysfs {@code numa_node}. */
    NUMA_NODE,
    /** sysfs {@code local_cpus}/{@code local_cpulist} names exactly one node's CPUs. */
    LOCAL_CPUS,
    OVERRIDE,
    /** Nothing tells it: guests of such a GPU are left alone. */
    UNKNOWN;

    /** The word in {@code --json} output. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
