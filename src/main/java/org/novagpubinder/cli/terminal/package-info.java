/** Text on a terminal, progress and exit codes: what commands have in common towards whoever called them. */
@NullMarked
package org.novagpubinder.cli.terminal;

import org.jspecify.annotations.NullMarked;
