package org.novagpubinder.notification.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.novagpubinder.notification.Messages;
import org.novagpubinder.notification.decode.DecodeException.Kind;
import org.novagpubinder.testing.Captures;
import org.novagpubinder.testing.Captures.Recorded;

class NotificationDecoderFaultsTest {
    private final NotificationDecoder decoder = new NotificationDecoder();

    static Stream<Arguments> bodies() {
        return Stream.of(
                Arguments.of("", Kind.NOT_JSON, "the body is empty"),
                Arguments.of(" \n", Kind.NOT_JSON, "the body is empty"),
                Arguments.of("hello", Kind.NOT_JSON, "the body is not JSON, at character 0"),
                Arguments.of("{\"event_type\": secret}", Kind.NOT_JSON, "the body is not JSON"),
                Arguments.of("{\"event_type\": \"a\"", Kind.NOT_JSON, "the body is cut off"),
                Arguments.of("{} {}", Kind.NOT_JSON, "the body goes on after the end of its JSON object"),
                Arguments.of("[1, 2]", Kind.WRONG_TYPE, "the body is an array, not a JSON object"),
                Arguments.of("\"text\"", Kind.WRONG_TYPE, "the body is a string, not a JSON object"),
                Arguments.of("17", Kind.WRONG_TYPE, "the body is a number, not a JSON object"),
                Arguments.of("null", Kind.WRONG_TYPE, "the body is null, not a JSON object"),
                Arguments.of("{}", Kind.INCOMPLETE, "event_type is missing"),
                Arguments.of("{\"event_type\": null}", Kind.INCOMPLETE, "event_type is missing"),
                Arguments.of("{\"event_type\": [\"a\"]}", Kind.WRONG_TYPE, "event_type is an array, not a string"),
                Arguments.of("{\"event_type\": \"a b\"}", Kind.WRONG_TYPE, "event_type is not made of letters"),
                Arguments.of("{\"event_type\": \"a\"}", Kind.INCOMPLETE, "payload is missing"),
                Arguments.of(
                        "{\"event_type\": \"a\", \"payload\": \"b\"}",
                        Kind.WRONG_TYPE,
                        "payload is a string, not an object"),
                Arguments.of(
                        "{\"event_type\": \"a\", \"payload\": {}, \"publisher_id\": true}",
                        Kind.WRONG_TYPE,
                        "publisher_id is a boolean, not a string"),
                Arguments.of("{\"oslo.message\": null}", Kind.WRONG_TYPE, "oslo.message is null, not a string"),
                Arguments.of("{\"oslo.message\": {}}", Kind.WRONG_TYPE, "oslo.message is an object, not a string"),
                Arguments.of("{\"oslo.message\": \"\"}", Kind.NOT_JSON, "oslo.message is empty"),
                Arguments.of("{\"oslo.message\": \"{\"}", Kind.NOT_JSON, "oslo.message is cut off"),
                Arguments.of("{\"oslo.message\": \"secret\"}", Kind.NOT_JSON, "oslo.message is not JSON"),
                Arguments.of(
                        "{\"oslo.message\": \"{\\\"oslo.message\\\": \\\"{}\\\"}\"}",
                        Kind.INCOMPLETE,
                        "event_type is missing"));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void whatIsNoNotificationGivesOneClearError(String body, Kind kind, String message) {
        assertFault(body.getBytes(StandardCharsets.UTF_8), kind, message);
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                change("payload.host is a number, not a string", d -> d.put("host", 7)),
                change("payload.host has control characters", d -> d.put("host", "a\nb")),
                change("payload.host has 300 characters, more than 255", d -> d.put("host", "x".repeat(300))),
                change("payload.uuid is an object, not a string", d -> d.putObject("uuid")),
                change("payload.uuid is no UUID", d -> d.put("uuid", "1-1-1-1-1")),
                change("payload has no uuid of the instance", d -> d.remove("uuid")),
                change("payload.instance_name is a boolean, not a string", d -> d.put("instance_name", true)),
                change("payload.flavor is a string, not an object", d -> d.put("flavor", "big")),
                change("payload.flavor.nova_object.data is an array, not an object", d -> d.withObject("/flavor")
                        .putArray("nova_object.data")),
                change("payload.flavor.name is a number, not a string", d -> d.withObject("/flavor/nova_object.data")
                        .put("name", 1)),
                change(
                        "payload.flavor.extra_specs is a number, not an object",
                        d -> d.withObject("/flavor/nova_object.data").put("extra_specs", 1)),
                change("a value in payload.flavor.extra_specs is null, not a string", d -> d.withObject(
                                "/flavor/nova_object.data/extra_specs")
                        .putNull("secret")));
    }

    private static Arguments change(String message, Consumer<ObjectNode> change) {
        return Arguments.of(message, change);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aFieldOfAnotherTypeThanNovasIsNamed(String message, Consumer<ObjectNode> change) {
        byte[] body = Messages.changed("instance.create.end", m -> change.accept(Messages.data(m)));

        assertThatExceptionOfType(DecodeException.class)
                .isThrownBy(() -> decoder.decode(body))
                .withMessage(message);
    }

    @Test
    void anUnversionedEventNeedsItsInstanceToo() {
        byte[] body = Messages.changed(
                "compute.instance.create.end", m -> ((ObjectNode) m.get("payload")).remove("instance_id"));

        assertFault(body, Kind.INCOMPLETE, "payload has no instance_id of the instance");
    }

    @Test
    void aVersionedPayloadWithoutDataIsNone() {
        byte[] body = Messages.changed(
                "instance.create.end", m -> ((ObjectNode) m.get("payload")).put("nova_object.data", "x"));

        assertFault(body, Kind.WRONG_TYPE, "payload.nova_object.data is a string, not an object");
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        byte[] body = Messages.changed("instance.create.end", m -> {});
        body[body.length / 2] = (byte) 0xff;
        byte[] utf16 = "{\"event_type\": \"a\", \"payload\": {}}".getBytes(StandardCharsets.UTF_16);

        assertFault(body, Kind.NOT_UTF8, "the body is not UTF-8");
        assertFault(utf16, Kind.NOT_UTF8, "the body is not UTF-8");
    }

    @Test
    void aHundredThousandBracketsAreRefused() {
        String deep = "[".repeat(100_000);

        assertFault(deep.getBytes(StandardCharsets.UTF_8), Kind.TOO_DEEP, "the body is nested deeper than 100");
        assertFault(
                ("{\"event_type\": \"instance.create.end\", \"payload\": {\"x\": " + deep)
                        .getBytes(StandardCharsets.UTF_8),
                Kind.TOO_DEEP,
                "the body is nested deeper than 100");
        assertFault(
                Messages.enveloped("{\"a\":".repeat(100_000).getBytes(StandardCharsets.UTF_8)),
                Kind.TOO_DEEP,
                "oslo.message is nested deeper than 100");
    }

    @Test
    void tenMegabytesAreNotEvenLookedAt() {
        byte[] body = new byte[10_000_000];
        Arrays.fill(body, (byte) '[');

        assertFault(body, Kind.TOO_LARGE, "the body has 10000000 bytes, more than 2097152");
    }

    @Test
    void aLongStringBelowTheLimitIsPassedOver() throws DecodeException {
        byte[] body = Messages.changed("instance.create.end", m -> m.put("_context_x", "y".repeat(1_900_000)));

        assertThat(decoder.decode(body).uuid()).hasToString(Messages.UUID);
    }

    @Test
    void ofTwoEqualKeysTheLastCountsAsInPythonsJson() throws DecodeException {
        String twice = """
                {"event_type": "instance.delete.end", "event_type": "instance.create.end",
                 "publisher_id": "nova-compute:a",
                 "payload": {"nova_object.data": {"uuid": "x", "host": "b", "flavor": "z"}},
                 "payload": {"nova_object.data": {"uuid": "31576751-809a-4b50-a451-167291858826", "host": "a"}}}""";

        InstanceEvent event = decoder.decode(twice.getBytes(StandardCharsets.UTF_8));

        assertThat(event.event()).isEqualTo("instance.create.end");
        assertThat(event.host()).isEqualTo("a");
        assertThat(event.uuid()).hasToString(Messages.UUID);
    }

    @Test
    void messagesCutOffOrWithFlippedBytesGiveAnEventOrOneError() {
        Random random = new Random(20261123);
        List<Recorded> recorded = Captures.own();
        int faults = 0;
        for (int i = 0; i < 10_000; i++) {
            byte[] body = mutated(recorded.get(random.nextInt(recorded.size())), random);
            try {
                assertThat(decoder.decode(body)).isNotNull();
            } catch (DecodeException e) {
                faults++;
                assertThat(e.getMessage()).hasSizeLessThan(200).doesNotContain("\n");
            }
        }
        // anything else than a DecodeException ends the test above
        assertThat(faults).isBetween(2_500, 9_999);
    }

    private static byte[] mutated(Recorded recorded, Random random) {
        // without the envelope half of the time: most flips in it only change a string
        byte[] body = random.nextBoolean()
                ? recorded.bytes()
                : recorded.message().toString().getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(4) == 0) {
            return Arrays.copyOf(body, random.nextInt(body.length));
        }
        byte[] structure = "{}[]\",:\\0n ".getBytes(StandardCharsets.UTF_8);
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
            int at = random.nextInt(body.length);
            body[at] = random.nextBoolean()
                    ? structure[random.nextInt(structure.length)]
                    : (byte) (body[at] ^ (1 << random.nextInt(8)));
        }
        return body;
    }

    private void assertFault(byte[] body, Kind kind, String message) {
        assertThatExceptionOfType(DecodeException.class)
                .isThrownBy(() -> decoder.decode(body))
                .withMessageStartingWith(message)
                .satisfies(e -> assertThat(e.kind()).isEqualTo(kind))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret", "\n"));
    }
}
