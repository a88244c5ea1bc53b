package org.novagpubinder.domain.record;

import static org.novagpubinder.domain.xml.XmlPatch.escaped;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlDocuments;
import org.novagpubinder.domain.xml.XmlElement;

/**
 * The record of a newer version, written again by this one, which has to where a guest is off in mid-restart: what this
 * version does not know stays, and says so to it as before.
 */
final class NewerRecord {
    private static final Set<String> TUNINGS = Set.of("set", "before");

    private NewerRecord() {}

    /** The element as text, without prefixes: libvirt gives it one, and refuses an element that has declared it. */
    static String text(XmlElement record) {
        return text(record, record.attributes(), true);
    }

    /**
     * That text with what the record says by now.
     *
     * @param newer as it was read
     * @param known all of it that this version knows, as it is now; of what was set it is the same, or nothing
     */
    static String updated(String newer, String known) {
        try {
            XmlElement record = XmlDocuments.parse(newer);
            XmlElement now = XmlDocuments.parse(known);
            Map<String, String> attributes = new LinkedHashMap<>(now.attributes());
            record.attributes().forEach((name, value) -> {
                if (!RecordVocabulary.knows(record.name(), name, value)) {
                    attributes.put(name, value);
                }
            });
            boolean set = now.children().stream().anyMatch(c -> c.name().equals("set"));
            return text(record, attributes, set || now.attribute("display") != null);
        } catch (InvalidDomainXml e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param all whether what this version knows of what was set, and of what stood there before, is written too */
    private static String text(XmlElement e, Map<String, String> attributes, boolean all) {
        StringBuilder xml = new StringBuilder("<").append(e.name());
        if (e.parent().filter(p -> p.namespace().equals(e.namespace())).isEmpty()) {
            xml.append(" xmlns=\"").append(escaped(e.namespace())).append('"');
        }
        boolean bare = !all && TUNINGS.contains(e.name());
        attributes.forEach((name, value) -> {
            if (!bare || !RecordVocabulary.knows(e.name(), name, value)) {
                xml.append(' ')
                        .append(name)
                        .append("=\"")
                        .append(escaped(value))
                        .append('"');
            }
        });
        xml.append('>').append(escaped(e.text().strip()));
        for (XmlElement child : e.children()) {
            if (!bare || !RecordVocabulary.knows(e, child)) {
                xml.append(text(child, child.attributes(), all));
            }
        }
        return xml.append("</").append(e.name()).append('>').toString();
    }
}
