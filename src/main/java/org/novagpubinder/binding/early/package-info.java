/** Binds a guest between Nova's define and Nova's start, and keeps what became of those starts. */
@NullMarked
package org.novagpubinder.binding.early;

import org.jspecify.annotations.NullMarked;
