package org.novagpubinder.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.novagpubinder.config.ConfigFuzz;
import org.novagpubinder.config.TransportUrlFuzz;
import org.novagpubinder.domain.definition.DomainFuzz;
import org.novagpubinder.domain.record.RecordFuzz;
import org.novagpubinder.host.sysfs.SysfsFuzz;
import org.novagpubinder.notification.decode.DecoderFuzz;
import org.novagpubinder.observability.http.HttpFuzz;
import org.novagpubinder.testing.Quiet;

/**
 * The fuzz targets on their corpora, where each finding of a long run (src/dev/fuzz) has its file, and on the same few
 * mutations of them each time.
 */
class FuzzTargetsTest {
    private static final Path CORPORA = Path.of("src/test/resources/fuzz");
    private static final Path DOMAINS = Path.of("src/test/resources/domains");

    private static final String SPECIAL = "<>&'\"/= \n\r0-9^,{}[]:%@$\\";

    private interface One {
        void take(byte[] input) throws Exception;
    }

    /** A target, and how many mutations of its corpus it takes in a second. */
    private record Target(String name, One one, int mutations) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Target> targets() {
        return List.of(
                new Target("config", ConfigFuzz::fuzzerTestOneInput, 500),
                new Target("decoder", DecoderFuzz::fuzzerTestOneInput, 2000),
                new Target("domain", DomainFuzz::fuzzerTestOneInput, 300),
                new Target("http", HttpFuzz::fuzzerTestOneInput, 100),
                new Target("names", NamesFuzz::fuzzerTestOneInput, 500),
                new Target("record", RecordFuzz::fuzzerTestOneInput, 1000),
                new Target("sysfs", SysfsFuzz::fuzzerTestOneInput, 60),
                new Target("transport-url", TransportUrlFuzz::fuzzerTestOneInput, 2000));
    }

    @Test
    void everyCorpusHasItsTarget() throws IOException {
        try (Stream<Path> corpora = Files.list(CORPORA)) {
            assertThat(corpora.map(c -> c.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            targets().stream().map(Target::name).toList());
        }
    }

    private final Quiet quiet = new Quiet();

    @AfterEach
    void loud() {
        quiet.close();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void holdsOnItsCorpusAndNearIt(Target target) throws IOException {
        List<byte[]> corpus = new ArrayList<>();
        for (Path directory : corpora(target)) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.sorted().toList()) {
                    corpus.add(Files.readAllBytes(file));
                }
            }
        }
        assertThat(corpus).isNotEmpty();
        corpus.forEach(input -> take(target, input));
        Random random = new Random(target.mutations);
        for (int i = 0; i < target.mutations; i++) {
            take(target, mutated(corpus, random));
        }
    }

    private static List<Path> corpora(Target target) {
        Path own = CORPORA.resolve(target.name);
        return target.name.equals("domain") ? List.of(own, DOMAINS) : List.of(own);
    }

    private static void take(Target target, byte[] input) {
        try {
            target.one.take(input);
        } catch (Exception | AssertionError | StackOverflowError e) {
            fail(target + " on " + HexFormat.of().formatHex(input), e);
        }
    }

    /** A few bytes turned, taken out, doubled, or put in from another file of the corpus. */
    private static byte[] mutated(List<byte[]> corpus, Random random) {
        StringBuilder s = new StringBuilder(latin1(corpus.get(random.nextInt(corpus.size()))));
        for (int n = 1 + random.nextInt(4); n > 0 && s.length() > 0; n--) {
            int at = random.nextInt(s.length());
            int end = Math.min(s.length(), at + 1 + random.nextInt(30));
            String other = latin1(corpus.get(random.nextInt(corpus.size())));
            int from = random.nextInt(other.length() + 1);
            switch (random.nextInt(5)) {
                case 0 -> s.setCharAt(at, (char) random.nextInt(256));
                case 1 -> s.delete(at, end);
                case 2 -> s.insert(at, s.substring(at, end));
                case 3 -> s.insert(at, other, from, Math.min(other.length(), from + 30));
                default -> s.setCharAt(at, SPECIAL.charAt(random.nextInt(SPECIAL.length())));
            }
        }
        return s.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
