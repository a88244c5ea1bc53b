package org.novagpubinder.host.topology;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/**
 * What hwloc 2's XML says.
 *
 * @param nodes its NUMA nodes
 * @param functions every PCI function it shows
 * @param pciNodes the node of those that hang below an object of exactly one node, on a host of several
 * @param distances by pair of nodes
 */
record Hwloc(
        List<NumaNode> nodes,
        Set<PciAddress> functions,
        TreeMap<PciAddress, Integer> pciNodes,
        Map<List<Integer>, Integer> distances) {

    /** A NUMANode object. */
    record NumaNode(int id, IdSet cpus, long memoryKiB) {}

    static Hwloc parse(String xml) throws Exception {
        DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        builder.setEntityResolver((publicId, systemId) -> new InputSource(new StringReader("")));
        Element root = builder.parse(new InputSource(new StringReader(xml))).getDocumentElement();
        List<NumaNode> nodes = new ArrayList<>();
        Set<PciAddress> functions = new HashSet<>();
        TreeMap<PciAddress, Integer> pciNodes = new TreeMap<>();
        for (Element object : elements(root.getElementsByTagName("object"))) {
            if (object.getAttribute("type").equals("NUMANode")) {
                nodes.add(new NumaNode(
                        Integer.parseInt(object.getAttribute("os_index")),
                        mask(object.getAttribute("cpuset")),
                        Long.parseLong(object.getAttribute("local_memory")) / 1024));
            }
            if (object.hasAttribute("pci_busid")) {
                PciAddress address = PciAddress.parse(object.getAttribute("pci_busid"));
                functions.add(address);
                nodeAbove(object).ifPresent(node -> pciNodes.put(address, node));
            }
        }
        return new Hwloc(nodes, functions, pciNodes, distances(root));
    }

    /** I/O objects have no sets of their own: the nearest object above them that has one is where they hang. */
    private static Optional<Integer> nodeAbove(Element io) {
        for (Node at = io.getParentNode(); at instanceof Element element; at = at.getParentNode()) {
            if (element.hasAttribute("nodeset")) {
                IdSet nodes = mask(element.getAttribute("nodeset"));
                return nodes.size() == 1 ? Optional.of(nodes.first()) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Map<List<Integer>, Integer> distances(Element root) {
        Map<List<Integer>, Integer> distances = new TreeMap<>(Comparator.comparing(List::toString));
        for (Element matrix : elements(root.getElementsByTagName("distances2"))) {
            if (!matrix.getAttribute("type").equals("NUMANode")) {
                continue;
            }
            List<Integer> ids = numbers(matrix, "indexes");
            List<Integer> values = numbers(matrix, "u64values");
            for (int i = 0; i < values.size(); i++) {
                distances.put(List.of(ids.get(i / ids.size()), ids.get(i % ids.size())), values.get(i));
            }
        }
        return distances;
    }

    private static List<Integer> numbers(Element matrix, String tag) {
        return elements(matrix.getElementsByTagName(tag)).stream()
                .flatMap(e -> Stream.of(e.getTextContent().strip().split("\\s+", -1)))
                .map(Integer::valueOf)
                .toList();
    }

    private static IdSet mask(String text) {
        List<Integer> ids = new ArrayList<>();
        String[] words = text.split(",", -1);
        for (int w = 0; w < words.length; w++) {
            long word = Long.decode(words[words.length - 1 - w]);
            for (int bit = 0; bit < 32; bit++) {
                if ((word >> bit & 1) == 1) {
                    ids.add(w * 32 + bit);
                }
            }
        }
        return IdSet.of(ids);
    }

    private static List<Element> elements(NodeList list) {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < list.getLength(); i++) {
            elements.add((Element) list.item(i));
        }
        return elements;
    }
}
