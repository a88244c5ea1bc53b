/** The running service: routes the events of Nova and libvirt to the guests, and looks at all of them every so often. */
@NullMarked
package org.novagpubinder.binding.daemon;

import org.jspecify.annotations.NullMarked;
