package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.testing.Captures;
import picocli.CommandLine;

class DecodeCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aRecordingGivesOneObjectALineWithTheFieldsOfTheContract() throws Exception {
        Path recording = directory.resolve("create.jsonl");
        try (InputStream in = Captures.class.getResourceAsStream("/notifications/nova-zed.jsonl")) {
            Files.copy(in, recording);
        }

        int code = decode(recording.toString());

        assertThat(code).isZero();
        List<String> lines = lines();
        assertThat(lines).hasSameSizeAs(Captures.own());
        assertThat(lines)
                .contains(
                        "{\"event\":\"instance.create.end\",\"format\":\"versioned\",\"host\":\"cmp-a\","
                                + "\"publisher\":\"nova-compute:cmp-a\",\"uuid\":\"31576751-809a-4b50-a451-167291858826\","
                                + "\"domain\":\"instance-00000003\",\"extraSpecs\":{\"gpu_binder:policy\":\"required\","
                                + "\"hw:cpu_policy\":\"shared\",\"hw:numa_nodes\":\"1\"},\"relevant\":true,\"action\":\"bind\"}")
                .contains("{\"event\":\"scheduler.select_destinations.end\",\"format\":\"unversioned\",\"host\":null,"
                        + "\"publisher\":\"scheduler.ctl-a\",\"uuid\":null,\"domain\":null,\"extraSpecs\":{},"
                        + "\"relevant\":false,\"action\":\"ignore\"}");
    }

    @Test
    void aBodyIsReadWithAndWithoutEnvelopeOnOneLineAndPrettyPrinted() throws Exception {
        JsonNode message = Captures.own("instance.create.end").message();
        String pretty = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(message);
        Path file =
                file(Captures.own("instance.create.end").body() + "\n\n" + message + "\r\n" + pretty + "\n" + pretty);

        assertThat(decode("--json", file.toString())).isZero();
        assertThat(lines()).hasSize(4).allSatisfy(l -> assertThat(l).isEqualTo(lines().get(0)));
    }

    @Test
    void aByteOrderMarkBeforeTheFirstBodyIsNoPartOfIt() throws Exception {
        String body = Captures.own("instance.create.end").body();

        assertThat(decode(file("\ufeff" + body + "\n" + body + "\n").toString()))
                .isZero();
        assertThat(lines()).hasSize(2).allSatisfy(l -> assertThat(l).isEqualTo(lines().get(0)));
    }

    @Test
    void standardInputIsReadIfNoFileIsNamed() throws Exception {
        InputStream stdin = System.in;
        System.setIn(
                new ByteArrayInputStream(Captures.own("instance.delete.end").bytes()));
        try {
            assertThat(decode()).isZero();
        } finally {
            System.setIn(stdin);
        }

        assertThat(lines()).singleElement().satisfies(l -> assertThat(l).contains("\"action\":\"forget\""));
    }

    @Test
    void aReaderThatWantsNoMoreIsNoError() throws Exception {
        Path file = file(Captures.own("instance.create.end").body());
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(err));
        line.setOut(new PrintWriter(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                },
                true,
                StandardCharsets.UTF_8));

        assertThat(line.execute("decode", file.toString(), file.toString())).isZero();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aBodyThatIsNotTextComesAsBase64() throws Exception {
        byte[] bytes = Captures.own("instance.delete.end").bytes();
        Path file = file("{\"body_b64\": \"" + Base64.getEncoder().encodeToString(bytes) + "\"}");

        assertThat(decode(file.toString())).isZero();
        assertThat(lines()).singleElement().satisfies(l -> assertThat(l).contains("instance.delete.end"));
    }

    @Test
    void aBadLineIsReportedAndTheRestDecoded() throws Exception {
        String good = Captures.own("instance.create.end").message().toString();
        Path file = file(good + "\nnot JSON\n" + good.substring(0, good.length() / 2) + "\n{\"event_type\":\n" + good
                + "\n{\"body\": \"[]\"}\n");

        assertThat(decode(file.toString())).isEqualTo(2);
        List<String> lines = lines();
        assertThat(lines).hasSize(6);
        assertThat(lines.get(1)).isEqualTo("{\"error\":\"line 2: the body is not JSON, at character 0\"}");
        assertThat(lines.get(2)).contains("\"error\":\"line 3: the body is cut off");
        assertThat(lines.get(4)).isEqualTo(lines.get(0));
        assertThat(lines.get(5)).isEqualTo("{\"error\":\"line 6: the body is an array, not a JSON object\"}");
    }

    @Test
    void aTextCutOffBetweenFieldsDoesNotTakeTheNextLineWithIt() throws Exception {
        String good = Captures.own("instance.create.end").message().toString();
        Path file = file("{\"event_type\": \"a\"\n" + good);

        assertThat(decode(file.toString())).isEqualTo(2);
        assertThat(lines()).hasSize(2);
        assertThat(lines().get(0)).startsWith("{\"error\":\"line 1: the body is cut off");
        assertThat(lines().get(1)).startsWith("{\"event\":\"instance.create.end\"");
    }

    @Test
    void absurdInputGivesOneErrorEach() throws Exception {
        Path deep = file("[".repeat(100_000));
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 0, 1, 2});
        Path empty = Files.createFile(directory.resolve("empty"));

        assertThat(decode(deep.toString(), binary.toString(), empty.toString())).isEqualTo(2);
        assertThat(lines()).hasSize(3);
        assertThat(lines().get(0)).contains("nested deeper than 100");
        assertThat(lines().get(1)).contains("the body is not UTF-8");
        assertThat(lines().get(2)).isEqualTo("{\"error\":\"no notification: the input is empty\"}");
    }

    @Test
    void aTextBeyondTheLimitIsNotKeptInMemory() throws Exception {
        Path huge = directory.resolve("huge");
        byte[] chunk = "[".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
        try (var stream = Files.newOutputStream(huge)) {
            for (int i = 0; i < 40; i++) {
                stream.write(chunk);
            }
        }

        assertThat(decode(huge.toString())).isEqualTo(2);
        assertThat(lines()).containsExactly("{\"error\":\"line 1: more than 33554432 bytes in one JSON text\"}");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThat(decode("/no/such/file")).isEqualTo(2);
        assertThat(err.toString()).contains("cannot read /no/such/file");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void anUnknownOptionIsBadUsage() {
        assertThat(decode("--frobnicate")).isEqualTo(64);
    }

    /** As a broker's tools write it: its bytes hold any number of line ends. */
    @Test
    void aFileMayBeOneCompressedBody() throws Exception {
        byte[] body = Captures.own("instance.create.end").body().getBytes(StandardCharsets.UTF_8);
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        deflater.setInput(body);
        deflater.finish();
        byte[] compressed = new byte[body.length];
        compressed = Arrays.copyOf(compressed, deflater.deflate(compressed));
        assertThat(compressed).contains('\n');

        assertThat(decode(Files.write(directory.resolve("body"), compressed).toString()))
                .isZero();
        assertThat(lines()).singleElement().asString().startsWith("{\"event\":\"instance.create.end\"");
    }

    @Test
    void ofABodyThatUnpacksToTooMuchNoSizeIsMadeUp() throws Exception {
        Deflater deflater = new Deflater();
        deflater.setInput(new byte[4 << 20]);
        deflater.finish();
        byte[] compressed = new byte[1 << 16];
        compressed = Arrays.copyOf(compressed, deflater.deflate(compressed));

        decode(Files.write(directory.resolve("body"), compressed).toString());
        assertThat(lines()).containsExactly("{\"error\":\"line 1: the body has more than 2097152 bytes unpacked\"}");
    }

    private Path file(String text) throws Exception {
        return Files.writeString(directory.resolve("bodies"), text);
    }

    private List<String> lines() {
        return out.toString().lines().toList();
    }

    private int decode(String... args) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        String[] all = new String[args.length + 1];
        all[0] = "decode";
        System.arraycopy(args, 0, all, 1, args.length);
        return line.execute(all);
    }
}
