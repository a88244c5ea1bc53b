/** The preflight: runs all checks, for a command and when the daemon starts. */
@NullMarked
package org.novagpubinder.check;

import org.jspecify.annotations.NullMarked;
