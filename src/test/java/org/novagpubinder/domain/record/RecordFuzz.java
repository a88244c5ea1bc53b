package org.novagpubinder.domain.record;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any text is a record or a reason why it is none; a record that was read is written so that it is read the same. */
public final class RecordFuzz {
    private RecordFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] text) {
        RecordXml.Reading reading = RecordXml.read(new String(text, StandardCharsets.UTF_8));
        if (reading.found().isEmpty()) {
            return;
        }
        BindingRecord record = reading.found().get();
        RecordXml.Reading again = RecordXml.read(RecordXml.write(record));
        if (!again.unknown().equals(List.of()) || !record.equals(again.binding())) {
            throw new AssertionError("read as " + record + ", written and read as " + again);
        }
    }
}
