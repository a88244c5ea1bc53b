package org.novagpubinder.bench;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlDocuments;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Reading and editing the XML of a domain as Nova makes it. */
@State(Scope.Benchmark)
public class DomainXmlBenchmark {
    private final DomainXml xml = new DomainXml();
    private final IdSet cpus = IdSet.range(16, 31);
    private final DomainEdit edit = new DomainEdit(
            new Tuning(
                    Map.of(0, cpus),
                    cpus,
                    Map.of(),
                    new MemoryPlacement(MemoryMode.PREFERRED, IdSet.of(1)),
                    Map.of(),
                    null),
            DomainEdit.DisplayChange.KEEP,
            null);
    private String text = "";

    @Setup
    public void setUp() throws IOException, InvalidDomainXml {
        try (InputStream file = getClass().getResourceAsStream("/domains/nova-plain-live.xml")) {
            text = XmlDocuments.decode(Objects.requireNonNull(file).readAllBytes());
        }
        if (!xml.read(readAndEdit()).tuning().equals(edit.tuning())) {
            throw new IllegalStateException("the edit does not hold");
        }
    }

    @Benchmark
    public DomainDefinition read() throws InvalidDomainXml {
        return xml.read(text);
    }

    @Benchmark
    public String readAndEdit() throws InvalidDomainXml {
        if (!xml.read(text).tuning().equals(Tuning.NONE)) {
            throw new IllegalStateException("the domain is bound already");
        }
        return xml.edit(text, edit);
    }
}
