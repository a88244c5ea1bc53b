package org.novagpubinder.domain.record;

import static org.novagpubinder.domain.xml.XmlPatch.escaped;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlDocuments;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;

/**
 * The binding record as the XML element that a domain carries in its metadata. What an older version has not written has
 * its default. What a reader does not know is a newer version's; it says so, and reads the rest, so that at least a guest
 * in mid-restart is started again ({@link BindingRecord} tells what follows from each kind of record).
 */
public final class RecordXml {
    private RecordXml() {}

    /**
     * What was read.
     *
     * @param binding the record; null if the text is none
     * @param trouble why it is none; null if it is one
     * @param unknown what this version does not know in it: then a newer one has written it, and its binding must be neither
     *     changed nor taken off. At most a few; empty if all is known
     */
    public record Reading(
            @Nullable BindingRecord binding, @Nullable String trouble, List<String> unknown) {
        public Reading {
            unknown = List.copyOf(unknown);
        }

        /** The record, if the text is one. */
        public Optional<BindingRecord> found() {
            return Optional.ofNullable(binding);
        }
    }

    /** The element, on one line. */
    public static String write(BindingRecord record) {
        String known = known(record);
        return record.newer() == null ? known : NewerRecord.updated(record.newer(), record, known);
    }

    private static String known(BindingRecord record) {
        StringBuilder xml = new StringBuilder(512);
        xml.append("<binding xmlns=\"").append(BindingRecord.NAMESPACE).append('"');
        attribute(xml, "version", record.version());
        attribute(xml, "host", record.host());
        attribute(xml, "time", record.time().toString());
        attribute(xml, "state", record.state().word());
        attribute(xml, "outcome", record.outcome().word());
        attribute(xml, "nodes", record.nodes().toString());
        attribute(xml, "display", record.displayAdded() ? "added" : null);
        attribute(xml, "accel3dBefore", record.videoBefore().accel3d());
        attribute(xml, "videoDeviceBefore", record.videoBefore().device());
        attribute(xml, "start", record.start() == 0 ? null : Long.toString(record.start()));
        attribute(xml, "boot", record.boot());
        attribute(xml, "tried", record.tried() == null ? null : record.tried().toString());
        attribute(xml, "marked", record.marked() == 0 ? null : Long.toString(record.marked()));
        xml.append('>');
        for (String reason : record.reasons()) {
            element(xml, "reason", "code", reason);
        }
        new TreeMap<>(record.extraSpecs())
                .forEach((key, value) -> element(xml, "extraSpec", "key", key, "value", value));
        tuning(xml, "set", record.set());
        tuning(xml, "before", record.before());
        return xml.append("</binding>").toString();
    }

    /** The record in the element that a definition carries; empty without one, or if it is garbage. */
    public static Optional<BindingRecord> found(@Nullable String xml) {
        return Optional.ofNullable(xml).flatMap(text -> read(text).found());
    }

    /** Reads the element; garbage gives no record and the reason. */
    public static Reading read(String xml) {
        List<String> unknown = List.of();
        try {
            XmlElement element = XmlDocuments.parse(xml);
            unknown = RecordVocabulary.unknown(element);
            String newer = unknown.isEmpty() ? null : NewerRecord.text(element);
            return new Reading(RecordReader.read(element, newer), null, unknown);
        } catch (InvalidDomainXml e) {
            return new Reading(null, "no record of ours: " + e.getMessage(), unknown);
        }
    }

    private static void tuning(StringBuilder xml, String name, Tuning tuning) {
        if (tuning.equals(Tuning.NONE)) {
            return;
        }
        xml.append('<').append(name);
        attribute(xml, "renderNode", tuning.renderNode());
        xml.append('>');
        pins(xml, "vcpupin", "vcpus", tuning.pins().vcpus());
        IdSet emulator = tuning.pins().emulator();
        if (emulator != null) {
            element(xml, "emulatorpin", "cpuset", emulator);
        }
        pins(xml, "iothreadpin", "iothreads", tuning.pins().iothreads());
        MemoryPlacement memory = tuning.memory();
        if (memory != null) {
            element(xml, "memory", "mode", memory.mode().word(), "nodeset", memory.nodeset());
        }
        new TreeMap<>(tuning.memnodes()).forEach((cell, placement) -> {
            String mode = placement.mode().word();
            element(xml, "memnode", "cellid", cell, "mode", mode, "nodeset", placement.nodeset());
        });
        xml.append("</").append(name).append('>');
    }

    /** One element for all that have the same pin: 128 vCPUs on one node are one line. */
    private static void pins(StringBuilder xml, String name, String key, Map<Integer, IdSet> pins) {
        Map<IdSet, IdSet> byCpus = new TreeMap<>();
        pins.forEach((id, cpus) -> byCpus.merge(cpus, IdSet.of(id), IdSet::union));
        byCpus.forEach((cpus, ids) -> element(xml, name, key, ids, "cpuset", cpus));
    }

    /** @param attributes a name and a value by turns */
    private static void element(StringBuilder xml, String name, Object... attributes) {
        xml.append('<').append(name);
        for (int i = 0; i < attributes.length; i += 2) {
            attribute(xml, attributes[i].toString(), attributes[i + 1].toString());
        }
        xml.append("/>");
    }

    private static void attribute(StringBuilder xml, String name, @Nullable String value) {
        if (value != null) {
            xml.append(' ').append(name).append("=\"").append(escaped(value)).append('"');
        }
    }
}
