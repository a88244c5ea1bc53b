/** What every part uses: threads that do not keep the process alive, text fit for a terminal, lists of words, globs, our version. */
@NullMarked
package org.novagpubinder.host.common;

import org.jspecify.annotations.NullMarked;
