/** One check and what it found. */
@NullMarked
package org.novagpubinder.check.result;

import org.jspecify.annotations.NullMarked;
