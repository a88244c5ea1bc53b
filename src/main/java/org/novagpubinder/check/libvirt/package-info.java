/** Checks of libvirt and its domains. */
@NullMarked
package org.novagpubinder.check.libvirt;

import org.jspecify.annotations.NullMarked;
