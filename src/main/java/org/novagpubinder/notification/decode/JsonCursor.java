package org.novagpubinder.notification.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.notification.decode.DecodeException.Kind;

/** Walks one JSON text once, from front to back, keeping nothing that is not asked for. Of two equal keys the last counts. */
record JsonCursor(JsonParser parser) {
    /** The deepest that Nova writes is about 12 (the scheduler's request_spec). */
    static final int MAX_DEPTH = 100;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(NotificationDecoder.MAX_BODY_BYTES)
                    .build())
            // Python's json, which oslo.messaging uses, writes NaN and Infinity
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            // a table of all names ever seen is of no use for names that come from outside
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /** What is done with a field: the cursor stands on its value, and every value must be taken once. */
    interface Fields {
        void field(String name, JsonCursor value) throws IOException, DecodeException;
    }

    /**
     * A value that was met.
     *
     * @param type in words, for errors
     * @param text what it says if it is a string, else null
     */
    record Value(String type, @Nullable String text) {
        boolean isNull() {
            return type.equals("null");
        }
    }

    /** Reads a text that must be one JSON object. {@code what} names it in errors. */
    static void read(String text, String what, Fields fields) throws DecodeException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonCursor cursor = new JsonCursor(parser);
            if (parser.nextToken() == null) {
                throw new DecodeException(Kind.NOT_JSON, what + " is empty");
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                String type = cursor.type();
                parser.skipChildren();
                throw new DecodeException(Kind.WRONG_TYPE, what + " is " + type + ", not a JSON object");
            }
            cursor.object(fields);
            if (parser.nextToken() != null) {
                throw new DecodeException(
                        Kind.NOT_JSON,
                        what + " goes on after the end of its JSON object, at character "
                                + parser.currentTokenLocation().getCharOffset());
            }
        } catch (StreamConstraintsException e) {
            throw new DecodeException(
                    Kind.TOO_DEEP,
                    what + " is nested deeper than " + MAX_DEPTH + ", or has a name or number of absurd length"
                            + at(e));
        } catch (JsonEOFException e) {
            throw new DecodeException(Kind.NOT_JSON, what + " is cut off: it ends inside its JSON" + at(e));
        } catch (IOException e) {
            throw new DecodeException(Kind.NOT_JSON, what + " is not JSON" + at(e));
        }
    }

    /** Hands on the fields of the object that the cursor stands on; anything else is left and false is returned. */
    boolean object(Fields fields) throws IOException, DecodeException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            return false;
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            fields.field(name, this);
        }
        return true;
    }

    /** Takes the value; an object or array is passed over. */
    Value value() throws IOException {
        String type = type();
        String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
        parser.skipChildren();
        return new Value(type, text);
    }

    void skip() throws IOException {
        parser.skipChildren();
    }

    private String type() {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            default -> "null";
        };
    }

    private static String at(IOException e) {
        // Jackson's own message would quote the body
        return e instanceof JsonProcessingException j && j.getLocation() != null
                ? ", at character " + j.getLocation().getCharOffset()
                : "";
    }
}
