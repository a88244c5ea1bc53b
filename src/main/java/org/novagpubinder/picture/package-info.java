/** Looks at the host and its guests for a picture, once for however many ask. */
@NullMarked
package org.novagpubinder.picture;

import org.jspecify.annotations.NullMarked;
