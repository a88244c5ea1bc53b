/** The calls of libvirt that the binder makes, and their errors, each with a policy. */
@NullMarked
package org.novagpubinder.domain.libvirt;

import org.jspecify.annotations.NullMarked;
