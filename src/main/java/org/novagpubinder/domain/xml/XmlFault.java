package org.novagpubinder.domain.xml;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says why a text is no well-formed XML, by what stands where the parser stopped. The parser's own words are those of the
 * user's language, and of XML's grammar.
 *
 * @param read what was read until there
 * @param line of the place, from 1
 * @param column of the place, from 1
 */
record XmlFault(String xml, XmlTreeBuilder read, int line, int column) {
    private static final Pattern NAME = Pattern.compile("</?([^\\s<>/=]{1,60})");
    private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");

    String words() {
        if (xml.isBlank()) {
            return "empty: no XML";
        }
        return "line " + line + ", column " + column + ": " + why();
    }

    private String why() {
        int place = Math.min(place(), xml.length());
        String before = xml.substring(0, place);
        int tag = before.lastIndexOf('<');
        String root = read.root();
        String open = read.open();
        if (!xml.stripLeading().startsWith("<")) {
            return "no XML: it does not begin with '<'";
        }
        if (read.tooDeep()) {
            return "elements are nested more than " + XmlDocuments.MAX_DEPTH + " deep";
        }
        if (xml.startsWith("<!DOCTYPE", tag)) {
            return "a DOCTYPE is not read; libvirt's XML has none";
        }
        if (xml.startsWith("<?xml", tag) && tag > 0) {
            return "the XML declaration does not stand at the very beginning";
        }
        if (root != null && open == null) {
            return "behind </" + root + "> stands something else: give each domain a file of its own";
        }
        if (place == xml.length() && !(root == null && before.endsWith(">"))) {
            return "it ends inside " + (open == null ? "its first tag" : "<" + open + ">") + ": is it cut off?";
        }
        String control = control(place);
        if (control != null) {
            return "holds the character " + control + ", which XML does not allow";
        }
        if (before.lastIndexOf('&') > tag) {
            return "'&' begins an entity that is none of XML's: a mere '&' is written &amp;";
        }
        Matcher name = NAME.matcher(xml).region(Math.max(tag, 0), xml.length());
        String found = name.lookingAt() ? name.group(1) : "";
        if (xml.startsWith("</", tag) && open != null && !found.equals(open)) {
            return "</" + found + "> stands where </" + open + "> has to: <" + open + "> of line " + read.openLine()
                    + " is not closed";
        }
        if (found.isEmpty()) {
            return "no well-formed XML";
        }
        return "the tag <" + found
                + "> cannot be read: attributes are NAME=\"VALUE\", each once, a prefix has its xmlns; a"
                + " mere '<' is written &lt;";
    }

    private int place() {
        Matcher end = LINE_END.matcher(xml);
        int start = 0;
        for (int i = 1; i < line && end.find(); i++) {
            start = end.end();
        }
        return start + Math.max(0, column - 1);
    }

    private @Nullable String control(int place) {
        for (int i = Math.max(0, place - 1); i <= place && i < xml.length(); i++) {
            char c = xml.charAt(i);
            if (c < ' ' && "\t\r\n".indexOf(c) < 0) {
                return String.format("U+%04X", (int) c);
            }
        }
        return null;
    }
}
