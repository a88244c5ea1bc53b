package org.novagpubinder.domain.libvirt;

/**
 * Hears what happens on libvirt. All calls come from one thread, one after the other, in the order in which things
 * happened; a slow listener delays later calls, never libvirt.
 */
public interface LibvirtListener {
    /**
     * There is a connection (again), or events were lost: look at every domain anew, for whatever happened meanwhile was
     * not told.
     */
    void connected();

    /**
     * The connection is lost; calls fail until {@link #connected}. What came by it before may still be told.
     *
     * @param cause why, one line
     */
    void disconnected(String cause);

    void event(DomainEvent event);
}
