package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlDocuments;
import org.novagpubinder.testing.DomainSchema;
import org.novagpubinder.testing.SysfsTree;
import org.novagpubinder.testing.XmlMeaning;

/** {@code plan --domain-xml} over libvirt's own domain XML files, which are not part of the repository. */
class PlanCorpusTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path scratch;

    private static List<Path> files = List.of();
    private static Map<Path, DomainDefinition> domains = new HashMap<>();
    private static Set<Path> validInputs = Set.of();
    private final CommandRig command = new CommandRig();

    @BeforeAll
    static void findTheFilesAndBuildAHostThatHasTheirGpus() throws Exception {
        Path corpus = Path.of(System.getProperty("shared.dir", "../shared")).resolve("corpus/libvirt-domains");
        assumeTrue(Files.isDirectory(corpus), () -> {
            String message = "skipped: no domain XML files at " + corpus.toAbsolutePath() + " (-Dshared.dir=DIR)";
            System.out.println(message);
            return message;
        });
        try (Stream<Path> all = Files.list(corpus)) {
            files = all.filter(f -> f.toString().endsWith(".xml")).sorted().toList();
        }
        assertThat(files).hasSizeGreaterThan(500);
        DomainXml xml = new DomainXml();
        for (Path file : files) {
            try {
                domains.put(file, xml.read(XmlDocuments.decode(Files.readAllBytes(file))));
            } catch (InvalidDomainXml e) {
                // its line is checked to be an error
            }
        }
        host();
        validInputs = DomainSchema.valid(new ArrayList<>(domains.keySet()));
    }

    /** Whatever a file passes through is a GPU of node 1; two more GPUs have render nodes. */
    private static void host() {
        SysfsTree tree = SysfsTree.in(scratch)
                .node(0, "0-31", 4096, 4096)
                .node(1, "32-63", 4096, 4096)
                .distances(0, "10 21")
                .distances(1, "21 10")
                .hugePages(0, 2048, 1 << 20, 1 << 20)
                .hugePages(1, 2048, 1 << 20, 1 << 20)
                .hugePages(0, 1048576, 4096, 4096)
                .hugePages(1, 1048576, 4096, 4096)
                .pci("0000:21:00.0", d -> d.pciClass("038000").node(0).render(128))
                .pci("0000:41:00.0", d -> d.pciClass("038000").node(1).render(129));
        Set<String> mdevs = new TreeSet<>();
        Set<String> functions = new TreeSet<>();
        for (DomainDefinition d : domains.values()) {
            d.mdevs().forEach(m -> mdevs.add(m.toString()));
            d.pciHostdevs().forEach(a -> functions.add(a.toString()));
        }
        assertThat(functions).hasSizeGreaterThan(10);
        assertThat(mdevs).isNotEmpty();
        functions.forEach(
                a -> tree.pci(a, d -> d.pciClass("030200").driver("vfio-pci").node(1)));
        tree.pci("0000:61:00.0", d -> {
            d.pciClass("030200").driver("nvidia").node(1);
            mdevs.forEach(m -> d.mdev(m, "nvidia-558"));
        });
    }

    @Test
    void everyFileIsPlannedForAndWhatWouldBeDefinedIsValid() throws Exception {
        check(30);
    }

    @Test
    void aFlavorThatAsksForARenderNodeGetsOneWhereverThereIsAVirtioVideo() throws Exception {
        check(37, "--extra-spec", "gpu_binder:render_node=auto");
    }

    @Test
    void aFlavorThatRequiresItsNodeIsBoundOrRefused() throws Exception {
        check(30, "--extra-spec", "gpu_binder:policy=required");
    }

    /** @param definitions how many of them have to result at least; 33, 40 and 33 were seen */
    private void check(int definitions, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("plan", "--json", "--root", scratch.toString()));
        arguments.addAll(List.of("--config-file", CommandRig.emptyConfiguration(scratch)));
        arguments.addAll(List.of(more));
        arguments.add("--domain-xml");
        files.forEach(f -> arguments.add(f.toString()));

        int code = command.run(arguments.toArray(String[]::new));

        assertThat(command.err()).isEmpty();
        assertThat(code).as("some files are no domains").isEqualTo(Exit.FAILURE);
        List<String> lines = command.out().lines().toList();
        assertThat(lines).hasSameSizeAs(files);
        Map<Path, Path> defined = new HashMap<>();
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            JsonNode line = JSON.readTree(lines.get(i));
            assertThat(line.path("file").textValue()).isEqualTo(file.toString());
            if (!domains.containsKey(file)) {
                assertThat(line.size()).as("%s", line).isEqualTo(2);
                assertThat(line.path("error").textValue()).isNotBlank().doesNotContain("\n");
                continue;
            }
            PlanLine.check(line, domains.get(file));
            if (line.path("definition").isTextual()) {
                defined.put(definition(line, file, defined.size()), file);
            }
        }
        assertThat(defined).hasSizeGreaterThanOrEqualTo(definitions);
        Set<Path> valid = DomainSchema.valid(new ArrayList<>(defined.keySet()));
        defined.forEach((out, file) -> {
            if (validInputs.contains(file)) {
                assertThat(valid).as("%s was valid before", file).contains(out);
            }
        });
    }

    /** The definition as a file for xmllint, after a look at what it changes. */
    private static Path definition(JsonNode line, Path file, int number) throws Exception {
        String text = line.path("definition").textValue();
        assertThat(XmlMeaning.sameElsewhere(text, Files.readString(file)))
                .as("%s: only what is ours differs", file)
                .isTrue();
        assertThat(line.path("outcome").textValue()).as("%s", file).isIn("bound", "deferred", "misaligned");
        Path directory = Files.createDirectories(scratch.resolve("defined"));
        return Files.writeString(directory.resolve(number + ".xml"), text);
    }
}
