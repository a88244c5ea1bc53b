package org.novagpubinder.domain.definition;

import static org.novagpubinder.domain.xml.XmlValues.invalid;
import static org.novagpubinder.domain.xml.XmlValues.number;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.xml.DeviceReader;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.domain.xml.XmlValues;
import org.novagpubinder.host.topology.IdSet;

/** Reads a domain XML into a value. */
record DomainReader(String xml, XmlElement domain) {
    DomainDefinition read() throws InvalidDomainXml {
        Optional<XmlElement> vcpu = domain.first("vcpu");
        int vcpus = vcpu.isPresent() ? number(vcpu.get(), vcpu.get().text()) : 1;
        if (vcpus == 0) {
            throw invalid(vcpu.orElse(domain), "0: a domain has at least one vCPU");
        }
        boolean auto = vcpu.isPresent() && vcpu.get().has("placement", "auto");
        MemoryReader.Memory memory = new MemoryReader(domain, vcpus).read();
        Optional<DisplayReader.Found> display = DisplayReader.find(domain);
        MetadataReader metadata = new MetadataReader(xml, domain);
        return new DomainDefinition(
                uuid(),
                name(),
                XmlValues.required(domain, "type"),
                id(),
                vcpus,
                plugged(vcpu.orElse(domain), vcpus),
                vcpu.isPresent() && !auto && vcpu.get().attribute("cpuset") != null
                        ? XmlValues.ids(vcpu.get(), "cpuset")
                        : null,
                auto,
                domain.first("resource", "partition").map(XmlElement::text).orElse(null),
                domain.first("devices", "emulator").map(XmlElement::text).orElse(null),
                memory.kib(),
                memory.hugePageKiB(),
                memory.cells(),
                memory.fixed(),
                iothreads(),
                TuningReader.read(
                        domain,
                        vcpus,
                        display.map(DisplayReader.Found::renderNode).orElse(null)),
                DeviceReader.pci(domain),
                DeviceReader.mdevs(domain),
                MemoryHolders.of(domain),
                DeviceReader.cells(domain),
                WriteWaysReader.read(domain),
                display.map(DisplayReader.Found::kind).orElse(null),
                display.isPresent() ? DisplayReader.virtioModel(domain).isPresent() : DisplayReader.hasRoom(domain),
                DisplayReader.video(domain),
                DeviceReader.rescueDisk(domain),
                metadata.instanceName().orElse(null),
                metadata.flavor().orElse(null),
                metadata.extraSpecs(),
                metadata.record().orElse(null));
    }

    private @Nullable UUID uuid() throws InvalidDomainXml {
        Optional<XmlElement> e = domain.first("uuid");
        return e.isPresent() ? DeviceReader.uuid(e.get(), e.get().text()) : null;
    }

    private String name() throws InvalidDomainXml {
        XmlElement e = domain.first("name").orElseThrow(() -> invalid(domain, "has no <name>"));
        if (e.text().isEmpty()) {
            throw invalid(e, "is empty");
        }
        return e.text();
    }

    /** Only the XML of a running domain has one; what virsh's users wrote there otherwise means nothing. */
    private @Nullable Integer id() {
        String id = domain.attributes().getOrDefault("id", "");
        return id.matches("\\d{1,9}") ? Integer.valueOf(id) : null;
    }

    /** {@code <vcpus>} says it for each vCPU; else {@code current} of {@code <vcpu>}, the first ones; else all. */
    private IdSet plugged(XmlElement vcpu, int vcpus) throws InvalidDomainXml {
        Set<Integer> enabled = new HashSet<>();
        for (XmlElement e : domain.all("vcpus", "vcpu")) {
            int id = number(e, XmlValues.required(e, "id"));
            if (e.has("enabled", "yes") && id < vcpus) {
                enabled.add(id);
            }
        }
        if (!enabled.isEmpty()) {
            return IdSet.of(enabled);
        }
        String current = vcpu.is("vcpu") ? vcpu.attribute("current") : null;
        if (current == null) {
            return IdSet.range(0, vcpus - 1);
        }
        int n = number(vcpu, current);
        if (n == 0 || n > vcpus) {
            throw invalid(vcpu, "current='" + n + "' is not between 1 and " + vcpus);
        }
        return IdSet.range(0, n - 1);
    }

    /**
     * Ids that {@code <iothreadids>} gives, and for the rest the lowest free ones from 1
     * (domain_conf.c:virDomainIOThreadIDArrayInit).
     */
    private IdSet iothreads() throws InvalidDomainXml {
        TreeSet<Integer> ids = new TreeSet<>();
        for (XmlElement e : domain.all("iothreadids", "iothread")) {
            ids.add(number(e, XmlValues.required(e, "id")));
        }
        Optional<XmlElement> count = domain.first("iothreads");
        int n = count.isPresent() ? number(count.get(), count.get().text()) : 0;
        for (int id = 1; ids.size() < n && id <= IdSet.MAX_ID; id++) {
            ids.add(id);
        }
        return IdSet.of(ids);
    }
}
