/** Carries plans out: pins, memory, definition, the one restart, the record; serial per domain. */
@NullMarked
package org.novagpubinder.binding;

import org.jspecify.annotations.NullMarked;
