/** Connections to libvirt: opened, watched and made again, with calls that libvirt-java does not have. */
@NullMarked
package org.novagpubinder.domain.connection;

import org.jspecify.annotations.NullMarked;
