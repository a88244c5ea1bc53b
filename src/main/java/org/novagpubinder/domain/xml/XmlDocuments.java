package org.novagpubinder.domain.xml;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * Parses XML that somebody else wrote: no DOCTYPE and so no entities but the five of XML, nothing fetched, size and
 * nesting bounded. A stream of events instead of a DOM, so that neither depth nor breadth costs stack.
 */
public final class XmlDocuments {
    /** The largest text that is read, in characters or bytes; libvirt's own bound on a string is 4 MiB. */
    static final int MAX_SIZE = 8 * 1024 * 1024;

    /** The deepest nesting that is read; libxml2, which libvirt uses, stops at 256 as well. */
    static final int MAX_DEPTH = 256;

    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final Pattern ENCODING =
            Pattern.compile("^<\\?xml\\s[^>]{0,200}?encoding\\s*=\\s*[\"']([^\"'>]{1,40})[\"']");

    private static final XmlReaders READERS = new XmlReaders();

    private XmlDocuments() {}

    /**
     * The root element of the text.
     *
     * @throws InvalidDomainXml if it is no well-formed XML, too large, too deep, or has a DOCTYPE
     */
    public static XmlElement parse(String xml) throws InvalidDomainXml {
        if (xml.length() > MAX_SIZE) {
            throw new InvalidDomainXml("larger than " + MAX_SIZE / 1024 / 1024 + " MiB");
        }
        Matcher declared = ENCODING.matcher(xml);
        if (declared.lookingAt() && !declared.group(1).matches("(?i)utf-?8|us-ascii")) {
            throw new InvalidDomainXml(
                    "line 1: declares the encoding " + declared.group(1) + "; only UTF-8 is read, convert it");
        }
        XmlTreeBuilder builder = new XmlTreeBuilder();
        try {
            READERS.parse(xml, builder);
        } catch (SAXParseException e) {
            throw new InvalidDomainXml(new XmlFault(xml, builder, e.getLineNumber(), e.getColumnNumber()).words());
        } catch (SAXException | IOException e) {
            throw new InvalidDomainXml("no XML (" + e.getClass().getSimpleName() + ")");
        }
        List<XmlElement> elements = builder.elements();
        new XmlScanner(xml).place(elements);
        return elements.get(0);
    }

    /** The text without a byte order mark before it. */
    public static String withoutMark(String xml) {
        return !xml.isEmpty() && xml.charAt(0) == BYTE_ORDER_MARK ? xml.substring(1) : xml;
    }

    /**
     * The text of a file: UTF-8, with or without a byte order mark.
     *
     * @throws InvalidDomainXml if it is too large, or no UTF-8
     */
    public static String decode(byte[] bytes) throws InvalidDomainXml {
        if (bytes.length > MAX_SIZE) {
            throw new InvalidDomainXml("larger than " + MAX_SIZE / 1024 / 1024 + " MiB");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        java.nio.CharBuffer out = java.nio.CharBuffer.allocate(bytes.length + 1);
        // a new decoder reports what new String() would replace
        if (StandardCharsets.UTF_8.newDecoder().decode(in, out, true).isError()) {
            throw new InvalidDomainXml("not UTF-8 at byte " + in.position());
        }
        return withoutMark(out.flip().toString());
    }
}
