package org.novagpubinder.domain.record;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.xml.XmlDocuments;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.host.topology.Worded;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.Outcome;

/**
 * The words that this version writes into a record. Another word in an otherwise sound record is a newer version's: what it
 * stands for is on the guest too, and would stay there for ever if this version took the record away.
 */
final class RecordVocabulary {
    /** Attributes and elements, by element; {@code set} and {@code before} are made alike. */
    private static final Map<String, Names> NAMES = Map.of(
            "binding",
            names(
                    "version host time state outcome nodes display accel3dBefore videoDeviceBefore start boot tried marked",
                    "reason extraSpec set before"),
            "reason",
            names("code", ""),
            "extraSpec",
            names("key value", ""),
            "set",
            names("renderNode", "vcpupin emulatorpin iothreadpin memory memnode"),
            "before",
            names("renderNode", "vcpupin emulatorpin iothreadpin memory memnode"),
            "vcpupin",
            names("vcpus cpuset", ""),
            "emulatorpin",
            names("cpuset", ""),
            "iothreadpin",
            names("iothreads cpuset", ""),
            "memory",
            names("mode nodeset", ""),
            "memnode",
            names("cellid mode nodeset", ""));

    private static final Map<String, Set<String>> VALUES = Map.of(
            "state", Worded.words(State.values()).keySet(),
            "outcome", Worded.words(Outcome.values()).keySet(),
            "display", Set.of("added"),
            "mode", Worded.words(MemoryMode.values()).keySet());

    /** What this version reads the first of. */
    private static final Set<String> ONCE = Set.of("set", "before", "emulatorpin", "memory");

    /** So many are told: enough to look them up. */
    private static final int MOST = 4;

    private RecordVocabulary() {}

    private record Names(Set<String> attributes, Set<String> elements) {}

    private static Names names(String attributes, String elements) {
        return new Names(Set.of(attributes.split(" ")), Set.of(elements.split(" ")));
    }

    /** Whether this version may have written that attribute into such an element. */
    static boolean knows(String element, String attribute, String value) {
        Names names = NAMES.get(element);
        return names != null
                && names.attributes().contains(attribute)
                && VALUES.getOrDefault(attribute, Set.of(value)).contains(value);
    }

    /** Whether this version may have written such an element there. */
    static boolean knows(XmlElement parent, XmlElement child) {
        Names names = NAMES.get(parent.name());
        return names != null
                && child.namespace().equals(BindingRecord.NAMESPACE)
                && names.elements().contains(child.name());
    }

    /** What of the record this version does not know, as it would be written; empty if it knows all. */
    static List<String> unknown(XmlElement record) {
        if (!record.namespace().equals(BindingRecord.NAMESPACE)) {
            boolean newer = record.namespace().startsWith(BindingRecord.NAMESPACES);
            return newer ? List.of("namespace " + record.namespace()) : List.of();
        }
        List<String> unknown = new ArrayList<>();
        collect(record, unknown);
        return List.copyOf(unknown.subList(0, Math.min(MOST, unknown.size())));
    }

    /** No deeper than {@link XmlDocuments#MAX_DEPTH}, so recursion is safe. */
    private static void collect(XmlElement e, List<String> unknown) {
        if (!NAMES.containsKey(e.name())) {
            unknown.add("<" + e.name() + ">");
            return;
        }
        e.attributes().forEach((name, value) -> {
            if (!knows(e.name(), name, value)) {
                unknown.add(name + "='" + value + "'");
            }
        });
        Set<String> met = new HashSet<>();
        for (XmlElement child : e.children()) {
            if (knows(e, child) && (met.add(child.name()) || !ONCE.contains(child.name()))) {
                collect(child, unknown);
            } else {
                unknown.add("<" + child.name() + ">");
            }
        }
    }
}
