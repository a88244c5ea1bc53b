/** oslo.config's dialect: INI files, the types of options, {@code $option} in values. */
@NullMarked
package org.novagpubinder.config.oslo;

import org.jspecify.annotations.NullMarked;
