package org.novagpubinder.domain.xml;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Children that are added to and taken from one container, such as {@code <cputune>}: the container is made when it is
 * missing, and goes when we have emptied it. New elements stand where libvirt prints them, indented like their
 * neighbours.
 */
public final class ChildEdit {
    private static final String STEP = "  ";

    private final XmlPatch patch;
    private final XmlElement parent;
    private final String name;
    private final List<String> order;
    private final List<String> parentOrder;
    private final Set<XmlElement> removed = new HashSet<>();
    private final List<Addition> added = new ArrayList<>();

    private record Addition(String name, String text) {}

    /**
     * @param parent of the container
     * @param name of the container
     * @param order in which libvirt prints the container's children; those that it does not name go to the end
     * @param parentOrder in which libvirt prints the parent's children
     */
    public ChildEdit(XmlPatch patch, XmlElement parent, String name, List<String> order, List<String> parentOrder) {
        this.patch = patch;
        this.parent = parent;
        this.name = name;
        this.order = order;
        this.parentOrder = parentOrder;
    }

    public void remove(XmlElement child) {
        removed.add(child);
    }

    public void add(String childName, String text) {
        added.add(new Addition(childName, text));
    }

    public void commit() {
        Optional<XmlElement> container = parent.first(name);
        for (XmlElement each : parent.all(name)) {
            boolean takesNew = container.isPresent() && each == container.get() && !added.isEmpty();
            if (!takesNew && emptied(each)) {
                patch.remove(each);
            } else {
                each.children().stream().filter(removed::contains).forEach(patch::remove);
            }
        }
        if (added.isEmpty()) {
            return;
        }
        if (container.isPresent()) {
            insert(patch, container.get(), order, added);
        } else {
            String line = childLine(patch, parent);
            String inner = line.isEmpty() ? "" : line + STEP;
            StringBuilder text = new StringBuilder("<" + name + ">");
            added.forEach(a -> text.append(inner).append(a.text));
            text.append(line).append("</").append(name).append('>');
            insert(patch, parent, parentOrder, List.of(new Addition(name, text.toString())));
        }
    }

    /** Whether the container had children, and all of them go. */
    private boolean emptied(XmlElement container) {
        if (container.children().isEmpty() || !removed.containsAll(container.children())) {
            return false;
        }
        int at = container.span().openEnd();
        for (XmlElement child : container.children()) {
            if (!patch.isSpace(at, child.span().start())) {
                return false;
            }
            at = child.span().end();
        }
        return patch.isSpace(at, container.span().closeStart());
    }

    /** Adds one child to an element that exists. */
    public static void insert(XmlPatch patch, XmlElement into, List<String> order, String childName, String text) {
        insert(patch, into, order, List.of(new Addition(childName, text)));
    }

    private static void insert(XmlPatch patch, XmlElement into, List<String> order, List<Addition> additions) {
        XmlElement.Span span = into.span();
        String line = childLine(patch, into);
        if (span.selfClosing()) {
            String xml = patch.original();
            StringBuilder text = new StringBuilder(">");
            additions.forEach(a -> text.append(line).append(a.text));
            text.append(patch.lineStart(into))
                    .append("</")
                    .append(tagName(xml, span.start()))
                    .append('>');
            patch.replace(span.openEnd() - 2, span.end(), text.toString());
            return;
        }
        for (Addition a : additions) {
            XmlElement before = lastBefore(into, order, a.name);
            int at = before == null ? span.openEnd() : before.span().end();
            patch.replace(at, at, line + a.text);
        }
        if (span.openEnd() == span.closeStart()) {
            // It was written <name></name>: its end tag needs a line of its own now
            patch.replace(span.openEnd(), span.openEnd(), patch.lineStart(into));
        }
    }

    private static @Nullable XmlElement lastBefore(XmlElement into, List<String> order, String name) {
        int rank = order.indexOf(name);
        if (rank < 0 && !into.children().isEmpty()) {
            return into.children().get(into.children().size() - 1);
        }
        XmlElement last = null;
        for (XmlElement child : into.children()) {
            int r = child.namespace().isEmpty() ? order.indexOf(child.name()) : -1;
            if (r >= 0 && r <= rank) {
                last = child;
            }
        }
        return last;
    }

    /** Line break and indentation of an element's children; empty if they stand on one line. */
    private static String childLine(XmlPatch patch, XmlElement element) {
        if (!element.children().isEmpty()) {
            return patch.lineStart(element.children().get(0));
        }
        String own = patch.lineStart(element);
        return own.isEmpty() ? "" : own + STEP;
    }

    private static String tagName(String xml, int start) {
        int end = start + 1;
        while (!XmlPatch.isSpace(xml.charAt(end)) && xml.charAt(end) != '/' && xml.charAt(end) != '>') {
            end++;
        }
        return xml.substring(start + 1, end);
    }
}
