package org.novagpubinder.cli.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Takes the body out of a line of a recording: an object with the body as a string in {@code "body"}, or as Base64 in
 * {@code "body_b64"} where the body is not UTF-8. Anything else is a body itself.
 */
public final class RecordedBody {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(100)
                    .maxStringLength(MessageReader.MAX_BYTES)
                    .build())
            .build();

    private RecordedBody() {}

    /** The body in a text; what is wrong with a broken text is for the decoder to say. */
    public static byte[] in(byte[] text) {
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return text;
            }
            byte[] body = text;
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                if (name.equals("event_type") || name.equals("oslo.message")) {
                    return text;
                }
                if (name.equals("body") && value == JsonToken.VALUE_STRING) {
                    body = json.getText().getBytes(StandardCharsets.UTF_8);
                } else if (name.equals("body_b64") && value == JsonToken.VALUE_STRING) {
                    body = Base64.getDecoder().decode(json.getText());
                }
                json.skipChildren();
            }
            return body;
        } catch (IOException | IllegalArgumentException e) {
            return text;
        }
    }
}
