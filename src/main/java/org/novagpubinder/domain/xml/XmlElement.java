package org.novagpubinder.domain.xml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An element of a parsed XML text, with its place in that text, so that an edit can cut there and leave every other byte
 * alone. Made by {@link XmlDocuments}.
 */
public final class XmlElement {
    private final String namespace;
    private final String name;
    private final int line;
    private final @Nullable XmlElement parent;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Map<String, String> prefixes;
    private final List<XmlElement> children = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private Span span = new Span(0, 0, 0, 0);

    XmlElement(String namespace, String name, int line, @Nullable XmlElement parent, Map<String, String> prefixes) {
        this.namespace = namespace;
        this.name = name;
        this.line = line;
        this.parent = parent;
        this.prefixes = Map.copyOf(prefixes);
        if (parent != null) {
            parent.children.add(this);
        }
    }

    /**
     * Where an element stands: offsets into the text.
     *
     * @param start of the start tag
     * @param openEnd behind the start tag
     * @param closeStart of the end tag; the same as {@code end} for an empty-element tag
     * @param end behind the element
     */
    public record Span(int start, int openEnd, int closeStart, int end) {
        /** Whether it is written as {@code <name/>}. */
        boolean selfClosing() {
            return openEnd == end;
        }
    }

    public String namespace() {
        return namespace;
    }

    /** The local name. */
    public String name() {
        return name;
    }

    public int line() {
        return line;
    }

    public Optional<XmlElement> parent() {
        return Optional.ofNullable(parent);
    }

    /** Namespace prefixes that this element declares; the default namespace has the prefix "". */
    public Map<String, String> prefixes() {
        return prefixes;
    }

    /** Attributes that are in no namespace. */
    public Map<String, String> attributes() {
        return attributes;
    }

    public List<XmlElement> children() {
        return children;
    }

    /** Its own text, that of its children left out. */
    public String text() {
        return text.toString();
    }

    public Span span() {
        return span;
    }

    void put(String attribute, String value) {
        attributes.put(attribute, value);
    }

    void append(char[] chars, int start, int length) {
        text.append(chars, start, length);
    }

    void place(Span place) {
        span = place;
    }

    public @Nullable String attribute(String attribute) {
        return attributes.get(attribute);
    }

    /** An attribute of the first child of that name; null if there is no such child, or it lacks it. */
    public @Nullable String childAttribute(String child, String attribute) {
        return first(child).map(c -> c.attribute(attribute)).orElse(null);
    }

    /** Whether an attribute is there and has that value. */
    public boolean has(String attribute, String value) {
        return value.equals(attributes.get(attribute));
    }

    /** Whether it is an element of libvirt's own, which has no namespace, of that name. */
    public boolean is(String libvirtName) {
        return namespace.isEmpty() && name.equals(libvirtName);
    }

    /**
     * Whether two elements mean the same, whatever their prefixes, quotes, indentation and comments. No deeper than
     * {@link XmlDocuments#MAX_DEPTH}, so recursion is safe.
     */
    public boolean same(XmlElement other) {
        if (!namespace.equals(other.namespace)
                || !name.equals(other.name)
                || !attributes.equals(other.attributes)
                || !text().strip().equals(other.text().strip())
                || children.size() != other.children.size()) {
            return false;
        }
        for (int i = 0; i < children.size(); i++) {
            if (!children.get(i).same(other.children.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The elements below it by a path of names in no namespace, as libvirt's XPath {@code ./a/b}. */
    public List<XmlElement> all(String... path) {
        List<XmlElement> found = List.of(this);
        for (String step : path) {
            List<XmlElement> next = new ArrayList<>();
            for (XmlElement e : found) {
                for (XmlElement child : e.children) {
                    if (child.is(step)) {
                        next.add(child);
                    }
                }
            }
            found = next;
        }
        return found;
    }

    public Optional<XmlElement> first(String... path) {
        List<XmlElement> found = all(path);
        return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
    }
}
