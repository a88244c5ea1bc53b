/** The host as sysfs and procfs tell it: nodes, CPUs, memory, GPUs, render nodes, mediated devices. */
@NullMarked
package org.novagpubinder.host;

import org.jspecify.annotations.NullMarked;
