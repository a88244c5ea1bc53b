package org.novagpubinder.domain.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Allocation.Claim;
import org.novagpubinder.placement.model.GuestCell;

/** Memory, its pages and its cells, as libvirt makes them of the XML. */
class GuestMemoryTest {
    private static final long MIB = 1024;
    private static final long GIB = 1024 * MIB;
    private static final String TWO_CELLS = """
            <vcpu>4</vcpu>
            <cpu><numa>
              <cell id='0' cpus='0-1' memory='1' unit='GiB'/>
              <cell id='1' cpus='2-3' memory='2' unit='GiB'/>
            </numa></cpu>
            """;

    private final DomainXml xml = new DomainXml();

    @Test
    void aBalloonThatIsNotLetOutCountsInFull() throws Exception {
        DomainDefinition d = xml.read(guest("<currentMemory unit='MiB'>256</currentMemory>"));
        assertThat(d.memoryKiB()).isEqualTo(4 * GIB);
    }

    @Test
    void roomForDevicesThatAreNotThereYetIsNoMemory() throws Exception {
        DomainDefinition d = xml.read(guest("<maxMemory slots='16' unit='TiB'>1</maxMemory>"));
        assertThat(d.memoryKiB()).isEqualTo(4 * GIB);
    }

    @Test
    void memoryDevicesCountToTheirCell() throws Exception {
        DomainDefinition d = xml.read(guest(TWO_CELLS
                + "<devices>"
                + device("dimm", "", "<size unit='MiB'>512</size><node>0</node>")
                + device("dimm", "", "<size unit='MiB'>256</size><node>1</node>")
                + device(
                        "virtio-mem",
                        "",
                        "<size unit='GiB'>1</size><node>1</node><block unit='KiB'>2048</block>"
                                + "<requested unit='KiB'>0</requested>")
                + "</devices>"));

        assertThat(d.cells())
                .containsExactly(
                        new GuestCell(0, IdSet.of(0, 1), GIB + 512 * MIB, 0),
                        new GuestCell(1, IdSet.of(2, 3), 2 * GIB + 256 * MIB, 0));
        assertThat(d.memoryKiB()).isEqualTo(3 * GIB + 768 * MIB);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "512, 0, 512", "0, 512, 512", "512, 1024, 1024", "2048, 0, 1024"})
    void ofAVirtioMemWhatIsPluggedInOrAskedForCounts(int requested, int current, int counted) throws Exception {
        String target = "<size unit='GiB'>1</size><block unit='KiB'>2048</block><requested unit='MiB'>" + requested
                + "</requested><current unit='MiB'>" + current + "</current>";
        String device = "<devices>" + device("virtio-mem", "", target + "<node>1</node>") + "</devices>";

        assertThat(xml.read(guest(TWO_CELLS + device)).memoryKiB()).isEqualTo(3 * GIB + counted * MIB);
        assertThat(xml.read(guest("<devices>" + device("virtio-mem", "", target) + "</devices>"))
                        .memoryKiB())
                .as("without cells <memory> has the whole device in it")
                .isEqualTo(3 * GIB + counted * MIB);
    }

    /** qemu_command.c:qemuBuildMemoryBackendProps takes its nodemask in place of numatune's. */
    @Test
    void aDeviceThatNamesHostNodesIsThereAndNotWhereItsCellIs() throws Exception {
        String devices = "<memoryBacking><hugepages><page size='2' unit='MiB' nodeset='1'/></hugepages></memoryBacking>"
                + "<devices>"
                + device("dimm", "<nodemask>1-2</nodemask>", "<size unit='MiB'>512</size><node>1</node>")
                + device(
                        "virtio-mem",
                        "<nodemask>3</nodemask><pagesize unit='KiB'>4</pagesize>",
                        "<size unit='GiB'>1</size><node>1</node><requested unit='MiB'>256</requested>")
                + device("sgx-epc", "<nodemask>0</nodemask>", "<size unit='MiB'>16</size>")
                + "</devices>";

        DomainDefinition d = xml.read(guest(TWO_CELLS + devices));

        assertThat(d.memoryKiB()).isEqualTo(3 * GIB);
        assertThat(d.cells()).extracting(GuestCell::memoryKiB).containsExactly(GIB, 2 * GIB);
        assertThat(d.fixedMemory())
                .containsExactly(new Claim(IdSet.of(1, 2), 512 * MIB, 2 * MIB), new Claim(IdSet.of(3), 256 * MIB, 0));
        assertThat(d.memoryHolders()).containsExactly("memory device with a nodemask of its own");
        assertThat(xml.read(guest(TWO_CELLS + devices.replaceAll("<nodemask>[1-3-]*</nodemask>", "")))
                        .memoryHolders())
                .isEmpty();
        assertThatThrownBy(() -> xml.read(guest(TWO_CELLS + devices.replace(">3<", ">x<"))))
                .isInstanceOf(InvalidDomainXml.class)
                .hasMessageContaining("nodemask");
    }

    /** QEMU reads more words for yes than on (qapi/qapi-util.c:qapi_bool_parse), and -object and -device as JSON too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "memory locked: mem-lock=on",
                "memory locked: mem-lock=yes",
                "memory locked: mem-lock=on-fault",
                "memory locked: mem-lock",
                "memory locked: mlock=true",
                "huge pages: memory-backend-memfd,id=m,hugetlb=on,size=1G",
                "huge pages: memory-backend-memfd,id=m,hugetlb=true",
                "huge pages: {'qom-type':'memory-backend-memfd','id':'m','hugetlb':true}",
                "huge pages: {'qom-type': 'memory-backend-memfd', 'hugetlb': true, 'id': 'm'}",
                "nothing: mem-lock=off",
                "nothing: memory-backend-memfd,id=m,hugetlb=off,size=1G",
                "nothing: {'qom-type':'memory-backend-memfd','hugetlb':false}"
            })
    void whatQemuArgumentsDoToItsMemoryIsToldHoweverItIsWritten(String what) throws Exception {
        String[] parts = what.split(": ", 2);
        List<String> holders = xml.read(guest("<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
                        + "<q:arg value='" + parts[1].replace("'", "&quot;") + "'/></q:commandline>"))
                .memoryHolders();
        if (parts[0].equals("nothing")) {
            assertThat(holders).isEmpty();
        } else {
            assertThat(holders).singleElement().asString().startsWith(parts[0]);
        }
    }

    @Test
    void aCellWithoutVcpusAndMemoryIsNone() throws Exception {
        String grace = "<vcpu>2</vcpu><cpu><numa><cell id='0' cpus='0-1' memory='2' unit='GiB'/>"
                + "<cell id='1' memory='0' unit='KiB'/><cell id='2' memory='1' unit='GiB'/></numa></cpu>";

        assertThat(xml.read(guest(grace)).cells())
                .containsExactly(new GuestCell(0, IdSet.of(0, 1), 2 * GIB, 0), new GuestCell(2, IdSet.empty(), GIB, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nvdimm", "virtio-pmem", "sgx-epc"})
    void whatLiesInAFileOrInTheProcessorTakesNothingOfTheNodes(String model) throws Exception {
        String device =
                "<devices>" + device(model, "<path>/dev/dax0.0</path>", "<size unit='GiB'>1</size>") + "</devices>";
        assertThat(xml.read(guest(device)).memoryKiB()).isEqualTo(3 * GIB);
        DomainDefinition d = xml.read(guest(TWO_CELLS + device.replace("</size>", "</size><node>0</node>")));
        assertThat(d.memoryKiB()).isEqualTo(3 * GIB);
        assertThat(d.cells().get(0).memoryKiB()).isEqualTo(GIB);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // pages | all or the rest | cell 0 | cell 1
                "'' | 0 | 0 | 0",
                "<hugepages/> | -1 | -1 | -1",
                "<hugepages><page size='2048'/></hugepages> | 2048 | 2048 | 2048",
                "<hugepages><page size='1' unit='G'/><page size='2' unit='M' nodeset='1'/></hugepages> "
                        + "| 1048576 | 1048576 | 2048",
                "<hugepages><page size='2' unit='M' nodeset='1'/></hugepages> | 0 | 0 | 2048",
                "<hugepages><page size='2' unit='M' nodeset='0'/><page size='1' unit='G' nodeset='1'/></hugepages> "
                        + "| 0 | 2048 | 1048576",
                "<hugepages><page size='4'/></hugepages> | 0 | 0 | 0",
            })
    void aCellIsInThePagesThatNameItOrElseInThoseThatNameNone(String pages, long rest, long first, long second)
            throws Exception {
        DomainDefinition d = xml.read(guest("<memoryBacking>" + pages + "</memoryBacking>" + TWO_CELLS));
        assertThat(d.hugePageKiB()).isEqualTo(rest);
        assertThat(d.cells()).extracting(GuestCell::hugePageKiB).containsExactly(first, second);
    }

    @ParameterizedTest
    @CsvSource({"nodeset='0', 2048", "nodeset='1', 0", "'', 2048"})
    void withoutCellsTheFirstCellIsAllOfTheGuest(String nodeset, long kib) throws Exception {
        assertThat(xml.read(guest("<memoryBacking><hugepages><page size='2' unit='M' " + nodeset
                                + "/></hugepages></memoryBacking>"))
                        .hugePageKiB())
                .isEqualTo(kib);
    }

    @Test
    void aDeviceOfAnotherPageSizeIsInNoCell() throws Exception {
        DomainDefinition d = xml.read(guest("<memoryBacking><hugepages><page size='2048'/></hugepages></memoryBacking>"
                + TWO_CELLS
                + "<devices>"
                + device("dimm", "<pagesize unit='KiB'>1048576</pagesize>", "<size unit='GiB'>1</size><node>0</node>")
                + device("dimm", "<pagesize unit='MiB'>2</pagesize>", "<size unit='MiB'>2</size><node>1</node>")
                + "</devices>"));

        assertThat(d.cells())
                .containsExactly(
                        new GuestCell(0, IdSet.of(0, 1), GIB, 2048),
                        new GuestCell(1, IdSet.of(2, 3), 2 * GIB + 2 * MIB, 2048));
        assertThat(d.memoryKiB()).isEqualTo(4 * GIB + 2 * MIB);
        assertThat(d.hugePageKiB()).isEqualTo(GIB);
    }

    @Test
    void vcpusWithoutACellGoToTheFirstAndACellMayHaveNone() throws Exception {
        DomainDefinition d = xml.read(guest("<vcpu current='3'>6</vcpu><cpu><numa><cell id='1' cpus='1' memory='1024'/>"
                + "<cell id='0' cpus='3' memory='1024'/><cell id='2' memory='1024'/></numa></cpu>"));
        assertThat(d.cells())
                .extracting(GuestCell::vcpus)
                .containsExactly(IdSet.of(1), IdSet.parse("0,2-5"), IdSet.empty());
        assertThat(d.currentVcpus()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<devices><memory model='dimm'><target><node>0</node></target></memory></devices>",
                "<devices><memory model='nvdimm'><target><size unit='TiB'>1</size></target></memory></devices>",
                "<memoryBacking><hugepages><page nodeset='0'/></hugepages></memoryBacking>",
            })
    void whatLibvirtWouldRefuseIsRefused(String element) {
        assertThatThrownBy(() -> xml.read(guest(element)))
                .isInstanceOf(InvalidDomainXml.class)
                .hasMessageStartingWith("line 1: <");
    }

    private static String device(String model, String source, String target) {
        return "<memory model='" + model + "'><source>" + source + "</source><target>" + target + "</target></memory>";
    }

    private static String guest(String elements) {
        return "<domain type='kvm'><name>a</name><memory unit='GiB'>4</memory>" + elements + "</domain>";
    }
}
