/** The host as an HTML page that is only read; pure. */
@NullMarked
package org.novagpubinder.picture.page;

import org.jspecify.annotations.NullMarked;
