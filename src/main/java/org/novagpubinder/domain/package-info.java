/** libvirt: the connection, the calls, the domain XML read and edited, and the binder's record in it. */
@NullMarked
package org.novagpubinder.domain;

import org.jspecify.annotations.NullMarked;
