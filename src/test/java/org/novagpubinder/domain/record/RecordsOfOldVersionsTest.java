package org.novagpubinder.domain.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.testing.XmlMeaning;

/**
 * Records as each version has written them since there are records, numbered in that order and named by what came in with
 * them: an upgraded daemon reads them, goes on from them and takes off what they say.
 */
class RecordsOfOldVersionsTest {
    private static final Path RECORDS = Path.of("src/test/resources/records");
    private static final DomainXml XML = new DomainXml();

    /** What the guest of the records looked like before they were written. */
    private static final String FORMER = """
            <domain type='kvm'>
              <name>a</name>
              <uuid>5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11</uuid>
              <memory>2097152</memory>
              <vcpu>8</vcpu>
              <iothreads>4</iothreads>
              <numatune>
                <memory mode='strict' placement='auto'/>
              </numatune>
              <cpu><numa><cell id='0' cpus='0-7' memory='2097152'/></numa></cpu>
              <devices>
                <video>
                  <model type='virtio'><acceleration accel3d='no'/></model>
                </video>
              </devices>
            </domain>
            """;

    static List<Path> records() throws IOException {
        try (Stream<Path> files = Files.list(RECORDS)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("records")
    void isReadAndWrittenAgainWithNothingLost(Path file) throws Exception {
        RecordXml.Reading reading = RecordXml.read(Files.readString(file));

        assertThat(reading.unknown()).isEmpty();
        BindingRecord record = reading.found().orElseThrow();
        assertThat(record.state()).isEqualTo(State.RESTARTING);
        assertThat(record.set().pins().vcpus()).containsEntry(5, IdSet.of(3)).hasSize(3);
        assertThat(record.start()).isEqualTo(123_456_789_012L);
        assertThat(record.extraSpecs()).containsEntry("gpu_binder:policy", "required");
        assertThat(RecordXml.read(RecordXml.write(record)).found()).contains(record);
    }

    @ParameterizedTest
    @MethodSource("records")
    void whatItSaysWasSetIsTakenOffAndWhatStoodThereComesBack(Path file) throws Exception {
        String text = Files.readString(file).strip();
        BindingRecord record = RecordXml.read(text).found().orElseThrow();
        String device = record.videoBefore().device();
        String former = device == null ? FORMER : FORMER.replace("'virtio'", "'virtio' device='" + device + "'");
        String bound =
                XML.edit(former, new DomainEdit(XML.read(former).tuning().with(record.set()), DisplayChange.ADD, text));
        DomainDefinition there = XML.read(bound);
        assertThat(there.tuning().only(record.set())).isEqualTo(record.set());
        assertThat(there.record()).isNotNull();
        BindingRecord found = RecordXml.found(there.record()).orElseThrow();

        String released = XML.edit(bound, DomainEdit.undoing(found, there.tuning(), null));

        assertThat(XmlMeaning.sameMeaning(released, former)).as(released).isTrue();
    }
}
