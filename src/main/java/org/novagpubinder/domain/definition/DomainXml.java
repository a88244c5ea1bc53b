package org.novagpubinder.domain.definition;

import java.util.List;
import org.novagpubinder.domain.needs.NeedsReader;
import org.novagpubinder.domain.needs.StartNeed;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlDocuments;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.domain.xml.XmlPatch;

/**
 * Reads domain XML into a value, and edits it without touching anything else. DOCTYPEs and with them external entities
 * are refused; texts above 8 MiB and elements nested above 256 deep as well.
 */
public final class DomainXml {
    /**
     * Reads a domain XML.
     *
     * @throws InvalidDomainXml if the text is no domain XML, or one that libvirt would refuse where we read it
     */
    public DomainDefinition read(String xml) throws InvalidDomainXml {
        return parsed(xml).read();
    }

    /**
     * A domain XML that is read and edited both: it is parsed once.
     *
     * @throws InvalidDomainXml if the text is no domain XML
     */
    public Parsed parsed(String xml) throws InvalidDomainXml {
        String text = XmlDocuments.withoutMark(xml);
        return new Parsed(text, parse(text));
    }

    /** A domain XML, parsed; neither reading nor editing changes it. */
    public record Parsed(String text, XmlElement root) {
        public DomainDefinition read() throws InvalidDomainXml {
            return new DomainReader(text, root).read();
        }

        public String edit(DomainEdit edit) throws InvalidDomainXml {
            XmlPatch patch = new XmlPatch(text);
            new DomainEditor(patch, root).edit(edit);
            return patch.apply();
        }
    }

    /**
     * The XML with the edit made. Everything that does not change stays byte for byte: comments, unknown elements,
     * namespaces, quotes and white space; so do elements that mean already what they should ({@code 0,1} for
     * {@code 0-1}).
     *
     * <p>{@code <vcpu placement='auto'>} stays: pins win over numad's advice (qemu_process.c:qemuProcessSetupPid), and a
     * {@code <memory>} with a nodeset gets {@code placement='static'}, so that numad has no say in the memory either.
     *
     * @throws InvalidDomainXml if the text is no domain XML, or lacks what the edit needs: a display for a render node, or
     *     a virtio video for a display that is to be added
     */
    public String edit(String xml, DomainEdit edit) throws InvalidDomainXml {
        return parsed(xml).edit(edit);
    }

    /**
     * What a start from that definition (the inactive XML) needs on its host; what this version does not know is among it, of
     * kind UNKNOWN.
     *
     * @throws InvalidDomainXml if the text is no domain XML, or one that libvirt would refuse where we read it
     */
    public List<StartNeed> startNeeds(String xml) throws InvalidDomainXml {
        return new NeedsReader(parse(XmlDocuments.withoutMark(xml))).read();
    }

    /**
     * What a domain has, by its XML.
     *
     * @throws InvalidDomainXml if the text is no domain XML, or one that libvirt would refuse where we read it
     */
    public Holdings holdings(String xml) throws InvalidDomainXml {
        Parsed parsed = parsed(xml);
        return Holdings.read(parsed.root, parsed.read());
    }

    private static XmlElement parse(String xml) throws InvalidDomainXml {
        XmlElement root = XmlDocuments.parse(xml);
        if (!root.is("domain")) {
            throw new InvalidDomainXml("line " + root.line() + ": the root element is <" + root.name()
                    + (root.namespace().isEmpty() ? "" : "> in a namespace of its own, <") + ">, not <domain>");
        }
        return root;
    }
}
