package org.novagpubinder.domain.definition;

import static org.novagpubinder.domain.xml.XmlValues.number;
import static org.novagpubinder.domain.xml.XmlValues.required;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.xml.ChildEdit;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlDocuments;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.domain.xml.XmlPatch;
import org.novagpubinder.domain.xml.XmlValues;
import org.novagpubinder.host.common.WordList;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;

/** Makes the pins, the memory placement and the record of a domain XML what an edit wants. */
record DomainEditor(XmlPatch patch, XmlElement domain) {
    /** The order in which libvirt prints them (domain_conf.c:virDomainDefFormatInternalSetRootName). */
    private static final List<String> DOMAIN = WordList.of("""
            name uuid genid title description metadata maxMemory memory currentMemory blkiotune memtune
            memoryBacking vcpu vcpus iothreads iothreadids defaultiothread cputune numatune resource""");

    /** domain_conf.c:virDomainCputuneDefFormat. */
    private static final List<String> CPUTUNE = WordList.of("""
            shares period quota global_period global_quota emulator_period emulator_quota iothread_period
            iothread_quota vcpupin emulatorpin iothreadpin""");

    private static final List<String> NUMATUNE = List.of("memory", "memnode");

    void edit(DomainEdit edit) throws InvalidDomainXml {
        Tuning tuning = edit.tuning();
        ChildEdit cputune = new ChildEdit(patch, domain, "cputune", CPUTUNE, DOMAIN);
        pins(cputune, "vcpupin", "vcpu", tuning.pins().vcpus());
        IdSet emulator = tuning.pins().emulator();
        pins(cputune, "emulatorpin", "", emulator == null ? Map.of() : Map.of(0, emulator));
        pins(cputune, "iothreadpin", "iothread", tuning.pins().iothreads());
        cputune.commit();

        ChildEdit numatune = new ChildEdit(patch, domain, "numatune", NUMATUNE, DOMAIN);
        memory(numatune, tuning.memory());
        memnodes(numatune, tuning.memnodes());
        numatune.commit();

        new DisplayEditor(patch, domain).edit(edit);

        ChildEdit metadata = new ChildEdit(patch, domain, "metadata", List.of(), DOMAIN);
        record(metadata, edit.record());
        metadata.commit();
    }

    /** @param key the attribute that tells whose pin it is; empty where there is one alone, of id 0 */
    private void pins(ChildEdit cputune, String name, String key, Map<Integer, IdSet> wanted) throws InvalidDomainXml {
        Map<Integer, IdSet> missing = new TreeMap<>(wanted);
        for (XmlElement e : domain.all("cputune", name)) {
            IdSet cpus = missing.remove(key.isEmpty() ? 0 : number(e, required(e, key)));
            if (cpus == null) {
                cputune.remove(e);
            } else if (!cpus.equals(XmlValues.idsOrEmpty(e, "cpuset"))) {
                patch.attribute(e, "cpuset", cpus.toString());
            }
        }
        missing.forEach((id, cpus) -> cputune.add(
                name, "<" + name + (key.isEmpty() ? "" : " " + key + "='" + id + "'") + " cpuset='" + cpus + "'/>"));
    }

    private void memory(ChildEdit numatune, @Nullable MemoryPlacement wanted) throws InvalidDomainXml {
        MemoryPlacement missing = wanted;
        for (XmlElement e : domain.all("numatune", "memory")) {
            if (missing == null) {
                numatune.remove(e);
            } else if (!missing.equals(TuningReader.memory(e))) {
                boolean auto = missing.nodeset().isEmpty();
                patch.attribute(e, "mode", missing.mode().word());
                patch.attribute(e, "nodeset", auto ? null : missing.nodeset().toString());
                // Only where a placement is written: with a nodeset and without a placement libvirt takes static
                if (auto || e.attribute("placement") != null) {
                    patch.attribute(e, "placement", auto ? "auto" : "static");
                }
            }
            missing = null;
        }
        if (missing != null) {
            String where = missing.nodeset().isEmpty() ? "placement='auto'" : "nodeset='" + missing.nodeset() + "'";
            numatune.add("memory", "<memory mode='" + missing.mode().word() + "' " + where + "/>");
        }
    }

    private void memnodes(ChildEdit numatune, Map<Integer, MemoryPlacement> wanted) throws InvalidDomainXml {
        Map<Integer, MemoryPlacement> missing = new TreeMap<>(wanted);
        for (XmlElement e : domain.all("numatune", "memnode")) {
            MemoryPlacement placement = missing.remove(number(e, required(e, "cellid")));
            if (placement == null) {
                numatune.remove(e);
            } else if (!placement.equals(TuningReader.memnode(e))) {
                patch.attribute(e, "mode", placement.mode().word());
                patch.attribute(e, "nodeset", placement.nodeset().toString());
            }
        }
        missing.forEach((cell, placement) -> numatune.add(
                "memnode",
                "<memnode cellid='" + cell + "' mode='" + placement.mode().word() + "' nodeset='" + placement.nodeset()
                        + "'/>"));
    }

    private void record(ChildEdit metadata, @Nullable String wanted) throws InvalidDomainXml {
        XmlElement element = wanted == null ? null : XmlDocuments.parse(wanted);
        if (element != null && !element.namespace().equals(BindingRecord.NAMESPACE)) {
            throw new IllegalArgumentException("not a record of ours: <" + element.name() + ">");
        }
        boolean there = false;
        for (XmlElement e : MetadataReader.records(domain)) {
            if (!there && element != null && e.same(element)) {
                there = true;
            } else {
                metadata.remove(e);
            }
        }
        if (wanted != null && !there) {
            metadata.add("", wanted);
        }
    }
}
