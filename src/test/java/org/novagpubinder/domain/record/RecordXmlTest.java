package org.novagpubinder.domain.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;

class RecordXmlTest {
    private static final BindingRecord FULL = new BindingRecord(
            "0.1.0",
            "compute-größe & <1> \"🚀\"",
            Instant.parse("2026-11-23T12:34:56.789012345Z"),
            State.RESTARTING,
            Outcome.DEFERRED,
            List.of("chosen", "needs-start"),
            IdSet.of(0, 1),
            new Tuning(
                    Map.of(0, IdSet.range(16, 31), 1, IdSet.range(16, 31), 5, IdSet.of(3)),
                    IdSet.range(16, 31),
                    Map.of(1, IdSet.of(17), 4, IdSet.of(17)),
                    new MemoryPlacement(MemoryMode.RESTRICTIVE, IdSet.of(1)),
                    Map.of(0, new MemoryPlacement(MemoryMode.PREFERRED, IdSet.of(1))),
                    "/dev/dri/renderD129"),
            new Tuning(Map.of(), null, Map.of(), new MemoryPlacement(MemoryMode.STRICT, IdSet.empty()), Map.of(), null),
            true,
            new VideoState("no", "virtio-vga"),
            Map.of("gpu_binder:policy", "required", "gpu_binder:render_node", "auto"),
            123_456_789_012L,
            "5e1c4c5e-58a5-4c3a-9d0e-2b3f0a1c7d21",
            Instant.parse("2026-11-23T12:35:06.500Z"),
            123_456_789_100L,
            null);

    @Test
    void everythingComesBack() {
        assertThat(RecordXml.read(RecordXml.write(FULL)).found()).contains(FULL);
        BindingRecord bare = new BindingRecord(
                "0.1.0",
                "h",
                Instant.EPOCH,
                State.SET,
                Outcome.BOUND,
                List.of(),
                IdSet.empty(),
                Tuning.NONE,
                Tuning.NONE,
                false,
                null,
                Map.of(),
                0,
                null,
                null,
                0,
                null);
        assertThat(RecordXml.read(RecordXml.write(bare)).found()).contains(bare);
    }

    @Test
    void itLooksLikeThis() {
        assertThat(RecordXml.write(FULL))
                .isEqualTo("<binding xmlns=\"urn:nova-gpu-binder:binding:1\" version=\"0.1.0\" "
                        + "host=\"compute-größe &amp; &lt;1&gt; &quot;🚀&quot;\" time=\"2026-11-23T12:34:56.789012345Z\" "
                        + "state=\"restarting\" outcome=\"deferred\" nodes=\"0-1\" display=\"added\" accel3dBefore=\"no\" videoDeviceBefore=\"virtio-vga\" start=\"123456789012\" "
                        + "boot=\"5e1c4c5e-58a5-4c3a-9d0e-2b3f0a1c7d21\" tried=\"2026-11-23T12:35:06.500Z\" marked=\"123456789100\">"
                        + "<reason code=\"chosen\"/><reason code=\"needs-start\"/>"
                        + "<extraSpec key=\"gpu_binder:policy\" value=\"required\"/>"
                        + "<extraSpec key=\"gpu_binder:render_node\" value=\"auto\"/>"
                        + "<set renderNode=\"/dev/dri/renderD129\"><vcpupin vcpus=\"5\" cpuset=\"3\"/>"
                        + "<vcpupin vcpus=\"0-1\" cpuset=\"16-31\"/><emulatorpin cpuset=\"16-31\"/>"
                        + "<iothreadpin iothreads=\"1,4\" cpuset=\"17\"/><memory mode=\"restrictive\" nodeset=\"1\"/>"
                        + "<memnode cellid=\"0\" mode=\"preferred\" nodeset=\"1\"/></set>"
                        + "<before><memory mode=\"strict\" nodeset=\"\"/></before></binding>");
    }

    @Test
    void aBigGuestsRecordStaysSmall() {
        Map<Integer, IdSet> pins = new HashMap<>();
        for (int i = 0; i < 512; i++) {
            pins.put(i, IdSet.range(64, 127));
        }
        Tuning big = new Tuning(pins, null, Map.of(), null, Map.of(), null);
        BindingRecord record = new BindingRecord(
                "1",
                "h",
                Instant.EPOCH,
                State.SET,
                Outcome.BOUND,
                List.of(),
                IdSet.of(1),
                big,
                Tuning.NONE,
                false,
                null,
                Map.of(),
                0,
                null,
                null,
                0,
                null);
        assertThat(RecordXml.write(record)).hasSizeLessThan(400);
        assertThat(RecordXml.read(RecordXml.write(record)).found()).contains(record);
    }

    @Test
    void prefixesAndIndentationAsLibvirtWritesThemDoNotMatter() {
        assertThat(RecordXml.read(asLibvirtWritesIt(RecordXml.write(FULL))).found())
                .contains(FULL);
    }

    private static String asLibvirtWritesIt(String record) {
        return record.replace(" xmlns=", " xmlns:gpubinder=")
                .replaceAll("<(/?)(\\w)", "\n <$1gpubinder:$2")
                .strip();
    }

    @Test
    void whatANewerVersionAddsIsNamedAndTheRestIsRead() {
        String newer = asLibvirtWritesIt(RecordXml.write(FULL)
                .replace(" state=", " colour=\"blue\" state=")
                .replace("<set ", "<shape round=\"yes\"><set/></shape><set weight=\"3\" ")
                .replace("<memnode", "<cache/><memnode"));
        BindingRecord record = RecordXml.read(newer).found().orElseThrow();
        assertThat(record).usingRecursiveComparison().ignoringFields("newer").isEqualTo(FULL);
        assertThat(RecordXml.read(newer).unknown())
                .containsExactly("colour='blue'", "<shape>", "weight='3'", "<cache>");
        String again = RecordXml.write(record);
        assertThat(again)
                .as("without the prefix: libvirt gives it one, and refuses what has one")
                .startsWith("<binding xmlns=")
                .contains(
                        " colour=\"blue\"",
                        "<shape round=\"yes\"><set></set></shape>",
                        " weight=\"3\"",
                        "<cache></cache>");
        assertThat(RecordXml.read(again).unknown())
                .isEqualTo(RecordXml.read(newer).unknown());
        assertThat(RecordXml.read(again).found().map(RecordXml::write)).contains(again);
        assertThat(RecordXml.read(RecordXml.write(FULL)).unknown()).isEmpty();
    }

    @Test
    void aReleasedRecordKeepsWhatTheFlavorSaysAndTheStartThatWasOurs() {
        BindingRecord released = FULL.released("2", "h", Instant.EPOCH, Tuning.NONE);

        assertThat(RecordXml.read(RecordXml.write(released)).found()).contains(released);
        assertThat(released.state()).isEqualTo(State.RELEASED);
        assertThat(released.extraSpecs()).isEqualTo(FULL.extraSpecs());
        assertThat(released.start()).isEqualTo(FULL.start());
        assertThat(released.isNote()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''| empty",
                "not xml| line 1",
                "<binding/>| namespace",
                "<binding xmlns='urn:nova-gpu-binder:binding:1'/>| lacks the attribute version",
                "<binding xmlns='urn:nova-gpu-binder:binding:1' version='9' host='h' time='now'/>| time",
                "<binding xmlns='urn:nova-gpu-binder:binding:1' version='9' host='h' time='2026-01-01T00:00:00Z' state='x'/>"
                        + "| state='x' is not known",
            })
    void garbageIsNoRecordAndSaysWhy(String text, String reason) {
        RecordXml.Reading reading = RecordXml.read(text);
        assertThat(reading.found()).isEmpty();
        assertThat(reading.trouble()).startsWith("no record of ours: ").contains(reason);
    }
}
