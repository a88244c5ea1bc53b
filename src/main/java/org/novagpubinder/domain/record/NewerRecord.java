package org.novagpubinder.domain.record;

import static org.novagpubinder.domain.xml.XmlPatch.escaped;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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
    static String text(XmlElement e) {
        return text(e, e.attributes(), NewerRecord::text);
    }

    /**
     * That text with what the record says by now.
     *
     * @param newer as it was read
     * @param record of what was set it says the same, or nothing
     * @param known all of the record that this version knows
     */
    static String updated(String newer, BindingRecord record, String known) {
        try {
            XmlElement then = XmlDocuments.parse(newer);
            Map<String, String> attributes =
                    new LinkedHashMap<>(XmlDocuments.parse(known).attributes());
            attributes.putAll(unknown(then));
            boolean takenOff = record.isNote() && !RecordReader.read(then, null).isNote();
            Set<String> left = new HashSet<>(takenOff ? TUNINGS : Set.of());
            return text(then, attributes, e -> left.remove(e.name()) ? unknownOf(e) : text(e));
        } catch (InvalidDomainXml e) {
            throw new IllegalStateException(e);
        }
    }

    private static String unknownOf(XmlElement e) {
        return text(e, unknown(e), child -> RecordVocabulary.knows(e, child) ? "" : text(child));
    }

    private static Map<String, String> unknown(XmlElement e) {
        Map<String, String> unknown = new LinkedHashMap<>(e.attributes());
        unknown.entrySet().removeIf(a -> RecordVocabulary.knows(e.name(), a.getKey(), a.getValue()));
        return unknown;
    }

    private static String text(XmlElement e, Map<String, String> attributes, Function<XmlElement, String> child) {
        StringBuilder xml = new StringBuilder("<").append(e.name());
        if (e.parent().filter(p -> p.namespace().equals(e.namespace())).isEmpty()) {
            xml.append(" xmlns=\"").append(escaped(e.namespace())).append('"');
        }
        attributes.forEach((name, value) -> xml.append(' ')
                .append(name)
                .append("=\"")
                .append(escaped(value))
                .append('"'));
        xml.append('>').append(escaped(e.text().strip()));
        e.children().forEach(c -> xml.append(child.apply(c)));
        return xml.append("</").append(e.name()).append('>').toString();
    }
}
