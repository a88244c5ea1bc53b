/** Reads nodes, GPUs and other devices from sysfs. */
@NullMarked
package org.novagpubinder.host.sysfs;

import org.jspecify.annotations.NullMarked;
