/** How many further guests of a size would be aligned. */
@NullMarked
package org.novagpubinder.placement.whatif;

import org.jspecify.annotations.NullMarked;
