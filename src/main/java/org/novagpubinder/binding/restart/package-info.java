/** The one restart of a guest: whether it is allowed, how it is made, and how one that broke off is finished. */
@NullMarked
package org.novagpubinder.binding.restart;

import org.jspecify.annotations.NullMarked;
