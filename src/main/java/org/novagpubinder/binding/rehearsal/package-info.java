/** Bindings of a guest that does not exist, on a host that does not exist, so that the JVM compiles what a binding runs. */
@NullMarked
package org.novagpubinder.binding.rehearsal;

import org.jspecify.annotations.NullMarked;
