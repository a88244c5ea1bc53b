/** The command line: one class a command. */
@NullMarked
package org.novagpubinder.cli;

import org.jspecify.annotations.NullMarked;
