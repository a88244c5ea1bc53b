/** Binds the readers of the host. */
@NullMarked
package org.novagpubinder.host;

import org.jspecify.annotations.NullMarked;
