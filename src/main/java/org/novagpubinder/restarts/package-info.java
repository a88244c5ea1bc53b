/** What is remembered of restarts that failed, until an operator or the host's next boot ends it; and the host's breaker. */
@NullMarked
package org.novagpubinder.restarts;

import org.jspecify.annotations.NullMarked;
