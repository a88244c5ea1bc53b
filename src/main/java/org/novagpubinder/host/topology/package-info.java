/** The host as a value: nodes, CPUs, memory, GPUs. */
@NullMarked
package org.novagpubinder.host.topology;

import org.jspecify.annotations.NullMarked;
