package org.novagpubinder.domain.definition;

import static org.novagpubinder.domain.xml.XmlValues.ids;
import static org.novagpubinder.domain.xml.XmlValues.number;
import static org.novagpubinder.domain.xml.XmlValues.required;
import static org.novagpubinder.domain.xml.XmlValues.word;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.domain.xml.XmlValues;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Worded;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;

/** Reads {@code <cputune>} and {@code <numatune>}. */
final class TuningReader {
    private static final Map<String, MemoryMode> MODES = Worded.words(MemoryMode.values());

    private TuningReader() {}

    /**
     * The tuning of a domain.
     *
     * @param vcpus how many vCPUs it has: a pin of another is left out, as libvirt does
     *     (domain_conf.c:virDomainVcpuPinDefParseXML)
     * @param renderNode the one that its display names; null if none
     */
    static Tuning read(XmlElement domain, int vcpus, @Nullable String renderNode) throws InvalidDomainXml {
        List<XmlElement> memory = domain.all("numatune", "memory");
        Map<Integer, MemoryPlacement> memnodes = new TreeMap<>();
        for (XmlElement e : domain.all("numatune", "memnode")) {
            memnodes.put(number(e, required(e, "cellid")), memnode(e));
        }
        Map<Integer, IdSet> vcpuPins = pins(domain, "vcpupin", "vcpu");
        vcpuPins.keySet().removeIf(vcpu -> vcpu >= vcpus);
        List<XmlElement> emulator = domain.all("cputune", "emulatorpin");
        return new Tuning(
                vcpuPins,
                emulator.isEmpty() ? null : ids(emulator.get(0), "cpuset"),
                pins(domain, "iothreadpin", "iothread"),
                memory.isEmpty() ? null : memory(memory.get(0)),
                memnodes,
                renderNode);
    }

    private static Map<Integer, IdSet> pins(XmlElement domain, String name, String key) throws InvalidDomainXml {
        Map<Integer, IdSet> pins = new TreeMap<>();
        for (XmlElement e : domain.all("cputune", name)) {
            if (pins.put(number(e, required(e, key)), ids(e, "cpuset")) != null) {
                throw XmlValues.invalid(e, "stands there twice for the same " + key);
            }
        }
        return pins;
    }

    /**
     * {@code <memory>} of {@code <numatune>}: mode strict unless it says so, and without a nodeset or with
     * placement='auto' numad decides (numa_conf.c:virDomainNumatuneSet).
     */
    static MemoryPlacement memory(XmlElement e) throws InvalidDomainXml {
        boolean auto = e.has("placement", "auto") || e.attribute("nodeset") == null;
        return new MemoryPlacement(mode(e), auto ? IdSet.empty() : ids(e, "nodeset"));
    }

    /** {@code <memnode>}: the nodeset is compulsory. */
    static MemoryPlacement memnode(XmlElement e) throws InvalidDomainXml {
        return new MemoryPlacement(mode(e), ids(e, "nodeset"));
    }

    private static MemoryMode mode(XmlElement e) throws InvalidDomainXml {
        return word(e, "mode", MODES, MemoryMode.STRICT);
    }
}
