package org.novagpubinder.domain.xml;

import java.util.List;

/** Whether two elements mean the same, whatever their prefixes, quotes, indentation and comments. */
public final class XmlEquality {
    private XmlEquality() {}

    /** Compares two elements; no deeper than {@link XmlDocuments#MAX_DEPTH}, so recursion is safe. */
    public static boolean same(XmlElement a, XmlElement b) {
        List<XmlElement> as = a.children();
        List<XmlElement> bs = b.children();
        if (!a.namespace().equals(b.namespace())
                || !a.name().equals(b.name())
                || !a.attributes().equals(b.attributes())
                || !a.text().strip().equals(b.text().strip())
                || as.size() != bs.size()) {
            return false;
        }
        for (int i = 0; i < as.size(); i++) {
            if (!same(as.get(i), bs.get(i))) {
                return false;
            }
        }
        return true;
    }
}
