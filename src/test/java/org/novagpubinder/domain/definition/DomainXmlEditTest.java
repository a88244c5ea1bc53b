package org.novagpubinder.domain.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.domain.definition.DomainDefinition.Display;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.XmlMeaning;

class DomainXmlEditTest {
    private static final String RECORD =
            "<binding xmlns=\"urn:nova-gpu-binder:binding:1\" host=\"h\"><set><memory mode=\"strict\"/></set></binding>";
    private static final Tuning TUNING = new Tuning(
            Map.of(0, IdSet.of(2, 3), 1, IdSet.of(2, 3)),
            IdSet.of(2, 3),
            Map.of(1, IdSet.of(3)),
            new MemoryPlacement(MemoryMode.PREFERRED, IdSet.of(1)),
            Map.of(),
            "/dev/dri/renderD129");

    private final DomainXml xml = new DomainXml();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "render-node.xml",
                "passthrough.xml",
                "compact.xml",
                "nova-plain-live.xml",
                "nova-numa-inactive.xml"
            })
    void theTuningThatIsThereAlreadyChangesNotOneByte(String file) throws Exception {
        String text = Samples.read(file);
        assertThat(xml.edit(text, keep(xml.read(text).tuning(), null))).isEqualTo(text);
    }

    @Test
    void aDeviceWithout3dIsNamedAgainOnceOurDisplayIsGone() throws Exception {
        String text = video("<model type='virtio' device='virtio-vga' heads='1'/>");
        String added = xml.edit(text, new DomainEdit(render("/dev/dri/renderD129"), DisplayChange.ADD, null));

        assertThat(added).contains("accel3d='yes'").doesNotContain("virtio-vga");
        assertThat(xml.edit(
                        added,
                        new DomainEdit(
                                Tuning.NONE,
                                DisplayChange.REMOVE,
                                null,
                                xml.read(text).video())))
                .satisfies(
                        back -> assertThat(XmlMeaning.sameMeaning(back, text)).isTrue());
    }

    @Test
    void whatANewerLibvirtHasWrittenDoesNotKeepABindingFromBeingTakenOff() throws Exception {
        String text = video("<model type='virtio' heads='1'/>");
        String added = xml.edit(text, new DomainEdit(render("/dev/dri/renderD129"), DisplayChange.ADD, null))
                .replace("type='virtio'", "type='virtio' device='virtio-vga-gl'");

        String back = xml.edit(
                added,
                new DomainEdit(
                        Tuning.NONE, DisplayChange.REMOVE, null, xml.read(text).video()));
        assertThat(XmlMeaning.sameMeaning(back, text)).as(back).isTrue();
    }

    private static String video(String model) {
        return "<domain type='kvm'><name>a</name><memory>1</memory><vcpu>1</vcpu><devices><video>" + model
                + "</video></devices></domain>";
    }

    private static Tuning render(String path) {
        return new Tuning(Map.of(), null, Map.of(), null, Map.of(), path);
    }

    @Test
    void aGuestIsTunedAndNothingElseChanges() throws Exception {
        String text = Samples.read("render-node.xml");
        String edited = xml.edit(text, keep(TUNING, RECORD));

        assertThat(xml.read(edited).tuning()).isEqualTo(TUNING);
        assertThat(XmlMeaning.sameElsewhere(edited, text)).isTrue();
        assertThat(edited).contains("""
                  <cputune>
                    <shares>4096</shares>
                    <vcpupin vcpu='0' cpuset='2-3'/>
                    <vcpupin vcpu='1' cpuset='2-3'/>
                    <emulatorpin cpuset='2-3'/>
                    <iothreadpin iothread='1' cpuset='3'/>
                    <!-- keep me -->
                    <vcpusched vcpus='0' scheduler='fifo' priority='1'/>
                  </cputune>
                  <numatune>
                    <memory mode='preferred' nodeset='1'/>
                  </numatune>
                  <os>
                """.indent(0));
        assertThat(edited).contains("      <gl rendernode='/dev/dri/renderD129'/>\n");
        assertThat(edited)
                .as("what stands beside is untouched byte for byte")
                .contains("<![CDATA[a < b && c > d]]></other:note>\n    " + RECORD + "\n  </metadata>")
                .contains("<title>Grafik-Prüfstand 🐳 \"eins\" &amp; &lt;zwei&gt;</title>")
                .contains("value=\"it's &quot;quoted&quot;&#10;é\"")
                .contains("a='tab&#9;newline&#10;return&#13;end' &#x1F40D;")
                .contains("<!-- made by hand")
                .contains("<nova:name>größe 🚀</nova:name>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"render-node.xml", "passthrough.xml", "nova-plain-live.xml", "nova-numa-inactive.xml"})
    void anEditIsUndoneByTheFormerTuning(String file) throws Exception {
        String text = Samples.read(file);
        Tuning before = xml.read(text).tuning();
        Map<Integer, IdSet> pins = new HashMap<>(TUNING.pins().vcpus());
        pins.keySet().retainAll(IdSet.range(0, xml.read(text).vcpus() - 1).ids());
        Tuning tuning = new Tuning(
                pins,
                TUNING.pins().emulator(),
                TUNING.pins().iothreads(),
                TUNING.memory(),
                TUNING.memnodes(),
                before.renderNode() == null ? null : TUNING.renderNode());
        String there = xml.edit(text, keep(tuning, RECORD));
        assertThat(xml.read(there).tuning()).isEqualTo(tuning);
        String back = xml.edit(there, keep(before, null));
        assertThat(XmlMeaning.sameElsewhere(back, text)).isTrue();
        assertThat(xml.read(back)).isEqualTo(xml.read(text));
    }

    @Test
    void anEditThatOnlyAddsIsUndoneToTheByte() throws Exception {
        String text = Samples.read("render-node.xml");
        String there = xml.edit(text, keep(TUNING, RECORD));
        assertThat(xml.edit(there, keep(xml.read(text).tuning(), null))).isEqualTo(text);
    }

    @Test
    void elementsThatMeanTheTargetAlreadyStayAsTheyAreWritten() throws Exception {
        String text = Samples.read("passthrough.xml");
        Tuning before = xml.read(text).tuning();
        Tuning tuning = new Tuning(
                before.pins().vcpus(),
                IdSet.of(7),
                before.pins().iothreads(),
                before.memory(),
                before.memnodes(),
                before.renderNode());
        assertThat(xml.edit(text, keep(tuning, null)))
                .isEqualTo(text.replace("<emulatorpin cpuset='0-1'/>", "<emulatorpin cpuset='7'/>"));
    }

    @Test
    void containersThatWeEmptyGoAndThoseThatWereEmptyStay() throws Exception {
        String full = "<domain type='kvm'>\n  <name>a</name>\n  <memory>1</memory>\n  <cputune>\n"
                + "    <vcpupin vcpu='0' cpuset='1'/>\n  </cputune>\n  <numatune><memory nodeset='0'/></numatune>\n</domain>";
        assertThat(xml.edit(full, keep(Tuning.NONE, null)))
                .isEqualTo("<domain type='kvm'>\n  <name>a</name>\n  <memory>1</memory>\n</domain>");

        String empty = """
                <domain type='kvm'>
                  <name>a</name>
                  <memory>1</memory>
                  <vcpu>2</vcpu>
                  <metadata/>
                  <cputune/>
                  <numatune>
                  </numatune>
                </domain>""";
        assertThat(xml.edit(empty, keep(Tuning.NONE, null))).isEqualTo(empty);
        String tuned = xml.edit(empty, keep(headless(TUNING), RECORD));
        assertThat(tuned)
                .contains("  <metadata>\n    " + RECORD + "\n  </metadata>\n  <cputune>\n    <vcpupin vcpu='0'")
                .contains("<iothreadpin iothread='1' cpuset='3'/>\n  </cputune>\n");
        assertThat(xml.read(tuned).tuning()).isEqualTo(headless(TUNING));

        String commented = "<domain type='kvm'><name>a</name><memory>1</memory><cputune><!-- why -->"
                + "<emulatorpin cpuset='1'/></cputune></domain>";
        assertThat(xml.edit(commented, keep(Tuning.NONE, null))).contains("<cputune><!-- why --></cputune>");
    }

    @Test
    void aTextOnOneLineStaysOnOneLine() throws Exception {
        String text = Samples.read("compact.xml");
        String edited = xml.edit(text, new DomainEdit(TUNING, DisplayChange.ADD, RECORD));
        assertThat(edited.strip()).doesNotContain("\n").contains("</vcpu><cputune><vcpupin vcpu='0' cpuset='2-3'/>");
        assertThat(xml.read(edited).tuning()).isEqualTo(TUNING);
    }

    @Test
    void aDisplayIsAddedForTheRenderNodeAndTakenOutAgain() throws Exception {
        String text = """
                <domain type='kvm'>
                  <name>a</name>
                  <memory>1</memory>
                  <devices>
                    <input type='mouse'/>
                    <graphics type='vnc'/>
                    <sound model='ich6'/>
                    <video>
                      <model type='virtio' heads='1'/>
                    </video>
                  </devices>
                </domain>
                """;
        Tuning tuning = new Tuning(Map.of(), null, Map.of(), null, Map.of(), "/dev/dri/renderD129");
        String added = xml.edit(text, new DomainEdit(tuning, DisplayChange.ADD, null));

        assertThat(added).contains("""
                    <graphics type='vnc'/>
                    <graphics type='egl-headless'>
                      <gl rendernode='/dev/dri/renderD129'/>
                    </graphics>
                    <sound model='ich6'/>
                    <video>
                      <model type='virtio' heads='1'>
                        <acceleration accel3d='yes'/>
                      </model>
                    </video>
                """);
        assertThat(xml.read(added).display()).isEqualTo(Display.EGL_HEADLESS);
        assertThat(xml.edit(added, new DomainEdit(tuning, DisplayChange.ADD, null)))
                .as("adding what is there changes nothing")
                .isEqualTo(added);
        String back = xml.edit(added, new DomainEdit(Tuning.NONE, DisplayChange.REMOVE, null));
        assertThat(XmlMeaning.sameMeaning(back, text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<acceleration accel3d='yes'/>",
                "<acceleration accel3d='no'/>",
                "<acceleration accel2d='no' accel3d='yes'/>",
                "<acceleration accel2d='yes'/>",
                "<acceleration/>",
                "",
            })
    void theAccelerationBecomesWhatItWasBeforeTheDisplay(String acceleration) throws Exception {
        String text = "<domain type='kvm'><name>a</name><memory>1</memory><devices><video><model type='virtio'>"
                + acceleration + "</model></video></devices></domain>";
        Tuning tuning = new Tuning(Map.of(), null, Map.of(), null, Map.of(), "/dev/dri/renderD129");
        String added = xml.edit(text, new DomainEdit(tuning, DisplayChange.ADD, null));
        assertThat(xml.read(added).video().accel3d()).isEqualTo("yes");

        String back = xml.edit(
                added,
                new DomainEdit(
                        Tuning.NONE, DisplayChange.REMOVE, null, xml.read(text).video()));

        assertThat(XmlMeaning.sameMeaning(back, text)).as(back).isTrue();
    }

    @Test
    void onlyADisplaySuchAsOursIsTakenOut() throws Exception {
        String spice = "<domain type='kvm'><name>a</name><memory>1</memory><devices><graphics type='spice'>"
                + "<gl enable='yes' rendernode='/dev/dri/renderD128'/></graphics><video><model type='virtio'>"
                + "<acceleration accel3d='yes'/></model></video></devices></domain>";
        String edited = xml.edit(spice, new DomainEdit(Tuning.NONE, DisplayChange.REMOVE, null));
        assertThat(edited).isEqualTo(spice.replace(" rendernode='/dev/dri/renderD128'", ""));
    }

    @Test
    void theRenderNodeIsSetWhereTheDisplayCarriesIt() throws Exception {
        Tuning tuning = new Tuning(Map.of(), null, Map.of(), null, Map.of(), "/dev/dri/renderD129");
        for (String[] c : new String[][] {
            {
                "<graphics type='egl-headless'/>",
                "<graphics type='egl-headless'><gl rendernode='/dev/dri/renderD129'/></graphics>"
            },
            {
                "<graphics type='spice'><gl enable='yes'/></graphics>",
                "<graphics type='spice'><gl enable='yes' rendernode='/dev/dri/renderD129'/></graphics>"
            },
            {
                "<graphics type='dbus'><gl rendernode=\"/a\" enable=\"yes\" /></graphics>",
                "<graphics type='dbus'><gl rendernode=\"/dev/dri/renderD129\" enable=\"yes\" /></graphics>"
            },
            {
                "<video><driver name='vhostuser'/><model type='virtio'><acceleration accel3d='yes'/></model></video>",
                "<video><driver name='vhostuser'/><model type='virtio'><acceleration accel3d='yes' rendernode='/dev/dri/renderD129'/></model></video>"
            },
        }) {
            String before =
                    "<domain type='kvm'><name>a</name><memory>1</memory><devices>" + c[0] + "</devices></domain>";
            assertThat(xml.edit(before, keep(tuning, null))).isEqualTo(before.replace(c[0], c[1]));
        }
    }

    @Test
    void anEditThatTheDomainCannotTakeSaysWhy() {
        String bare = "<domain type='kvm'><name>a</name><memory>1</memory><devices/></domain>";
        assertThatThrownBy(() -> xml.edit(bare, keep(TUNING, null)))
                .isInstanceOf(InvalidDomainXml.class)
                .hasMessageContaining("no display with GL")
                .hasMessageContaining("/dev/dri/renderD129");
        assertThatThrownBy(() -> xml.edit(bare, new DomainEdit(TUNING, DisplayChange.ADD, null)))
                .isInstanceOf(InvalidDomainXml.class)
                .hasMessageContaining("no video of model virtio");
    }

    @Test
    void theRecordIsReplacedWhereItStandsAndTheSameRecordIsLeftAlone() throws Exception {
        String text = Samples.read("nova-plain-live.xml");
        String once = xml.edit(text, keep(Tuning.NONE, RECORD));
        assertThat(xml.read(once).record()).isEqualTo(RECORD);
        assertThat(xml.edit(once, keep(Tuning.NONE, RECORD.replace("><", ">\n  <"))))
                .isEqualTo(once);
        String other = RECORD.replace("\"h\"", "\"other\"");
        String twice = xml.edit(once, keep(Tuning.NONE, other));
        assertThat(twice).isEqualTo(once.replace(RECORD, other));
        assertThat(xml.edit(twice, keep(Tuning.NONE, null))).isEqualTo(text);
    }

    @Test
    void memoryGoesFromNumadToANodeAndBack() throws Exception {
        String auto = "<domain type='kvm'><name>a</name><memory>1</memory><vcpu placement='auto'>2</vcpu>"
                + "<numatune><memory mode='strict' placement='auto'/></numatune></domain>";
        Tuning before = xml.read(auto).tuning();
        String there = xml.edit(auto, keep(headless(TUNING), null));
        assertThat(there).contains("<memory mode='preferred' placement='static' nodeset='1'/>");
        assertThat(xml.read(there).tuning()).isEqualTo(headless(TUNING));
        assertThat(XmlMeaning.sameMeaning(xml.edit(there, keep(before, null)), auto))
                .isTrue();
    }

    @Test
    void valuesThatXmlCannotHoldAsTheyAreAreEscaped() throws Exception {
        String text = "<domain type='kvm'><name>a</name><memory>1</memory><devices><graphics type='egl-headless'>"
                + "<gl rendernode='/a'/></graphics></devices></domain>";
        for (String odd : new String[] {"/dev/<'\">&amp;", "/dev/größe🚀", "/dev/\ttab\nline\rend"}) {
            Tuning tuning = new Tuning(Map.of(), null, Map.of(), null, Map.of(), odd);
            String edited = xml.edit(text, keep(tuning, null));
            assertThat(xml.read(edited).tuning().renderNode()).isEqualTo(odd);
            assertThat(XmlMeaning.dom(edited)
                            .getElementsByTagName("gl")
                            .item(0)
                            .getAttributes()
                            .getNamedItem("rendernode")
                            .getNodeValue())
                    .isEqualTo(odd);
        }
    }

    private static Tuning headless(Tuning t) {
        return new Tuning(t.pins().vcpus(), t.pins().emulator(), t.pins().iothreads(), t.memory(), t.memnodes(), null);
    }

    private static DomainEdit keep(Tuning tuning, String record) {
        return new DomainEdit(tuning, DisplayChange.KEEP, record);
    }
}
