/** The preflight: looks whether configuration, broker, libvirt and host fit each other, and changes nothing. */
@NullMarked
package org.novagpubinder.check;

import org.jspecify.annotations.NullMarked;
