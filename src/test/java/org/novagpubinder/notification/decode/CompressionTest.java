package org.novagpubinder.notification.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.notification.decode.DecodeException.Kind;

/** kombu_compression. */
class CompressionTest {
    private static final byte[] BODY = "{\"event_type\":\"x.y\",\"publisher_id\":\"nova-compute:h\",\"payload\":{}}"
            .getBytes(StandardCharsets.UTF_8);

    private static byte[] compressed(byte[] body, boolean gzip) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = gzip ? new GZIPOutputStream(bytes) : new DeflaterOutputStream(bytes)) {
            out.write(body);
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCompressedBodyIsReadLikeAnother(boolean gzip) throws Exception {
        assertThat(Compression.undone(compressed(BODY, gzip))).isEqualTo(BODY);
        assertThat(new NotificationDecoder().decode(compressed(BODY, gzip)))
                .isEqualTo(new NotificationDecoder().decode(BODY));
    }

    @Test
    void aBodyThatIsNotCompressedIsLeftAlone() throws Exception {
        assertThat(Compression.undone(BODY)).isSameAs(BODY);
        assertThat(Compression.undone(new byte[0])).isEmpty();
    }

    @Test
    void whatGrowsBeyondMeasureIsTooLarge() throws Exception {
        byte[] bomb = compressed(new byte[NotificationDecoder.MAX_BODY_BYTES * 2], false);
        assertKind(bomb, Kind.TOO_LARGE, "more than");
    }

    @Test
    void whatCannotBeUndoneIsSaid() throws Exception {
        byte[] whole = compressed(BODY, false);
        assertKind(Arrays.copyOf(whole, whole.length / 2), Kind.COMPRESSED, "broken or cut off");
        assertKind("BZh91AY".getBytes(StandardCharsets.US_ASCII), Kind.COMPRESSED, "bz2");
        assertKind(new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0}, Kind.COMPRESSED, "lzma");
    }

    private static void assertKind(byte[] body, Kind kind, String words) {
        assertThatThrownBy(() -> new NotificationDecoder().decode(body))
                .isInstanceOfSatisfying(
                        DecodeException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(words);
    }
}
