package org.novagpubinder.domain.record;

import java.nio.charset.StandardCharsets;

/**
 * Any text is a record or a reason why it is none; a record that was read is written so that it is read the same, and so is
 * what this version does not know.
 */
public final class RecordFuzz {
    private RecordFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] text) {
        RecordXml.Reading reading = RecordXml.read(new String(text, StandardCharsets.UTF_8));
        if (reading.found().isEmpty()) {
            return;
        }
        BindingRecord record = reading.found().get();
        String written = RecordXml.write(record);
        RecordXml.Reading again = RecordXml.read(written);
        if (!again.unknown().equals(reading.unknown())
                || (record.newer() == null && !record.equals(again.binding()))
                || !RecordXml.write(again.found().orElseThrow()).equals(written)) {
            throw new AssertionError("read as " + record + ", written and read as " + again);
        }
    }
}
