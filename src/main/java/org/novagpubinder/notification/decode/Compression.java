package org.novagpubinder.notification.decode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.novagpubinder.notification.decode.DecodeException.Kind;

/**
 * Undoes what {@code [oslo_messaging_rabbit] kombu_compression} does to a body. Its first bytes tell it, for JSON begins with
 * none of these; kombu's gzip is zlib's format (kombu/compression.py).
 */
public final class Compression {
    private Compression() {}

    /** The body as Nova made it, itself if it is not compressed; at most a byte more than may be decoded. */
    static byte[] undone(byte[] body) throws DecodeException {
        if (begins(body, 0xfd, '7', 'z', 'X', 'Z')) {
            throw unknown("lzma");
        }
        if (begins(body, 0x28, 0xb5, 0x2f, 0xfd)) {
            throw unknown("zstd");
        }
        if (begins(body, 'B', 'Z', 'h')) {
            return plain(body, Bzip2::of);
        }
        if (begins(body, 0x1f, 0x8b)) {
            return plain(body, GZIPInputStream::new);
        }
        return zlib(body) ? plain(body, InflaterInputStream::new) : body;
    }

    /** Whether bytes that begin so are a compressed body: then a line end in them is none. */
    public static boolean recognizes(byte[] start) {
        return begins(start, 0xfd, '7', 'z', 'X', 'Z')
                || begins(start, 0x28, 0xb5, 0x2f, 0xfd)
                || begins(start, 'B', 'Z', 'h')
                || begins(start, 0x1f, 0x8b)
                || zlib(start);
    }

    private static boolean zlib(byte[] body) {
        return body.length > 1 && (body[0] & 0xf) == 8 && ((body[0] & 0xff) << 8 | (body[1] & 0xff)) % 31 == 0;
    }

    private static byte[] plain(byte[] body, Format format) throws DecodeException {
        try (InputStream plain = format.of(new ByteArrayInputStream(body))) {
            return plain.readNBytes(NotificationDecoder.MAX_BODY_BYTES + 1);
        } catch (IOException e) {
            throw new DecodeException(Kind.COMPRESSED, "the body is compressed, but broken or cut off");
        }
    }

    private static DecodeException unknown(String name) {
        return new DecodeException(
                Kind.COMPRESSED,
                "the body is compressed by " + name
                        + ", which is not understood: set kombu_compression = gzip, or take it" + " out, in nova.conf");
    }

    private static boolean begins(byte[] body, int... start) {
        for (int i = 0; i < start.length; i++) {
            if (i >= body.length || (body[i] & 0xff) != start[i]) {
                return false;
            }
        }
        return true;
    }

    private interface Format {
        InputStream of(InputStream compressed) throws IOException;
    }

    /** A class of its own, so that the library is loaded with the first such body only. */
    private static final class Bzip2 {
        static InputStream of(InputStream compressed) throws IOException {
            return new BZip2CompressorInputStream(compressed);
        }
    }
}
