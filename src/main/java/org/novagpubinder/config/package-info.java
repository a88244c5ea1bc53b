/** oslo.config's dialect, nova.conf's options that matter here, and the binder's own; all errors at once. */
@NullMarked
package org.novagpubinder.config;

import org.jspecify.annotations.NullMarked;
