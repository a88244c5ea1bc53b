package org.novagpubinder.domain.xml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Cuts and insertions in an XML text; what is not cut stays byte for byte. */
public final class XmlPatch {
    private static final Pattern ATTRIBUTE = Pattern.compile("\\s+([^\\s=/>\"']+)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')");

    private final String xml;
    private final List<Splice> splices = new ArrayList<>();

    private record Splice(int from, int to, String by) {}

    public XmlPatch(String xml) {
        this.xml = xml;
    }

    String original() {
        return xml;
    }

    /** Puts {@code by} in the place of the characters from {@code from} up to {@code to}. */
    void replace(int from, int to, String by) {
        splices.add(new Splice(from, to, by));
    }

    /** Sets an attribute that is in no namespace; null takes it away. */
    public void attribute(XmlElement element, String name, @Nullable String value) {
        if (value == null ? element.attribute(name) == null : element.has(name, value)) {
            return;
        }
        XmlElement.Span span = element.span();
        Matcher m = ATTRIBUTE.matcher(xml);
        // The first white space ends the element's name
        m.region(span.start() + 1, span.openEnd());
        int last = -1;
        while (m.find()) {
            last = m.end();
            if (m.group(1).equals(name)) {
                int from = m.start(2) >= 0 ? m.start(2) : m.start(3);
                int to = m.start(2) >= 0 ? m.end(2) : m.end(3);
                if (value == null) {
                    replace(m.start(), m.end(), "");
                } else {
                    replace(from, to, escaped(value));
                }
                return;
            }
        }
        if (last < 0) {
            last = span.openEnd() - (span.selfClosing() ? 2 : 1);
            while (isSpace(xml.charAt(last - 1))) {
                last--;
            }
        }
        replace(last, last, " " + name + "='" + escaped(value == null ? "" : value) + "'");
    }

    /** Takes an element away, and the white space before it. */
    public void remove(XmlElement element) {
        int start = element.span().start();
        replace(start - leadingSpace(element).length(), element.span().end(), "");
    }

    /** The white space between the element and the tag or comment before it; empty if text stands before it. */
    String leadingSpace(XmlElement element) {
        int start = element.span().start();
        int i = start;
        while (i > 0 && isSpace(xml.charAt(i - 1))) {
            i--;
        }
        return i > 0 && xml.charAt(i - 1) == '>' ? xml.substring(i, start) : "";
    }

    /** The line break and indentation before the element; empty if it starts no line. */
    public String lineStart(XmlElement element) {
        String space = leadingSpace(element);
        int newline = space.lastIndexOf('\n');
        return newline < 0 ? "" : space.substring(newline);
    }

    /** Whether nothing but white space stands between two places. */
    boolean isSpace(int from, int to) {
        return xml.substring(from, to).chars().allMatch(c -> isSpace((char) c));
    }

    /** XML's own idea of white space. */
    static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\t' || c == '\r';
    }

    public String apply() {
        List<Splice> inOrder = new ArrayList<>(splices);
        // An insertion at the place where a cut begins belongs before it; the sort keeps the order of several
        // insertions
        inOrder.sort(Comparator.comparingInt(Splice::from).thenComparing(s -> s.from != s.to));
        StringBuilder out = new StringBuilder(xml.length() + 1024);
        int at = 0;
        for (Splice s : inOrder) {
            if (s.from < at) {
                throw new IllegalStateException("two edits overlap at " + s.from);
            }
            out.append(xml, at, s.from).append(s.by);
            at = s.to;
        }
        return out.append(xml, at, xml.length()).toString();
    }

    /** The text as an attribute's value in either kind of quotes, or as an element's content. */
    public static String escaped(String value) {
        StringBuilder out = new StringBuilder(value.length() + 16);
        value.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&apos;");
                case '\t', '\n', '\r' -> out.append("&#").append(c).append(';');
                default -> out.appendCodePoint(allowed(c) ? c : 0xFFFD);
            }
        });
        return out.toString();
    }

    /** XML 1.0's production Char. */
    private static boolean allowed(int c) {
        return (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
    }
}
