package org.novagpubinder.notification.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.novagpubinder.notification.decode.DecodeException.Kind;

/** kombu_compression. */
class CompressionTest {
    private static final byte[] BODY = "{\"event_type\":\"x.y\",\"publisher_id\":\"nova-compute:h\",\"payload\":{}}"
            .getBytes(StandardCharsets.UTF_8);

    private enum Format {
        GZIP,
        ZLIB,
        BZIP2;

        OutputStream into(OutputStream bytes) throws IOException {
            return switch (this) {
                case GZIP -> new GZIPOutputStream(bytes);
                case ZLIB -> new DeflaterOutputStream(bytes);
                case BZIP2 -> new BZip2CompressorOutputStream(bytes);
            };
        }
    }

    private static byte[] compressed(byte[] body, Format format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = format.into(bytes)) {
            out.write(body);
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @EnumSource
    void aCompressedBodyIsReadLikeAnother(Format format) throws Exception {
        assertThat(Compression.undone(compressed(BODY, format))).isEqualTo(BODY);
        assertThat(new NotificationDecoder().decode(compressed(BODY, format)))
                .isEqualTo(new NotificationDecoder().decode(BODY));
    }

    @Test
    void whatPythonsBz2MakesIsRead() throws Exception {
        byte[] python = HexFormat.of()
                .parseHex(
                        "425a6839314159265359270f338000001e9b80100700100000be67df6a2000545000d00d034114f51a6f543d40f50f4d"
                                + "4fd50deb6aa7308a118de81624da4f30d401f4d8f9368e03e3269553576085cc0d7908fb082f8bb9229c2848138799c0"
                                + "00");
        assertThat(new NotificationDecoder().decode(python)).isEqualTo(new NotificationDecoder().decode(BODY));
    }

    /** The bytes of the body are not in a compressed one: nothing can be said of it before it is decoded. */
    @ParameterizedTest
    @EnumSource
    void aCompressedBodyIsNeverTakenForAnotherHostsByItsBytes(Format format) throws Exception {
        byte[] body = compressed(BODY, format);
        assertThat(new ForeignLook("other").foreign(BODY)).isTrue();
        assertThat(new ForeignLook("other").foreign(body)).isFalse();
        assertThat(new ForeignLook("h").foreign(body)).isFalse();
    }

    @Test
    void aBodyThatIsNotCompressedIsLeftAlone() throws Exception {
        assertThat(Compression.undone(BODY)).isSameAs(BODY);
        assertThat(Compression.undone(new byte[0])).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatGrowsBeyondMeasureIsTooLarge(Format format) throws Exception {
        byte[] bomb = compressed(new byte[NotificationDecoder.MAX_BODY_BYTES * 2], format);
        assertKind(bomb, Kind.TOO_LARGE, "more than " + NotificationDecoder.MAX_BODY_BYTES + " bytes unpacked");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsBrokenOrCutOffAnywhereIsSaid(Format format) throws Exception {
        byte[] whole = compressed(BODY, format);
        for (int length = 4; length < whole.length; length++) {
            assertKind(Arrays.copyOf(whole, length), Kind.COMPRESSED, "broken or cut off");
        }
        byte[] turned = whole.clone();
        turned[whole.length / 2] ^= 0x10;
        assertKind(turned, Kind.COMPRESSED, "broken or cut off");
    }

    @Test
    void whatCannotBeUndoneIsSaid() {
        assertKind(new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0}, Kind.COMPRESSED, "lzma");
        assertKind(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd}, Kind.COMPRESSED, "zstd");
    }

    /** As on all hosts but those few whose Nova is told to use bzip2. */
    @Test
    void nothingOfTheLibraryIsLoadedBeforeTheFirstBodyThatNeedsIt() throws Exception {
        Method undone = new Sparse().loadClass(Compression.class.getName()).getDeclaredMethod("undone", byte[].class);
        undone.setAccessible(true);
        assertThat(undone.invoke(null, compressed(BODY, Format.GZIP))).isEqualTo(BODY);
        assertThat(undone.invoke(null, BODY)).isEqualTo(BODY);
        assertThatThrownBy(() -> undone.invoke(null, compressed(BODY, Format.BZIP2)))
                .hasRootCauseInstanceOf(ClassNotFoundException.class);
    }

    /** Has this package's classes, and those of the library not. */
    private static final class Sparse extends ClassLoader {
        Sparse() {
            super(Compression.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("org.apache.commons.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith(Compression.class.getName())) {
                return super.loadClass(name, resolve);
            }
            try (InputStream in =
                    Compression.class.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private static void assertKind(byte[] body, Kind kind, String words) {
        assertThatThrownBy(() -> new NotificationDecoder().decode(body))
                .isInstanceOfSatisfying(
                        DecodeException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(words);
    }
}
