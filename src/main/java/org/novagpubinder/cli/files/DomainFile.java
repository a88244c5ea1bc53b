package org.novagpubinder.cli.files;

import java.io.IOException;
import java.io.InputStream;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlDocuments;

/** A file with a domain XML. */
public final class DomainFile {
    private static final int MAX_BYTES = 8 << 20;

    private DomainFile() {}

    /** Its text; "-" is standard input. */
    public static String text(String file) throws IOException, InvalidDomainXml {
        try (InputStream in = file.equals("-") ? System.in : FileArgument.open(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new InvalidDomainXml("longer than 8 MiB: no domain XML");
            }
            return XmlDocuments.decode(bytes);
        }
    }

    /** What is wrong with it, in a few words. */
    public static String why(Exception e) {
        return e instanceof IOException io ? FileArgument.why(io) : String.valueOf(e.getMessage());
    }
}
