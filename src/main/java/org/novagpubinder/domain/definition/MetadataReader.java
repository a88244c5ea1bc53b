package org.novagpubinder.domain.definition;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.domain.xml.XmlPatch;

/** Reads {@code <metadata>}: Nova's element and our own. */
record MetadataReader(String xml, XmlElement domain) {
    /** Nova raises the last digit with each addition; nova/virt/libvirt/config.py:NOVA_NS. */
    private static final String NOVA = "http://openstack.org/xmlns/libvirt/nova/1.";

    /** What its owner calls the instance (LibvirtConfigGuestMetaNovaInstance writes {@code nova:name}). */
    Optional<String> instanceName() {
        return nova(nova(domain.all("metadata"), "instance"), "name").stream()
                .map(XmlElement::text)
                .filter(name -> !name.isBlank())
                .findFirst();
    }

    /** The flavor's name (LibvirtConfigGuestMetaNovaFlavor). */
    Optional<String> flavor() {
        return flavors().stream()
                .flatMap(e -> Optional.ofNullable(e.attribute("name")).stream())
                .findFirst();
    }

    /** The flavor's extra specs, which Nova writes since 2025 (LibvirtConfigGuestMetaNovaFlavorExtraSpecs). */
    Map<String, String> extraSpecs() {
        Map<String, String> specs = new LinkedHashMap<>();
        for (XmlElement spec : nova(nova(flavors(), "extraSpecs"), "extraSpec")) {
            String name = spec.attribute("name");
            if (name != null) {
                specs.put(name, spec.text());
            }
        }
        return specs;
    }

    private List<XmlElement> flavors() {
        return nova(nova(domain.all("metadata"), "instance"), "flavor");
    }

    private static List<XmlElement> nova(List<XmlElement> parents, String name) {
        return parents.stream()
                .flatMap(p -> p.children().stream())
                .filter(e -> e.namespace().startsWith(NOVA) && e.name().equals(name))
                .toList();
    }

    /** Our own element as XML text that stands for itself; without one, that of a version whose records have another form. */
    Optional<String> record() {
        return records(domain).stream()
                .findFirst()
                .or(() -> elements(domain)
                        .filter(e -> e.namespace().startsWith(BindingRecord.NAMESPACES))
                        .findFirst())
                .map(this::standalone);
    }

    /** All elements of our namespace; libvirt keeps one of each namespace. */
    static List<XmlElement> records(XmlElement domain) {
        return elements(domain)
                .filter(e -> e.namespace().equals(BindingRecord.NAMESPACE))
                .toList();
    }

    private static Stream<XmlElement> elements(XmlElement domain) {
        return domain.all("metadata").stream().flatMap(m -> m.children().stream());
    }

    /** The element's text, with the prefixes that only its ancestors declare. */
    private String standalone(XmlElement element) {
        Map<String, String> missing = new TreeMap<>();
        for (Optional<XmlElement> e = element.parent();
                e.isPresent();
                e = e.get().parent()) {
            e.get().prefixes().forEach(missing::putIfAbsent);
        }
        missing.keySet().removeAll(element.prefixes().keySet());
        StringBuilder text = new StringBuilder(
                xml.substring(element.span().start(), element.span().end()));
        missing.keySet().removeIf(prefix -> !prefix.isEmpty() && text.indexOf(prefix + ":") < 0);
        StringBuilder declarations = new StringBuilder();
        missing.forEach((prefix, uri) -> declarations
                .append(prefix.isEmpty() ? " xmlns" : " xmlns:" + prefix)
                .append("=\"")
                .append(XmlPatch.escaped(uri))
                .append('"'));
        int nameEnd = 1;
        while ("/> \t\r\n".indexOf(text.charAt(nameEnd)) < 0) {
            nameEnd++;
        }
        return text.insert(nameEnd, declarations).toString();
    }
}
