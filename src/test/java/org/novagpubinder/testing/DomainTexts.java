package org.novagpubinder.testing;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.xml.InvalidDomainXml;

/** Domain XML as libvirt takes it: what it cannot read is its error 27 (VIR_ERR_XML_ERROR). */
final class DomainTexts {
    private static final DomainXml XML = new DomainXml();

    private static final int MOST_READ = 500;

    /** Thousands of hosts are made with the same few guests, whose texts are read at every call. */
    private static final Map<String, DomainDefinition> READ = new ConcurrentHashMap<>();

    private DomainTexts() {}

    static DomainDefinition read(String text) throws LibvirtFailure {
        DomainDefinition known = READ.get(text);
        if (known != null) {
            return known;
        }
        if (READ.size() > MOST_READ) {
            READ.clear();
        }
        try {
            DomainDefinition read = XML.read(text);
            READ.put(text, read);
            return read;
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(Kind.ERROR, 27, e.getMessage());
        }
    }

    static String edited(String text, DomainEdit edit) throws LibvirtFailure {
        try {
            return XML.edit(text, edit);
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(Kind.ERROR, 27, e.getMessage());
        }
    }

    /** With that metadata element of ours; null takes it out. */
    static String recorded(String text, @Nullable String element) throws LibvirtFailure {
        return edited(text, new DomainEdit(read(text).tuning(), DisplayChange.KEEP, element));
    }
}
