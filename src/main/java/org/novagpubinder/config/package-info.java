/** Reads the configuration: nova.conf's options that matter here and the binder's own, with all that is wrong in them. */
@NullMarked
package org.novagpubinder.config;

import org.jspecify.annotations.NullMarked;
