/** What an operator sees of the daemon: the routes that it serves, and its log. */
@NullMarked
package org.novagpubinder.observability;

import org.jspecify.annotations.NullMarked;
