package org.novagpubinder.domain.record;

import static org.novagpubinder.domain.xml.XmlValues.idsOrEmpty;
import static org.novagpubinder.domain.xml.XmlValues.invalid;
import static org.novagpubinder.domain.xml.XmlValues.number;
import static org.novagpubinder.domain.xml.XmlValues.required;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Worded;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;

/** Reads what {@link RecordXml} writes. */
final class RecordReader {
    private RecordReader() {}

    /** @param newer see {@link BindingRecord#newer} */
    static BindingRecord read(XmlElement e, @Nullable String newer) throws InvalidDomainXml {
        if (!e.namespace().equals(BindingRecord.NAMESPACE) || !e.name().equals("binding")) {
            throw invalid(e, "is no binding in the namespace " + BindingRecord.NAMESPACE);
        }
        return new BindingRecord(
                required(e, "version"),
                required(e, "host"),
                time(e, required(e, "time")),
                word(e, "state", State.class),
                word(e, "outcome", Outcome.class),
                ours(e, "reason").stream()
                        .flatMap(r -> Optional.ofNullable(r.attribute("code")).stream())
                        .toList(),
                idsOrEmpty(e, "nodes"),
                tuning(e, "set"),
                tuning(e, "before"),
                e.has("display", "added"),
                new VideoState(e.attribute("accel3dBefore"), e.attribute("videoDeviceBefore")),
                extraSpecs(e),
                ticks(e, "start"),
                e.attribute("boot"),
                tried(e),
                ticks(e, "marked"),
                newer);
    }

    private static Map<String, String> extraSpecs(XmlElement record) throws InvalidDomainXml {
        Map<String, String> specs = new TreeMap<>();
        for (XmlElement e : ours(record, "extraSpec")) {
            specs.put(required(e, "key"), required(e, "value"));
        }
        return specs;
    }

    private static Tuning tuning(XmlElement record, String name) throws InvalidDomainXml {
        List<XmlElement> found = ours(record, name);
        if (found.isEmpty()) {
            return Tuning.NONE;
        }
        XmlElement e = found.get(0);
        List<XmlElement> emulator = ours(e, "emulatorpin");
        List<XmlElement> memory = ours(e, "memory");
        Map<Integer, MemoryPlacement> memnodes = new TreeMap<>();
        for (XmlElement node : ours(e, "memnode")) {
            memnodes.put(number(node, required(node, "cellid")), placement(node));
        }
        return new Tuning(
                pins(ours(e, "vcpupin"), "vcpus"),
                emulator.isEmpty() ? null : idsOrEmpty(emulator.get(0), "cpuset"),
                pins(ours(e, "iothreadpin"), "iothreads"),
                memory.isEmpty() ? null : placement(memory.get(0)),
                memnodes,
                e.attribute("renderNode"));
    }

    private static Map<Integer, IdSet> pins(List<XmlElement> elements, String key) throws InvalidDomainXml {
        Map<Integer, IdSet> pins = new TreeMap<>();
        for (XmlElement e : elements) {
            IdSet cpus = idsOrEmpty(e, "cpuset");
            idsOrEmpty(e, key).stream().forEach(id -> pins.put(id, cpus));
        }
        return pins;
    }

    private static MemoryPlacement placement(XmlElement e) throws InvalidDomainXml {
        return new MemoryPlacement(word(e, "mode", MemoryMode.class), idsOrEmpty(e, "nodeset"));
    }

    private static List<XmlElement> ours(XmlElement e, String name) {
        return e.children().stream()
                .filter(c -> c.namespace().equals(BindingRecord.NAMESPACE)
                        && c.name().equals(name))
                .toList();
    }

    private static <T extends Worded> T word(XmlElement e, String attribute, Class<T> type) throws InvalidDomainXml {
        String word = required(e, attribute);
        T value = Worded.words(type.getEnumConstants()).get(word);
        if (value == null) {
            throw invalid(e, attribute + "='" + word + "' is not known to this version");
        }
        return value;
    }

    private static @Nullable Instant tried(XmlElement e) throws InvalidDomainXml {
        String tried = e.attribute("tried");
        return tried == null ? null : time(e, tried);
    }

    private static Instant time(XmlElement e, String text) throws InvalidDomainXml {
        try {
            return Instant.parse(text);
        } catch (DateTimeException wrong) {
            throw invalid(e, "has a time that is none");
        }
    }

    private static long ticks(XmlElement e, String name) throws InvalidDomainXml {
        String ticks = e.attributes().getOrDefault(name, "0");
        if (!ticks.matches("\\d{1,18}")) {
            throw invalid(e, "has a " + name + " that is no number");
        }
        return Long.parseLong(ticks);
    }
}
