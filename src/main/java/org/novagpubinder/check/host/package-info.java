/** Checks of the host: nodes, GPUs, kernel, processes. */
@NullMarked
package org.novagpubinder.check.host;

import org.jspecify.annotations.NullMarked;
