package org.novagpubinder.domain.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlDocuments;
import org.novagpubinder.placement.model.Tuning;

class HostileXmlTest {
    private static final DomainEdit NOTHING = new DomainEdit(Tuning.NONE, DisplayChange.KEEP, null);
    private final DomainXml xml = new DomainXml();

    @Test
    void aHundredThousandNestedElementsAreOneClearError() {
        String deep = "<domain type='kvm'>" + "<a>".repeat(100_000) + "</a>".repeat(100_000) + "</domain>";
        assertThatThrownBy(() -> xml.read(deep))
                .isInstanceOf(InvalidDomainXml.class)
                .hasMessageMatching("line 1, column \\d+: elements are nested more than 256 deep");
        assertThatThrownBy(() -> xml.edit(deep, NOTHING)).isInstanceOf(InvalidDomainXml.class);
        assertThatThrownBy(() -> xml.read(deep.substring(0, 200_000))).isInstanceOf(InvalidDomainXml.class);
        assertThat(RecordXml.read(deep).trouble()).contains("256 deep");
    }

    @Test
    void aHugeTextIsOneClearError() {
        String huge = "<domain type='kvm'>" + " ".repeat(9 * 1024 * 1024) + "</domain>";
        assertThatThrownBy(() -> xml.read(huge)).hasMessage("larger than 8 MiB");
        assertThatThrownBy(() -> XmlDocuments.decode(huge.getBytes(StandardCharsets.UTF_8)))
                .hasMessage("larger than 8 MiB");
    }

    @Test
    void aDocumentTypeIsRefusedSoThatNoEntityIsEverFetched() {
        for (String doctype : List.of(
                "<!DOCTYPE domain [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
                "<!DOCTYPE domain SYSTEM 'http://127.0.0.1:1/x.dtd'>",
                "<!DOCTYPE domain [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>")) {
            assertThatThrownBy(() -> xml.read(doctype + "<domain type='kvm'><name>&x;</name></domain>"))
                    .isInstanceOf(InvalidDomainXml.class)
                    .hasMessageContaining("DOCTYPE")
                    .hasMessageStartingWith("line 1, column");
        }
    }

    /** A parser is used for more than one text: nothing of one shows in the next. */
    @Test
    void nothingOfOneTextShowsInTheNext() throws Exception {
        String whole = "<domain type='kvm'><name>a</name><memory>1024</memory></domain>";
        String spaced = "<x:domain xmlns:x='urn:x' xmlns='urn:y' type='kvm'/>";
        DomainDefinition first = xml.read(whole);
        for (String before : List.of(whole, spaced, "<domain type='kvm'><name>b", "<!DOCTYPE domain><domain/>", "")) {
            try {
                xml.read(before);
            } catch (InvalidDomainXml expected) {
                assertThat(before).isNotEqualTo(whole);
            }
            assertThat(xml.read(whole)).as(before).isEqualTo(first);
            assertThatThrownBy(() -> xml.read("<x:domain type='kvm'><name>a</name></x:domain>"))
                    .as(before)
                    .isInstanceOf(InvalidDomainXml.class)
                    .hasMessageContaining("line 1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{\"json\": true}",
                "<domain type='kvm'><name>a</name",
                "<domain type='kvm'><name>a</name><memory>1</memory>",
                "<network><name>a</name></network>",
                "<domain xmlns='urn:x' type='kvm'><name>a</name></domain>",
                "<domain type='kvm'></domain>",
                "<domain><name>a</name><memory>1</memory></domain>",
                "<domain type='kvm'><name>a\u0000</name><memory>1</memory></domain>",
                "<domain type='kvm'><name>a\uD83D</name><memory>1</memory></domain>",
                "<domain type='kvm'><x:name/></domain>",
                "<?xml version='1.0' encoding='ISO-8859-1'?><domain type='kvm'><name>a</name></domain>",
            })
    void whatIsNoDomainIsOneClearError(String text) {
        assertThatThrownBy(() -> xml.read(text))
                .isInstanceOfSatisfying(InvalidDomainXml.class, e -> assertThat(e.getMessage())
                        .isNotBlank()
                        .doesNotContain("\n")
                        .hasSizeLessThan(300));
    }

    @Test
    void bytesThatAreNoUtf8AreNamedByTheirPlace() throws Exception {
        byte[] latin1 = "<domain type='kvm'><name>größe</name></domain>".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> XmlDocuments.decode(latin1))
                .isInstanceOf(InvalidDomainXml.class)
                .hasMessage("not UTF-8 at byte 27");
        assertThatThrownBy(() -> XmlDocuments.decode("<domain/>".getBytes(StandardCharsets.UTF_16)))
                .hasMessageStartingWith("not UTF-8");
        byte[] cut = "<domain>ü".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> XmlDocuments.decode(java.util.Arrays.copyOf(cut, cut.length - 1)))
                .hasMessageStartingWith("not UTF-8");
    }

    @Test
    void aByteOrderMarkDoesNoHarm() throws Exception {
        String text = "\uFEFF" + Samples.read("render-node.xml");
        assertThat(XmlDocuments.decode(text.getBytes(StandardCharsets.UTF_8))).doesNotStartWith("\uFEFF");
        assertThat(xml.read(text).name()).isEqualTo("instance-0000002a");
        assertThat(xml.edit(text, NOTHING)).startsWith("<!--");
    }

    /** Whatever bytes come: a value or InvalidDomainXml, and an edited text is always well-formed again. */
    @Test
    void brokenTextsNeverDoMoreHarmThanAnError() throws Exception {
        Random random = new Random(20_261_123);
        List<String> originals =
                List.of(Samples.read("render-node.xml"), Samples.read("passthrough.xml"), Samples.read("compact.xml"));
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 4000; i++) {
            String text = broken(originals.get(random.nextInt(originals.size())), random);
            try {
                DomainDefinition d = xml.read(text);
                String edited = xml.edit(text, new DomainEdit(d.tuning(), DisplayChange.KEEP, null));
                assertThat(xml.read(edited).tuning()).isEqualTo(d.tuning());
                read++;
            } catch (InvalidDomainXml e) {
                assertThat(e.getMessage()).isNotBlank();
                refused++;
            }
        }
        assertThat(read).isGreaterThan(100);
        assertThat(refused).isGreaterThan(1000);
    }

    private static String broken(String text, Random random) {
        StringBuilder s = new StringBuilder(text);
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            int at = random.nextInt(s.length());
            int end = Math.min(s.length(), at + 1 + random.nextInt(60));
            switch (random.nextInt(5)) {
                case 0 -> s.setLength(Math.max(1, at));
                case 1 -> s.setCharAt(at, (char) random.nextInt(256));
                case 2 -> s.insert(at, s.substring(at, end));
                case 3 -> s.delete(at, Math.min(end, s.length() - 1));
                default -> s.setCharAt(at, "<>&'\"/= 0-9^,".charAt(random.nextInt(13)));
            }
        }
        return s.toString();
    }
}
