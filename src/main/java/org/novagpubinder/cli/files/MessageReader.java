package org.novagpubinder.cli.files;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.novagpubinder.notification.decode.Compression;

/**
 * Reads JSON texts from a stream: one a line, or pretty-printed over many. Only one is in memory at a time, and never more
 * than {@link #MAX_BYTES} of it. A stream that begins as a compressed body is that one body. A byte order mark before all of
 * it is no part of it.
 */
public final class MessageReader {
    /** A recorded line holds the body as a string in a string: every quote in it takes up to four bytes. */
    public static final int MAX_BYTES = 32 << 20;

    /** UTF-8's byte order mark. */
    private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final InputStream in;
    private final JsonBoundary boundary = new JsonBoundary();
    private byte[] line = new byte[8192];
    private int length;
    private boolean tooLong;
    private boolean pending;
    private long number;
    private byte[] text = new byte[0];
    private long textLine;
    private boolean textTooLong;

    public MessageReader(InputStream in) {
        this.in = new BufferedInputStream(in, 1 << 16);
    }

    /** Goes to the next text; false at the end. Blank lines are passed over. */
    public boolean next() throws IOException {
        if (number == 0) {
            passOverMark();
        }
        if (number == 0 && compressed()) {
            text = in.readNBytes(MAX_BYTES);
            textTooLong = in.read() >= 0;
            number = 1;
            textLine = 1;
            return true;
        }
        if (!pending && !readNonBlank()) {
            return false;
        }
        pending = false;
        textLine = number;
        textTooLong = tooLong;
        text = tooLong || boundary.ends(line, length) ? Arrays.copyOf(line, length) : withFurtherLines();
        return true;
    }

    /** The text; cut after {@link #MAX_BYTES}. */
    public byte[] text() {
        return text;
    }

    /** The line that the text begins on, from 1. */
    public long line() {
        return textLine;
    }

    public boolean tooLong() {
        return textTooLong;
    }

    private void passOverMark() throws IOException {
        in.mark(MARK.length);
        if (!Arrays.equals(in.readNBytes(MARK.length), MARK)) {
            in.reset();
        }
    }

    private boolean compressed() throws IOException {
        in.mark(8);
        byte[] start = in.readNBytes(8);
        in.reset();
        return Compression.recognizes(start);
    }

    private byte[] withFurtherLines() throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream(length * 4);
        whole.write(line, 0, length);
        while (readNonBlank()) {
            if (length > 0 && line[0] == '{' && !boundary.takesBrace()) {
                pending = true;
                break;
            }
            textTooLong |= tooLong || whole.size() + length >= MAX_BYTES;
            if (!textTooLong) {
                whole.write('\n');
                whole.write(line, 0, length);
            }
            if (boundary.ends(line, length)) {
                break;
            }
        }
        boundary.reset();
        return whole.toByteArray();
    }

    private boolean readNonBlank() throws IOException {
        while (readLine()) {
            for (int i = 0; i < length; i++) {
                // up to the space: JSON's white space and what else a terminal does not show
                if (line[i] < 0 || line[i] > ' ') {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean readLine() throws IOException {
        length = 0;
        tooLong = false;
        int b = in.read();
        if (b < 0) {
            return false;
        }
        number++;
        for (; b >= 0 && b != '\n'; b = in.read()) {
            if (length == MAX_BYTES) {
                tooLong = true;
                continue;
            }
            if (length == line.length) {
                line = Arrays.copyOf(line, Math.min(MAX_BYTES, length * 2));
            }
            line[length++] = (byte) b;
        }
        return true;
    }
}
