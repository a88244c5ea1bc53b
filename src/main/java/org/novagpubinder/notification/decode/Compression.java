package org.novagpubinder.notification.decode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.notification.decode.DecodeException.Kind;

/**
 * Undoes what {@code [oslo_messaging_rabbit] kombu_compression} does to a body. Its first bytes tell it, for JSON begins with
 * none of these; kombu's gzip is zlib's format (kombu/compression.py).
 */
public final class Compression {
    private Compression() {}

    /** The body as Nova made it, itself if it is not compressed; at most a byte more than may be decoded. */
    static byte[] undone(byte[] body) throws DecodeException {
        Format format = of(body);
        if (format == null) {
            return body;
        }
        return switch (format) {
            case LZMA, ZSTD -> throw unknown(format);
            case BZIP2 -> plain(body, Bzip2::of);
            case GZIP -> plain(body, GZIPInputStream::new);
            case ZLIB -> plain(body, InflaterInputStream::new);
        };
    }

    /** Whether bytes that begin so are a compressed body: then a line end in them is none. */
    public static boolean recognizes(byte[] start) {
        return of(start) != null;
    }

    private enum Format {
        LZMA,
        ZSTD,
        BZIP2,
        GZIP,
        ZLIB
    }

    private static @Nullable Format of(byte[] start) {
        if (begins(start, 0xfd, '7', 'z', 'X', 'Z')) {
            return Format.LZMA;
        }
        if (begins(start, 0x28, 0xb5, 0x2f, 0xfd)) {
            return Format.ZSTD;
        }
        if (begins(start, 'B', 'Z', 'h')) {
            return Format.BZIP2;
        }
        if (begins(start, 0x1f, 0x8b)) {
            return Format.GZIP;
        }
        boolean zlib =
                start.length > 1 && (start[0] & 0xf) == 8 && ((start[0] & 0xff) << 8 | (start[1] & 0xff)) % 31 == 0;
        return zlib ? Format.ZLIB : null;
    }

    private static byte[] plain(byte[] body, Unpacker unpacker) throws DecodeException {
        try (InputStream plain = unpacker.of(new ByteArrayInputStream(body))) {
            return plain.readNBytes(NotificationDecoder.MAX_BODY_BYTES + 1);
        } catch (IOException e) {
            throw new DecodeException(Kind.COMPRESSED, "the body is compressed, but broken or cut off");
        }
    }

    private static DecodeException unknown(Format format) {
        return new DecodeException(
                Kind.COMPRESSED,
                "the body is compressed by " + format.name().toLowerCase(Locale.ROOT)
                        + ", which is not understood: set kombu_compression = gzip, or take it out, in nova.conf");
    }

    private static boolean begins(byte[] body, int... start) {
        for (int i = 0; i < start.length; i++) {
            if (i >= body.length || (body[i] & 0xff) != start[i]) {
                return false;
            }
        }
        return true;
    }

    private interface Unpacker {
        InputStream of(InputStream compressed) throws IOException;
    }

    /** A class of its own, so that the library is loaded with the first such body only. */
    private static final class Bzip2 {
        static InputStream of(InputStream compressed) throws IOException {
            return new BZip2CompressorInputStream(compressed);
        }
    }
}
