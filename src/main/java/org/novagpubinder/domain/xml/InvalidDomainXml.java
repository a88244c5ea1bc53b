package org.novagpubinder.domain.xml;

/** A text that is no domain XML; the message says what is wrong and where. */
public final class InvalidDomainXml extends Exception {
    /** @param message what is wrong and where, without the text itself */
    public InvalidDomainXml(String message) {
        super(message);
    }
}
