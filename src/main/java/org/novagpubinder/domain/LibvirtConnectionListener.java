package org.novagpubinder.domain;

/** x. */
public interface LibvirtConnectionListener {
    /** x. */
    void connected();

    /** x. */
    void disconnected(String cause);

    /** x. */
    void happened(DomainEvent event);
}
