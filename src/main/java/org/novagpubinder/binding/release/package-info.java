/** Takes off a guest what a binding set, so that exactly what stood there before comes back. */
@NullMarked
package org.novagpubinder.binding.release;

import org.jspecify.annotations.NullMarked;
