/** What every part uses: threads that do not keep the process alive, text that cannot steer a terminal, lists of words. */
@NullMarked
package org.novagpubinder.host.common;

import org.jspecify.annotations.NullMarked;
