/** Looks at processes in procfs, and moves their memory. */
@NullMarked
package org.novagpubinder.host.proc;

import org.jspecify.annotations.NullMarked;
