package org.novagpubinder.domain.xml;

import java.io.IOException;
import java.io.StringReader;
import java.util.concurrent.atomic.AtomicReference;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.jspecify.annotations.Nullable;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.DefaultHandler;

/**
 * The JDK's XML parsers, which take longer to make than to read a domain. The last one that has read a text to its end is
 * kept for the next text.
 */
final class XmlReaders {
    /** A parser keeps its buffers, as large as the largest text made them, in characters: a large domain has less. */
    private static final int USUAL_SIZE = 64 * 1024;

    /** A parser keeps all names that it has ever seen: it goes after so many texts. */
    private static final int MOST_TEXTS = 1_000;

    private record Spare(XMLReader reader, int texts) {}

    private final AtomicReference<@Nullable Spare> spare = new AtomicReference<>();

    /** Has the text read into the handler, which hears of errors as well. */
    void parse(String xml, DefaultHandler handler) throws SAXException, IOException {
        Spare known = spare.getAndSet(null);
        Spare used = known == null ? new Spare(reader(), 1) : new Spare(known.reader, known.texts + 1);
        used.reader.setContentHandler(handler);
        used.reader.setErrorHandler(handler);
        used.reader.parse(new InputSource(new StringReader(xml)));
        if (xml.length() <= USUAL_SIZE && used.texts < MOST_TEXTS) {
            used.reader.setContentHandler(null);
            used.reader.setErrorHandler(null);
            spare.set(used);
        }
    }

    private static XMLReader reader() throws SAXException {
        try {
            XMLReader reader =
                    SAXParserFactory.newDefaultNSInstance().newSAXParser().getXMLReader();
            // not on the factory: to try a feature it makes a parser each time
            reader.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            reader.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            reader.setFeature("http://xml.org/sax/features/external-general-entities", false);
            reader.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
            reader.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            return reader;
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's own XML parser lacks a feature", e);
        }
    }
}
