/** Builders of values that tests of several packages share. */
@NullMarked
package org.novagpubinder.testing;

import org.jspecify.annotations.NullMarked;
