package org.novagpubinder.picture.svg;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** An SVG as it was drawn, read again. */
record Drawn(Document document) {
    /** A rectangle of the drawing. */
    record Area(String what, double x, double y, double width, double height) {
        boolean overlaps(Area o) {
            return x < o.x + o.width && o.x < x + width && y < o.y + o.height && o.y < y + height;
        }

        boolean within(Area o) {
            return x >= o.x && y >= o.y && x + width <= o.x + o.width && y + height <= o.y + o.height;
        }
    }

    static Drawn of(String svg) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return new Drawn(factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg))));
    }

    Area canvas() {
        String[] box = document.getDocumentElement().getAttribute("viewBox").split(" ", -1);
        return new Area("canvas", 0, 0, Double.parseDouble(box[2]), Double.parseDouble(box[3]));
    }

    /** The first rectangle of each group of that class. */
    List<Area> boxes(String group) {
        List<Area> areas = new ArrayList<>();
        for (Element g : all("g")) {
            if (g.getAttribute("class").equals(group)) {
                areas.add(area((Element) g.getElementsByTagName("rect").item(0)));
            }
        }
        return areas;
    }

    /** What is never drawn over the edge: the clips of foreign text. */
    List<Area> clips() {
        return all("svg").stream().skip(1).map(Drawn::area).toList();
    }

    List<String> texts() {
        return all("text").stream().map(Element::getTextContent).toList();
    }

    /** Elements in the order of the document. */
    List<Element> all(String name) {
        NodeList nodes = document.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static Area area(Element e) {
        return new Area(
                e.getParentNode().getTextContent(),
                number(e, "x"),
                number(e, "y"),
                number(e, "width"),
                number(e, "height"));
    }

    private static double number(Element e, String attribute) {
        String text = e.getAttribute(attribute);
        return text.isEmpty() ? 0 : Double.parseDouble(text);
    }
}
