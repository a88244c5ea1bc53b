package org.novagpubinder.domain.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.novagpubinder.domain.xml.DeviceReader;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlElement;

/**
 * What a domain has, in words, so that a running domain can be compared with its definition. Left out is what a running domain
 * has beyond it by itself (names, addresses, controllers), what we add (a display and its video), and what is a limit only.
 *
 * @param things each as often as it has it
 */
public record Holdings(List<String> things) {
    private static final Set<String> NOT_COMPARED = Set.of("emulator", "controller", "graphics", "video", "audio");

    private static final List<String> SOURCE = List.of("protocol", "file", "dev", "dir", "pool", "name", "volume");

    public Holdings {
        things = List.copyOf(things);
    }

    static Holdings read(XmlElement domain, DomainDefinition d) throws InvalidDomainXml {
        List<String> things = new ArrayList<>();
        things.add(d.currentVcpus() + " vCPUs plugged in");
        d.iothreads().stream().forEach(id -> things.add("iothread " + id));
        for (XmlElement devices : domain.all("devices")) {
            for (XmlElement e : devices.children()) {
                if (!NOT_COMPARED.contains(e.name())) {
                    things.add(device(e));
                }
            }
        }
        return new Holdings(things);
    }

    /** What this one has and the other one has not, or not as often. */
    public List<String> beyond(Holdings other) {
        List<String> left = new ArrayList<>(things);
        other.things.forEach(left::remove);
        return left;
    }

    private static String device(XmlElement e) throws InvalidDomainXml {
        return switch (e.name()) {
            case "disk" -> disk(e);
            case "interface" ->
                "network interface " + of(e, "mac", "address") + bridge(e)
                        + (of(e, "link", "state").equals("down") ? " without a link" : "");
            case "hostdev" -> hostdev(e);
            case "memory" ->
                "memory device of " + text(e, "size")
                        + e.first("target", "requested")
                                .map(r -> ", of which " + r.text().strip() + " are wanted")
                                .orElse("");
            default -> "<" + e.name() + ">";
        };
    }

    /** The overlay of a transient disk is made anew at each start. */
    private static String disk(XmlElement e) {
        String source = e.first("transient").isPresent()
                ? ""
                : e.all("source").stream()
                        .flatMap(s -> SOURCE.stream().map(s::attribute))
                        .flatMap(Stream::ofNullable)
                        .collect(Collectors.joining(" ", " with ", ""));
        return "disk " + of(e, "target", "dev") + (source.equals(" with ") ? " without a medium" : source);
    }

    /** Of a network's interface only the running domain has one. */
    private static String bridge(XmlElement e) {
        Optional<XmlElement> own = e.first("source").filter(s -> s.attribute("network") == null);
        return own.map(s -> s.attribute("bridge")).map(b -> " on " + b).orElse("");
    }

    private static String hostdev(XmlElement e) throws InvalidDomainXml {
        Optional<XmlElement> address = e.first("source", "address");
        if (address.isPresent() && e.has("type", "pci")) {
            return "PCI function " + DeviceReader.address(address.get());
        }
        return address.isPresent() && e.has("type", "mdev")
                ? "mediated device " + DeviceReader.mdev(address.get())
                : "host device of type " + e.attribute("type");
    }

    private static String of(XmlElement e, String child, String attribute) {
        return e.first(child).map(c -> c.attribute(attribute)).orElse("");
    }

    private static String text(XmlElement e, String child) {
        return e.first("target", child).map(c -> c.text().strip()).orElse("");
    }
}
