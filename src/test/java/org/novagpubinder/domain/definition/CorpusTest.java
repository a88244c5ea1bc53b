package org.novagpubinder.domain.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlDocuments;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Allocation.Claim;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.DomainSchema;
import org.novagpubinder.testing.XmlMeaning;

/** libvirt's own domain XML files and our captures; they are not part of the repository. */
class CorpusTest {
    private static final String RECORD = "<binding xmlns=\"urn:nova-gpu-binder:binding:1\" host=\"h\"/>";

    private final DomainXml xml = new DomainXml();
    private static final List<Path> FILES = new ArrayList<>();

    @BeforeAll
    static void findTheFiles() throws IOException {
        Path shared = Path.of(System.getProperty("shared.dir", "../shared"));
        Path corpus = shared.resolve("corpus/libvirt-domains");
        assumeTrue(Files.isDirectory(corpus), () -> "no corpus at " + corpus.toAbsolutePath() + " (-Dshared.dir=DIR)");
        FILES.clear();
        for (Path dir : List.of(corpus, shared.resolve("captures"))) {
            try (Stream<Path> walk = Files.walk(dir)) {
                walk.filter(p -> p.toString().endsWith(".xml")).sorted().forEach(FILES::add);
            }
        }
        assertThat(FILES).hasSizeGreaterThan(500);
    }

    @Test
    void everyFileIsReadOrRefusedWithOneClearLine() throws Exception {
        int read = 0;
        for (Path file : FILES) {
            try {
                String text = XmlDocuments.decode(Files.readAllBytes(file));
                DomainDefinition d = xml.read(text);
                assertThat(xml.edit(text, new DomainEdit(d.tuning(), DisplayChange.KEEP, d.record())))
                        .as("%s: its own tuning changes nothing", file)
                        .isEqualTo(text);
                read++;
            } catch (InvalidDomainXml e) {
                assertThat(e.getMessage()).doesNotContain("\n");
                assertThat(file.toString()).as(e.getMessage()).containsAnyOf("invalid", "fail", "captures");
            }
        }
        assertThat(read).isGreaterThan(530);
    }

    @Test
    void anEditChangesOnlyWhatItMayStaysValidAndCanBeUndone(@TempDir Path dir) throws Exception {
        Map<String, Path> edited = new HashMap<>();
        Set<Path> inputs = new HashSet<>();
        int n = 0;
        for (Path file : FILES) {
            String text = Files.readString(file);
            DomainDefinition d;
            try {
                d = xml.read(text);
            } catch (InvalidDomainXml e) {
                continue;
            }
            String there = xml.edit(text, new DomainEdit(sample(d), change(d), RECORD));
            DomainDefinition after = xml.read(there);
            assertThat(after.tuning()).as("%s", file).isEqualTo(sample(d));
            assertThat(after.record()).isEqualTo(RECORD);
            assertThat(XmlMeaning.sameElsewhere(there, text)).as("%s", file).isTrue();
            Path out = dir.resolve(n++ + ".xml");
            Files.writeString(out, there);
            edited.put(out.toString(), file);
            inputs.add(file);

            boolean added = change(d) == DisplayChange.ADD;
            String back = xml.edit(
                    there,
                    new DomainEdit(
                            d.tuning(), added ? DisplayChange.REMOVE : DisplayChange.KEEP, d.record(), d.video()));
            assertThat(xml.read(back).tuning()).as("%s", file).isEqualTo(d.tuning());
            // numad with a nodeset is what libvirt itself refuses
            if (!file.endsWith("numatune-auto-nodeset-invalid.xml")) {
                assertThat(XmlMeaning.sameMeaning(back, text))
                        .as("%s\n%s", file, back)
                        .isTrue();
            }
        }
        assertThat(edited).hasSizeGreaterThan(530);

        Set<Path> validBefore = DomainSchema.valid(new ArrayList<>(inputs));
        Set<Path> validAfter =
                DomainSchema.valid(edited.keySet().stream().map(Path::of).toList());
        edited.forEach((out, file) -> {
            if (validBefore.contains(file)) {
                assertThat(validAfter).as("%s was valid before", file).contains(Path.of(out));
            }
        });
        assertThat(validAfter).hasSizeGreaterThan(500);
    }

    @Test
    void memoryOfTheSamplesIsReadCellByCellAndPageByPage() throws Exception {
        assertThat(sample("hugepages-numa-nodeset.xml").cells())
                .extracting(GuestCell::hugePageKiB)
                .containsExactly(1048576L, 2048L, 1048576L, 1048576L);

        DomainDefinition virtioMem = sample("memory-hotplug-virtio-mem.xml");
        assertThat(virtioMem.cells()).containsExactly(new GuestCell(0, IdSet.of(0, 1), 2095104 + 524288, 0));
        assertThat(virtioMem.memoryKiB()).isEqualTo(2095104 + 524288);
        assertThat(virtioMem.fixedMemory())
                .as("the second device's own nodes and pages")
                .containsExactly(new Claim(IdSet.of(1, 2, 3), 1048576, 2048));

        DomainDefinition nvdimm = sample("memory-hotplug-nvdimm-ppc64-abi-update.xml");
        assertThat(nvdimm.cells()).containsExactly(new GuestCell(0, IdSet.of(0, 1), 1048576, 0));
        assertThat(nvdimm.memoryKiB()).isEqualTo(1048576);
    }

    private DomainDefinition sample(String name) throws Exception {
        Path file = FILES.stream().filter(f -> f.endsWith(name)).findFirst().orElseThrow();
        return xml.read(Files.readString(file));
    }

    private static DisplayChange change(DomainDefinition d) {
        return d.display() == null && d.virtioVideo() ? DisplayChange.ADD : DisplayChange.KEEP;
    }

    private static Tuning sample(DomainDefinition d) {
        Map<Integer, IdSet> pins = new HashMap<>();
        for (int i = 0; i < d.vcpus(); i++) {
            pins.put(i, IdSet.of(2, 3));
        }
        Map<Integer, IdSet> iothreads = new HashMap<>();
        d.iothreads().stream().forEach(id -> iothreads.put(id, IdSet.of(3)));
        MemoryPlacement memory = new MemoryPlacement(MemoryMode.RESTRICTIVE, IdSet.of(1));
        Map<Integer, MemoryPlacement> memnodes = new HashMap<>();
        d.tuning().memnodes().keySet().forEach(cell -> memnodes.put(cell, memory));
        return new Tuning(
                pins,
                IdSet.of(2, 3),
                iothreads,
                memory,
                memnodes,
                d.display() != null || d.virtioVideo() ? "/dev/dri/renderD129" : null);
    }
}
