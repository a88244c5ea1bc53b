/** Checks of nova.conf and the binder's own file. */
@NullMarked
package org.novagpubinder.check.config;

import org.jspecify.annotations.NullMarked;
