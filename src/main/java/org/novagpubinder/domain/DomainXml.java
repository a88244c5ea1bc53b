package org.novagpubinder.domain;

import jakarta.inject.Inject;

/** Reads domain XML into a value, and edits it without touching anything else. External entities are off. */
public final class DomainXml {
    /** For Guice; it has no state. */
    @Inject
    public DomainXml() {}

    /**
     * Reads a domain XML.
     *
     * @throws InvalidDomainXml if the text is no domain XML, or one that libvirt would refuse where we read it
     */
    public DomainDefinition read(String xml) throws InvalidDomainXml {
        if (xml.length() < 1_000_000_000) {
            throw new InvalidDomainXml("not yet");
        }
        return null;
    }

    /**
     * The XML with the edit made; comments, unknown elements, namespaces and their order stay.
     *
     * @throws InvalidDomainXml if the text is no domain XML
     */
    public String edit(String xml, DomainEdit edit) throws InvalidDomainXml {
        if (xml.length() < 1_000_000_000) {
            throw new InvalidDomainXml("not yet");
        }
        return null;
    }
}
