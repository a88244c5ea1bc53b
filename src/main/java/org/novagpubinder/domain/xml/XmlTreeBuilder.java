package org.novagpubinder.domain.xml;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.Locator;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/** Builds {@link XmlElement}s from a parser's events and stops at too much nesting. */
final class XmlTreeBuilder extends DefaultHandler {
    private final List<XmlElement> elements = new ArrayList<>();
    private final Deque<XmlElement> open = new ArrayDeque<>();
    private final Map<String, String> prefixes = new HashMap<>();
    private @Nullable Locator locator;
    private boolean tooDeep;

    /** All elements in the order of their start tags. */
    List<XmlElement> elements() {
        return elements;
    }

    boolean tooDeep() {
        return tooDeep;
    }

    /** The name of the root element, as far as it was reached. */
    @Nullable
    String root() {
        return elements.isEmpty() ? null : elements.get(0).name();
    }

    /** The name of the innermost element that is not closed. */
    @Nullable
    String open() {
        return open.isEmpty() ? null : open.element().name();
    }

    /** The line of that element. */
    int openLine() {
        return open.element().line();
    }

    @Override
    public void setDocumentLocator(Locator locator) {
        this.locator = locator;
    }

    @Override
    public void startPrefixMapping(String prefix, String uri) {
        prefixes.put(prefix, uri);
    }

    @Override
    public void startElement(String uri, String localName, String qName, Attributes attributes)
            throws SAXParseException {
        if (open.size() >= XmlDocuments.MAX_DEPTH) {
            tooDeep = true;
            throw new SAXParseException("too deep", locator);
        }
        int line = locator == null ? 0 : locator.getLineNumber();
        XmlElement element = new XmlElement(uri, localName, line, open.peek(), prefixes);
        prefixes.clear();
        for (int i = 0; i < attributes.getLength(); i++) {
            if (attributes.getURI(i).isEmpty()) {
                element.put(attributes.getLocalName(i), attributes.getValue(i));
            }
        }
        elements.add(element);
        open.push(element);
    }

    @Override
    public void endElement(String uri, String localName, String qName) {
        open.pop();
    }

    @Override
    public void characters(char[] chars, int start, int length) {
        XmlElement current = open.peek();
        if (current != null) {
            current.append(chars, start, length);
        }
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXParseException {
        throw e;
    }
}
