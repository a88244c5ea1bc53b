/** The daemon's start and end, on the shortest way: what its options say, its parts, the native libraries. */
@NullMarked
package org.novagpubinder.cli.daemon;

import org.jspecify.annotations.NullMarked;
