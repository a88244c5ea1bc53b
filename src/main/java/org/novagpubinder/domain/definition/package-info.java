/** Domain XML read into a value, and edited without touching what is not ours. */
@NullMarked
package org.novagpubinder.domain.definition;

import org.jspecify.annotations.NullMarked;
