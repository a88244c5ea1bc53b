/** What Nova is doing to which instance, as its notifications tell it, and what that allows us. */
@NullMarked
package org.novagpubinder.binding.nova;

import org.jspecify.annotations.NullMarked;
