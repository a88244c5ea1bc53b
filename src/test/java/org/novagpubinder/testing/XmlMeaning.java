package org.novagpubinder.testing;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.novagpubinder.host.topology.IdSet;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;

/** What two domain XML texts have in common, judged by the JDK's DOM, which knows nothing of our own parser. */
public final class XmlMeaning {
    /** The elements that an edit may touch. */
    private static final Set<String> OURS = Set.of("cputune", "numatune", "metadata", "graphics", "video");

    private XmlMeaning() {}

    /** The root element, without what is only indentation. */
    public static Element dom(String xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
        factory.setCoalescing(true);
        Element root = factory.newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml)))
                .getDocumentElement();
        strip(root, Set.of());
        return root;
    }

    /** Whether two texts mean the same: elements, attributes, text and comments; only indentation and the notation of sets do not count. */
    public static boolean sameMeaning(String a, String b) throws Exception {
        return a.equals(b) || dom(a).isEqualNode(dom(b));
    }

    /** Whether two texts mean the same outside of the elements that an edit may touch. */
    public static boolean sameElsewhere(String a, String b) throws Exception {
        Element x = dom(a);
        Element y = dom(b);
        strip(x, OURS);
        strip(y, OURS);
        return x.isEqualNode(y);
    }

    /** Of what is no set, in an element that nobody reads, its own. */
    private static String notation(String set) {
        try {
            return IdSet.parse(set).toString();
        } catch (IllegalArgumentException noSet) {
            return set;
        }
    }

    private static void strip(Element e, Set<String> names) {
        for (String set : List.of("cpuset", "nodeset")) {
            // 5-7,^6 and 5,7 are the same set
            if (e.getAttribute(set).matches("[0-9,^-]+")) {
                e.setAttribute(set, notation(e.getAttribute(set)));
            }
        }
        List<Node> children = new ArrayList<>();
        for (Node n = e.getFirstChild(); n != null; n = n.getNextSibling()) {
            children.add(n);
        }
        for (Node n : children) {
            if (n instanceof Element child && names.contains(child.getLocalName())) {
                e.removeChild(child);
            } else if (n instanceof Element child) {
                strip(child, names);
            } else if (n.getNodeType() == Node.TEXT_NODE && n.getNodeValue().isBlank()) {
                e.removeChild(n);
            }
        }
    }
}
