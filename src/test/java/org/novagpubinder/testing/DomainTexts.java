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
public final class DomainTexts {
    private static final DomainXml XML = new DomainXml();

    private static final int MOST_KNOWN = 2_000;

    /** Thousands of hosts are made with the same few guests, whose texts are read and edited at every call. */
    private static final Map<String, DomainDefinition> READ = new ConcurrentHashMap<>();

    private static final Map<Change, String> EDITED = new ConcurrentHashMap<>();

    private record Change(String text, DomainEdit edit) {}

    private DomainTexts() {}

    private interface Work<T> {
        T done() throws InvalidDomainXml;
    }

    private static <K, V> V known(Map<K, V> all, K key, Work<V> work) throws LibvirtFailure {
        V known = all.get(key);
        if (known != null) {
            return known;
        }
        if (all.size() > MOST_KNOWN) {
            all.clear();
        }
        try {
            V now = work.done();
            all.put(key, now);
            return now;
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(Kind.ERROR, 27, e.getMessage());
        }
    }

    /** The definition in that text. */
    public static DomainDefinition read(String text) throws LibvirtFailure {
        return known(READ, text, () -> XML.read(text));
    }

    /** The text with that edit. */
    static String edited(String text, DomainEdit edit) throws LibvirtFailure {
        return known(EDITED, new Change(text, edit), () -> XML.edit(text, edit));
    }

    /** With that metadata element of ours; null takes it out. */
    public static String recorded(String text, @Nullable String element) throws LibvirtFailure {
        return edited(text, new DomainEdit(read(text).tuning(), DisplayChange.KEEP, element));
    }
}
