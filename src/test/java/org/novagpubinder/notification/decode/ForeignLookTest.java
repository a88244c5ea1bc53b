package org.novagpubinder.notification.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.novagpubinder.notification.Messages;
import org.novagpubinder.testing.Captures;
import org.novagpubinder.testing.Captures.Recorded;

class ForeignLookTest {
    private static final Path CORPUS = Path.of("src/test/resources/fuzz/decoder");

    private final NotificationDecoder decoder = new NotificationDecoder();

    private static List<byte[]> kept() {
        return Stream.of("nova-zed", "nova-2026.1", "nova-share")
                .flatMap(name -> Captures.kept(name).stream())
                .map(Recorded::bytes)
                .toList();
    }

    /** The host that the full look finds; null if none. */
    private @Nullable String host(byte[] body) {
        try {
            return decoder.decode(body).host();
        } catch (DecodeException e) {
            return null;
        }
    }

    private void neverLosesOne(byte[] body) {
        String host = host(body);
        if (host != null && !host.isEmpty()) {
            assertThat(new ForeignLook(host).foreign(body))
                    .as(() -> host + " in " + new String(body, UTF_8))
                    .isFalse();
        }
    }

    /** Each character is escaped or not, with digits of either case, as any writer of JSON may. */
    private static byte[] escapedAnew(String json, Random random) {
        StringBuilder s = new StringBuilder();
        boolean string = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == '"') {
                string = !string;
                s.append(c);
            } else if (c == '\\') {
                s.append(c).append(json.charAt(++i));
            } else if (string && random.nextInt(20) == 0) {
                String form = random.nextBoolean() ? "\\u%04x" : "\\u%04X";
                s.append(String.format(form, (int) c));
            } else {
                s.append(c);
            }
        }
        return s.toString().getBytes(UTF_8);
    }

    @Test
    void everyRecordedMessageOfOthersIsForeignAndNoneOfOurs() {
        ForeignLook elsewhere = new ForeignLook("another-host");
        for (byte[] body : kept()) {
            assertThat(elsewhere.foreign(body)).isTrue();
            assertThat(new ForeignLook("cmp-").foreign(body))
                    .as("a name that begins as ours")
                    .isTrue();
            neverLosesOne(body);
        }
    }

    @Test
    void noneOfAllThatWasEverRecordedIsLost() {
        for (Recorded r : Captures.shared()) {
            neverLosesOne(r.bytes());
        }
    }

    @Test
    void oursIsFoundHoweverItIsEscapedAndWithAndWithoutTheEnvelope() {
        Random random = new Random(14);
        int sure = 0;
        for (int round = 0; round < 20; round++) {
            for (Recorded r : Captures.kept("nova-zed")) {
                String inner = new String(escapedAnew(r.message().toString(), random), UTF_8);
                byte[] enveloped = Messages.enveloped(inner.getBytes(UTF_8));
                for (byte[] body :
                        List.of(inner.getBytes(UTF_8), enveloped, escapedAnew(new String(enveloped, UTF_8), random))) {
                    neverLosesOne(body);
                    sure += new ForeignLook("another-host").foreign(body) ? 1 : 0;
                }
            }
        }
        assertThat(sure).as("what is written so is looked at in full").isZero();
    }

    @Test
    void ofTwoEqualKeysTheOneThatNamesUsIsSeenWhereverItStands() {
        for (String hosts :
                List.of("\"host\":\"us\",\"host\":\"them\"", "\"host\":\"them\",\"host\":\"us\"", "\"host\":null")) {
            String message =
                    "{\"event_type\":\"compute.instance.create.end\",\"publisher_id\":\"compute.us\",\"payload\":{"
                            + "\"instance_id\":\"" + Messages.UUID + "\"," + hosts + "}}";
            for (byte[] body : List.of(message.getBytes(UTF_8), Messages.enveloped(message.getBytes(UTF_8)))) {
                neverLosesOne(body);
                assertThat(new ForeignLook("us").foreign(body)).isFalse();
            }
        }
    }

    @Test
    void oursIsFoundByEachCharacterThatANameCanHaveAndThatIsEscaped() {
        for (char c : "-.09AZ_az".toCharArray()) {
            String host = "h" + c + "h";
            String message = new String(Messages.versioned("instance.create.end", host, host), UTF_8)
                    .replace(host, "h" + String.format("\\u%04x", (int) c) + "h");
            assertThat(host(message.getBytes(UTF_8))).isEqualTo(host);
            neverLosesOne(message.getBytes(UTF_8));
        }
    }

    @Test
    void mutationsOfRecordedMessagesAndOfTheFuzzedOnesAreNotLost() throws IOException {
        List<byte[]> corpus = new ArrayList<>(kept());
        try (Stream<Path> files = Files.list(CORPUS)) {
            for (Path file : files.sorted().toList()) {
                corpus.add(Files.readAllBytes(file));
            }
        }
        corpus.forEach(this::neverLosesOne);
        Random random = new Random(20_261_127);
        TreeSet<String> hosts = new TreeSet<>();
        for (int i = 0; i < 5_000; i++) {
            byte[] body = corpus.get(random.nextInt(corpus.size())).clone();
            for (int n = random.nextInt(6); n > 0 && body.length > 0; n--) {
                body[random.nextInt(body.length)] = (byte) "\\u0063\"x{}:,mp-a".charAt(random.nextInt(16));
            }
            neverLosesOne(body);
            String host = host(body);
            if (host != null) {
                hosts.add(host);
            }
        }
        assertThat(hosts).as("mutations reach the host").hasSizeGreaterThan(3);
    }

    @Test
    void whatNobodyCanBeSureOfIsLookedAtInFull() {
        String body = new String(Messages.versioned("instance.create.end", "them", "them"), UTF_8);
        assertThat(new ForeignLook("rechner-1").foreign(body.getBytes(UTF_8))).isTrue();
        assertThat(new ForeignLook("rechner-ü").foreign(body.getBytes(UTF_8)))
                .as("a name that JSON writes in more than one way")
                .isFalse();
        assertThat(new ForeignLook("rechner-1")
                        .foreign(body.replace("event_type", "event").getBytes(UTF_8)))
                .as("no notification")
                .isFalse();
        assertThat(new ForeignLook("rechner-1")
                        .foreign(body.replace("publisher_id", "from").getBytes(UTF_8)))
                .as("nobody's notification")
                .isFalse();
        assertThat(new ForeignLook("rechner-1")
                        .foreign(body.substring(0, body.length() - 1).getBytes(UTF_8)))
                .as("cut off")
                .isFalse();
        assertThat(new ForeignLook("rechner-1").foreign(new byte[0])).isFalse();
        assertThat(new ForeignLook("rechner-1")
                        .foreign(body.replace("\"them\"", "\"\\u00fcber\"").getBytes(UTF_8)))
                .as("other than ASCII, as Python writes it")
                .isTrue();
    }
}
