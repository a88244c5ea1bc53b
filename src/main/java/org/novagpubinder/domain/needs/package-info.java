/** What a start of a domain needs on its host, as its definition tells it. */
@NullMarked
package org.novagpubinder.domain.needs;

import org.jspecify.annotations.NullMarked;
