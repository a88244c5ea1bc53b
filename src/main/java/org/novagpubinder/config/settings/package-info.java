/** Everything that is configured, checked: values only. */
@NullMarked
package org.novagpubinder.config.settings;

import org.jspecify.annotations.NullMarked;
