package org.novagpubinder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.novagpubinder.cli.Main;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import picocli.CommandLine.Command;

/** The documentation against the program: what there is must be named, and what is named must be there. */
class DocumentationTest {
    private static final Path README = Path.of("README.md");
    private static final Path DOCS = Path.of("src/docs");
    private static final Path MAIN = Path.of("src/main/java/org/novagpubinder");
    private static final Path SAMPLE = Path.of("etc/nova-gpu-binder/nova-gpu-binder.conf");

    /** Two screens. */
    private static final int README_LINES = 130;

    private static final Pattern LINK = Pattern.compile("!?\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern OPTION = Pattern.compile("(?m)^#([a-z_]+) =");
    private static final Pattern FIRST_CELL = Pattern.compile("(?m)^\\| `([a-z_]+)` \\|");
    private static final Pattern DOCUMENT = Pattern.compile("(?<![\\w./-])[\\w/-]+\\.md\\b");

    /** With its package below ours, such as {@code binding.nova.NovaTasks}. */
    private static final Pattern CLASS = Pattern.compile("`((?:[a-z]+\\.)+[A-Z]\\w+)");

    static Stream<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.list(DOCS)) {
            return Stream.concat(
                    Stream.of(README), docs.filter(d -> d.toString().endsWith(".md")).sorted().toList().stream());
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyLinkLeadsToSomethingThatIsThere(Path document) throws Exception {
        List<String> dead = new ArrayList<>();
        for (String link : links(document)) {
            URI to = URI.create(link);
            if (to.getScheme() == null && !leadsSomewhere(document, to)) {
                dead.add(link);
            }
        }

        assertThat(dead).isEmpty();
    }

    @Test
    void everyDocumentIsReachedFromTheReadme() throws Exception {
        Set<Path> reached = new TreeSet<>(Set.of(README));
        List<Path> next = new ArrayList<>(reached);
        while (!next.isEmpty()) {
            Path from = next.remove(0);
            for (String link : links(from)) {
                Path to = target(from, URI.create(link));
                if (link.contains(".md") && reached.add(to)) {
                    next.add(to);
                }
            }
        }

        assertThat(reached).containsAll(documents().toList());
    }

    @Test
    void theReadmeIsOfTwoScreens() throws Exception {
        assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(README_LINES);
    }

    @Test
    void theConfigurationNamesEveryOptionAndNoOther() throws Exception {
        assertThat(matches(FIRST_CELL, section("configuration", "The options")))
                .containsExactlyInAnyOrderElementsOf(matches(OPTION, Files.readString(SAMPLE)));
    }

    @Test
    void theOperationNamesEveryCommand() throws Exception {
        String commands = section("operation", "The commands");

        assertThat(Arrays.stream(Main.class.getAnnotation(Command.class).subcommands())
                        .map(c -> c.getAnnotation(Command.class).name()))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(commands).containsPattern("(?m)^\\| `" + name + "[ `]"));
    }

    @Test
    void theOperationNamesEveryOutcomeAndReason() throws Exception {
        String outcomes = section("operation", "Outcomes");
        String reasons = section("operation", "Reasons");

        assertThat(Outcome.values()).allSatisfy(o -> assertThat(outcomes).contains("`" + o.word() + "`"));
        assertThat(Reason.Code.values()).allSatisfy(c -> assertThat(reasons).contains("`" + c.word() + "`"));
    }

    /** Who looks for a line of the log there has to find it; "…" stands for what differs. */
    @Test
    void whatTheLogSaysOfAGuestThatIsOffIsWhatTheManualSays() throws Exception {
        StringBuilder program = new StringBuilder();
        for (Path source : sources().stream().filter(s -> s.startsWith(MAIN)).toList()) {
            program.append(Files.readString(source).replaceAll("\"\\s*\\+\\s*\"", ""));
        }
        List<String> said =
                matches(Pattern.compile("(?m)^\\| ([^|]+) \\|"), section("restart", "If a guest is off")).stream()
                        .skip(2)
                        .flatMap(cell -> Stream.of(cell.split("…|; ", -1)))
                        .map(String::strip)
                        .toList();

        assertThat(said).hasSizeGreaterThan(10).allSatisfy(words -> assertThat(program.indexOf(words))
                .as(words)
                .isNotNegative());
    }

    @Test
    void theDesignNamesEveryPackage() throws Exception {
        String packages = section("design", "The packages");

        assertThat(packages())
                .hasSizeGreaterThan(40)
                .allSatisfy(p -> assertThat(packages).as(p.toString()).contains("`" + p.getFileName() + "`"));
    }

    @Test
    void whatAContributorIsSentToIsThere() throws Exception {
        assertThat(CLASS.matcher(document("contributing"))
                        .results()
                        .map(m -> MAIN.resolve(m.group(1).replace('.', '/') + ".java")))
                .hasSizeGreaterThan(10)
                .allSatisfy(file -> assertThat(file).exists());
    }

    /** A comment or a text that points to a document must not lead the reader astray. */
    @Test
    void noSourcePointsToADocumentThatIsNotThere() throws Exception {
        List<String> astray = new ArrayList<>();
        for (Path source : sources()) {
            for (String document : matches(DOCUMENT, Files.readString(source))) {
                if (!Files.exists(Path.of(document))) {
                    astray.add(source + ": " + document);
                }
            }
        }

        assertThat(astray).isEmpty();
    }

    private static List<Path> packages() throws IOException {
        try (Stream<Path> files = Files.walk(MAIN)) {
            return files.filter(f -> f.endsWith("package-info.java"))
                    .map(Path::getParent)
                    .toList();
        }
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String root : List.of("src/main", "src/test/java", "src/dev", "src/packaging", "systemd", "etc")) {
            try (Stream<Path> files = Files.walk(Path.of(root))) {
                files.filter(Files::isRegularFile)
                        .filter(f -> !f.startsWith("src/dev/captures"))
                        .forEach(sources::add);
            }
        }
        return sources;
    }

    private static List<String> links(Path document) throws IOException {
        String text = CODE.matcher(Files.readString(document)).replaceAll("");
        return matches(LINK, text);
    }

    private static boolean leadsSomewhere(Path from, URI link) throws IOException {
        Path to = target(from, link);
        if (!Files.exists(to)) {
            return false;
        }
        return link.getFragment() == null || anchors(to).contains(link.getFragment());
    }

    private static Path target(Path from, URI link) {
        return link.getPath() == null || link.getPath().isEmpty()
                ? from
                : from.resolveSibling(link.getPath()).normalize();
    }

    /** As GitHub and GitLab make them of headings. */
    private static List<String> anchors(Path document) throws IOException {
        return matches(HEADING, CODE.matcher(Files.readString(document)).replaceAll("")).stream()
                .map(h -> h.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    private static String document(String name) throws IOException {
        return Files.readString(DOCS.resolve(name + ".md"));
    }

    /** From that heading to the next of its rank. */
    private static String section(String document, String heading) throws IOException {
        String text = document(document);
        int begin = text.indexOf("\n## " + heading + "\n");
        assertThat(begin).as("%s has a section %s", document, heading).isNotNegative();
        int end = text.indexOf("\n## ", begin + 1);
        return end < 0 ? text.substring(begin) : text.substring(begin, end);
    }

    private static List<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(DocumentationTest::lastGroup).toList();
    }

    private static String lastGroup(MatchResult m) {
        return m.group(m.groupCount());
    }
}
