/** Taking the daemon of this host live, and back to only looking. */
@NullMarked
package org.novagpubinder.cli.live;

import org.jspecify.annotations.NullMarked;
