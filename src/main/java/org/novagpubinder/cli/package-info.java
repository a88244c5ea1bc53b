/** The command line: one class a command, and what they print. */
@NullMarked
package org.novagpubinder.cli;

import org.jspecify.annotations.NullMarked;
