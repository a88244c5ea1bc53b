package org.novagpubinder.domain.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.novagpubinder.domain.connection.EmbeddedLibvirt;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.XmlMeaning;

/** Guest NUMA cells, on libvirt's real QEMU driver: what we define is taken, starts, and comes off again. */
class GuestCellsIT {
    private static final String NAME = "ngb-cells";
    private static final UUID ID = UUID.fromString("5a7d6a3e-0a52-4d2b-9d6e-0000000000ce");
    private static final IdSet CPU0 = IdSet.of(0);
    private static final IdSet CPUS = IdSet.of(0, 1);
    private static final String CELLS = "<cpu><numa><cell id='0' cpus='0' memory='32' unit='MiB'/>"
            + "<cell id='1' cpus='1' memory='32' unit='MiB'/></numa></cpu>";

    private final DomainXml xml = new DomainXml();
    private Libvirt libvirt;

    @BeforeEach
    void connect() throws Exception {
        libvirt = EmbeddedLibvirt.once().calls();
        EmbeddedLibvirt.remove(ID);
    }

    @AfterEach
    void tidy() throws Exception {
        if (libvirt != null) {
            EmbeddedLibvirt.remove(ID);
        }
    }

    /** Policy preferred: memnodes only, each preferring one node (numa_conf.c; QEMU's memory backends get the policy). */
    @Test
    void cellsThatPreferTheirNodesStartAndAreReleased() throws Exception {
        String before = define(CELLS);
        Tuning ours = tuning(null, MemoryMode.PREFERRED);
        bind(before, ours);

        libvirt.create(ID);

        assertThat(xml.read(libvirt.liveXml(ID)).tuning()).isEqualTo(ours);
        assertThat(libvirt.vcpuPins(ID)).isEqualTo(ours.pins().vcpus());
        assertThat(commandLine()).contains("\"host-nodes\":[0]", "\"policy\":\"preferred\"");
        releasedIs(before, ours);
    }

    /** Policy required: restrictive in memory and in every memnode; libvirt refuses one without the other. */
    @Test
    void cellsThatAreRestrictedToTheirNodesStartAndAreReleased() throws Exception {
        String before = define(CELLS);
        Tuning ours = tuning(new MemoryPlacement(MemoryMode.RESTRICTIVE, CPU0), MemoryMode.RESTRICTIVE);
        bind(before, ours);

        libvirt.create(ID);

        assertThat(xml.read(libvirt.liveXml(ID)).tuning()).isEqualTo(ours);
        assertThatThrownBy(() -> libvirt.setLiveNodeset(ID, CPU0))
                .as("never a live nodeset over memnodes")
                .isInstanceOf(LibvirtFailure.class)
                .hasMessageContaining("memnode");
        releasedIs(before, ours);
    }

    @Test
    void restrictiveMemoryOverOtherMemnodesIsRefusedByLibvirt() throws Exception {
        String before = define(CELLS);
        Tuning wrong = tuning(new MemoryPlacement(MemoryMode.RESTRICTIVE, CPU0), MemoryMode.PREFERRED);
        assertThatThrownBy(() -> bind(before, wrong)).hasMessageContaining("restrictive");
    }

    /** numa_conf.c and qemu_domain.c:qemuDomainDefNumaCPUsRectify, domain_conf.c:virDomainDefPostParseMemory. */
    @Test
    void whatWeMakeOfCellsIsWhatLibvirtMakesOfThem() throws Exception {
        String cells = "<maxMemory slots='4' unit='MiB'>1024</maxMemory><cpu><numa>"
                + "<cell id='0' cpus='1' memory='40' unit='MiB'/><cell id='1' memory='24' unit='MiB'/></numa></cpu>";
        String dimm = "<memory model='dimm'><target><size unit='MiB'>128</size><node>1</node></target></memory>";
        String file = EmbeddedLibvirt.guest(NAME, ID, cells).replace("<memballoon", dimm + "<memballoon");
        DomainDefinition ours = xml.read(file);

        libvirt.define(file);
        DomainDefinition libvirts = xml.read(libvirt.inactiveXml(ID));

        assertThat(ours.cells())
                .isEqualTo(libvirts.cells())
                .containsExactly(
                        new GuestCell(0, CPUS, 40 * 1024, 0), new GuestCell(1, IdSet.empty(), (24 + 128) * 1024, 0));
        assertThat(ours.memoryKiB()).isEqualTo(libvirts.memoryKiB()).isEqualTo(192 * 1024);
    }

    @Test
    void anAccelerationThatWasThereBeforeOurDisplayComesBack() throws Exception {
        String file = EmbeddedLibvirt.guest(NAME, ID, "")
                .replace(
                        "<memballoon",
                        "<video><model type='virtio'><acceleration accel3d='no'/></model></video><memballoon");
        libvirt.define(file);
        String before = libvirt.secureInactiveXml(ID);
        Tuning tuning = new Tuning(Map.of(), null, Map.of(), null, Map.of(), "/dev/dri/renderD129");
        libvirt.define(xml.edit(before, new DomainEdit(tuning, DisplayChange.ADD, null)));
        assertThat(libvirt.inactiveXml(ID)).contains("accel3d='yes'");

        libvirt.define(xml.edit(
                libvirt.secureInactiveXml(ID),
                new DomainEdit(
                        Tuning.NONE,
                        DisplayChange.REMOVE,
                        null,
                        xml.read(before).video())));

        assertThat(XmlMeaning.sameMeaning(libvirt.secureInactiveXml(ID), before))
                .isTrue();
    }

    private static Tuning tuning(MemoryPlacement memory, MemoryMode memnodes) {
        MemoryPlacement memnode = new MemoryPlacement(memnodes, CPU0);
        return new Tuning(
                Map.of(0, CPU0, 1, IdSet.of(1)), CPUS, Map.of(1, CPU0), memory, Map.of(0, memnode, 1, memnode), null);
    }

    private String define(String elements) throws Exception {
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, elements));
        return libvirt.secureInactiveXml(ID);
    }

    private void bind(String definition, Tuning tuning) throws Exception {
        libvirt.define(xml.edit(definition, new DomainEdit(tuning, DisplayChange.KEEP, null)));
    }

    private void releasedIs(String before, Tuning ours) throws Exception {
        String bound = libvirt.secureInactiveXml(ID);
        Tuning undone = xml.read(bound).tuning().undone(ours, Tuning.NONE);
        libvirt.define(xml.edit(bound, new DomainEdit(undone, DisplayChange.KEEP, null)));
        assertThat(XmlMeaning.sameMeaning(libvirt.secureInactiveXml(ID), before))
                .isTrue();
    }

    private static String commandLine() throws Exception {
        return Files.readString(
                Path.of("/proc", Long.toString(EmbeddedLibvirt.pid(NAME)), "cmdline"), StandardCharsets.UTF_8);
    }
}
