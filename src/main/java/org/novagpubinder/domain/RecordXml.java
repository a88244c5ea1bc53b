package org.novagpubinder.domain;

import static org.novagpubinder.domain.XmlPatch.escaped;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.MemoryPlacement;
import org.novagpubinder.placement.Tuning;

/**
 * The binding record as the XML element that a domain carries in its metadata. A reader ignores attributes and elements
 * that it does not know, so that an older binder can read a newer one's record.
 */
public final class RecordXml {
    private RecordXml() {}

    /**
     * What was read.
     *
     * @param binding the record; null if the text is none
     * @param trouble why it is none; null if it is one
     */
    public record Reading(
            @Nullable BindingRecord binding, @Nullable String trouble) {
        /** The record, if the text is one. */
        public Optional<BindingRecord> found() {
            return Optional.ofNullable(binding);
        }

        /** Why the text is no record. */
        public Optional<String> reason() {
            return Optional.ofNullable(trouble);
        }
    }

    /** The element, on one line. */
    public static String write(BindingRecord record) {
        StringBuilder xml = new StringBuilder(512);
        xml.append("<binding xmlns=\"").append(BindingRecord.NAMESPACE).append('"');
        attribute(xml, "version", record.version());
        attribute(xml, "host", record.host());
        attribute(xml, "time", record.time().toString());
        attribute(xml, "state", record.state().name().toLowerCase(Locale.ROOT));
        attribute(xml, "outcome", record.outcome().word());
        attribute(xml, "nodes", record.nodes().toString());
        attribute(xml, "display", record.displayAdded() ? "added" : null);
        attribute(xml, "accel3dBefore", record.accel3dBefore());
        attribute(xml, "start", record.start() == 0 ? null : Long.toString(record.start()));
        xml.append('>');
        for (String reason : record.reasons()) {
            xml.append("<reason");
            attribute(xml, "code", reason);
            xml.append("/>");
        }
        new TreeMap<>(record.extraSpecs()).forEach((key, value) -> {
            xml.append("<extraSpec");
            attribute(xml, "key", key);
            attribute(xml, "value", value);
            xml.append("/>");
        });
        tuning(xml, "set", record.set());
        tuning(xml, "before", record.before());
        return xml.append("</binding>").toString();
    }

    /** Reads the element; garbage gives no record and the reason. */
    public static Reading read(String xml) {
        try {
            return new Reading(RecordReader.read(XmlDocuments.parse(xml)), null);
        } catch (InvalidDomainXml e) {
            return new Reading(null, "no record of ours: " + e.getMessage());
        }
    }

    private static void tuning(StringBuilder xml, String name, Tuning tuning) {
        if (tuning.equals(Tuning.NONE)) {
            return;
        }
        xml.append('<').append(name);
        attribute(xml, "renderNode", tuning.renderNode());
        xml.append('>');
        pins(xml, "vcpupin", "vcpus", tuning.vcpuPins());
        IdSet emulator = tuning.emulator();
        if (emulator != null) {
            xml.append("<emulatorpin");
            attribute(xml, "cpuset", emulator.toString());
            xml.append("/>");
        }
        pins(xml, "iothreadpin", "iothreads", tuning.iothreadPins());
        MemoryPlacement memory = tuning.memory();
        if (memory != null) {
            xml.append("<memory");
            placement(xml, memory);
        }
        new TreeMap<>(tuning.memnodes()).forEach((cell, placement) -> {
            xml.append("<memnode");
            attribute(xml, "cellid", cell.toString());
            placement(xml, placement);
        });
        xml.append("</").append(name).append('>');
    }

    /** One element for all that have the same pin: 128 vCPUs on one node are one line. */
    private static void pins(StringBuilder xml, String name, String key, Map<Integer, IdSet> pins) {
        Map<IdSet, IdSet> byCpus = new TreeMap<>();
        pins.forEach((id, cpus) -> byCpus.merge(cpus, IdSet.of(id), IdSet::union));
        byCpus.forEach((cpus, ids) -> {
            xml.append('<').append(name);
            attribute(xml, key, ids.toString());
            attribute(xml, "cpuset", cpus.toString());
            xml.append("/>");
        });
    }

    private static void placement(StringBuilder xml, MemoryPlacement placement) {
        attribute(xml, "mode", placement.mode().word());
        attribute(xml, "nodeset", placement.nodeset().toString());
        xml.append("/>");
    }

    private static void attribute(StringBuilder xml, String name, @Nullable String value) {
        if (value != null) {
            xml.append(' ').append(name).append("=\"").append(escaped(value)).append('"');
        }
    }
}
