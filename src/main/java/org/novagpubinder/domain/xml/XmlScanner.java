package org.novagpubinder.domain.xml;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Finds where elements stand in a text that a real parser has found well-formed and free of a DOCTYPE: then a {@code <}
 * always opens markup, and a {@code >} outside quotes always closes a tag.
 */
record XmlScanner(String xml) {
    private record Open(XmlElement element, int start, int openEnd) {}

    /**
     * @param elements in the order of their start tags
     * @throws InvalidDomainXml if the text is not what the parser saw
     */
    void place(List<XmlElement> elements) throws InvalidDomainXml {
        Deque<Open> open = new ArrayDeque<>();
        int next = 0;
        for (int i = xml.indexOf('<'); i >= 0; i = xml.indexOf('<', i)) {
            if (xml.startsWith("<!--", i)) {
                i = behind("-->", i + 4);
            } else if (xml.startsWith("<![CDATA[", i)) {
                i = behind("]]>", i + 9);
            } else if (xml.startsWith("<?", i)) {
                i = behind("?>", i + 2);
            } else if (xml.startsWith("</", i)) {
                int end = behind(">", i + 2);
                if (open.isEmpty()) {
                    throw lost();
                }
                Open top = open.pop();
                top.element.place(new XmlElement.Span(top.start, top.openEnd, i, end));
                i = end;
            } else {
                int end = behindTag(i);
                if (next >= elements.size()) {
                    throw lost();
                }
                XmlElement element = elements.get(next++);
                if (xml.charAt(end - 2) == '/') {
                    element.place(new XmlElement.Span(i, end, end, end));
                } else {
                    open.push(new Open(element, i, end));
                }
                i = end;
            }
        }
        if (next != elements.size() || !open.isEmpty()) {
            throw lost();
        }
    }

    private int behind(String mark, int from) throws InvalidDomainXml {
        int at = xml.indexOf(mark, from);
        if (at < 0) {
            throw lost();
        }
        return at + mark.length();
    }

    private int behindTag(int start) throws InvalidDomainXml {
        char quote = 0;
        for (int i = start + 1; i < xml.length(); i++) {
            char c = xml.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '>') {
                return i + 1;
            }
        }
        throw lost();
    }

    private static InvalidDomainXml lost() {
        return new InvalidDomainXml("its tags do not match its elements");
    }
}
