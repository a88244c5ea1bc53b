/** What became of a look at a guest, and who hears of it. */
@NullMarked
package org.novagpubinder.binding.decision;

import org.jspecify.annotations.NullMarked;
