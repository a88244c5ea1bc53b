package org.novagpubinder.domain.connection;

import org.novagpubinder.domain.libvirt.LibvirtFailure;

/** Where calls get their connection from. */
interface SessionSource {
    /**
     * The connection that is open now.
     *
     * @throws LibvirtFailure of kind CONNECTION, at once, if there is none
     */
    LibvirtSession session() throws LibvirtFailure;
}
