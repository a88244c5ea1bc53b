/**
 * Binds the readers of the host. What they call the root is the directory that has sys/, proc/ and the like: / for this
 * machine, or another machine's captured tree.
 */
@NullMarked
package org.novagpubinder.host;

import org.jspecify.annotations.NullMarked;
