/** The daemon's metrics and health, kept so that who asks need not wait for libvirt. */
@NullMarked
package org.novagpubinder.observability.metrics;

import org.jspecify.annotations.NullMarked;
