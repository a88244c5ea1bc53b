package org.novagpubinder.domain.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Function;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.jna.DomainPointer;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Activity;
import org.novagpubinder.domain.libvirt.DomainStand;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.proc.VcpuTimes;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.XmlMeaning;

/** Every call, on libvirt's real QEMU driver and an emulated guest. */
class LibvirtCallsIT {
    private static final String NAME = "ngb-calls";
    private static final UUID ID = UUID.fromString("5a7d6a3e-0a52-4d2b-9d6e-000000000001");
    private static final int START_PAUSED = 1;
    private static final int SNAPSHOT_NO_METADATA = 4;
    private static final int SNAPSHOT_DISK_ONLY = 16;
    private static final int PULL_BYTES_A_SECOND = 64;
    private static final IdSet CPU0 = IdSet.of(0);

    private final DomainXml xml = new DomainXml();
    private LibvirtOnce once;
    private Libvirt libvirt;

    @BeforeEach
    void connect() throws Exception {
        once = EmbeddedLibvirt.once();
        libvirt = once.calls();
        EmbeddedLibvirt.remove(ID);
    }

    @AfterEach
    void tidy() throws Exception {
        if (once != null) {
            EmbeddedLibvirt.remove(ID);
        }
    }

    @Test
    void aGuestsLifeByOurCalls() throws Exception {
        assertThat(once.version()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(libvirt.find(ID)).isEmpty();
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, ""));
        assertThat(libvirt.find(NAME)).contains(new DomainSummary(ID, NAME, false, true));
        libvirt.create(ID);
        assertThat(libvirt.find(ID)).contains(new DomainSummary(ID, NAME, true, true));
        assertThat(libvirt.list()).contains(new DomainSummary(ID, NAME, true, true));
        DomainDefinition live = xml.read(libvirt.liveXml(ID));
        assertThat(live.id()).isNotNull();
        assertThat(libvirt.liveXml(ID)).contains("größe 🚀");
        assertThat(xml.read(libvirt.inactiveXml(ID)).id()).isNull();
        libvirt.destroy(ID);
        assertThat(libvirt.find(ID)).contains(new DomainSummary(ID, NAME, false, true));
    }

    /** A domain is held from one call to the next. */
    @Test
    void aDomainThatIsGoneSaysSoAndOneThatIsDefinedAnewIsTheSame() throws Exception {
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, ""));
        assertThat(libvirt.whyOff(ID)).isEqualTo(Libvirt.WhyOff.UNKNOWN);
        EmbeddedLibvirt.remove(ID);
        assertThatThrownBy(() -> libvirt.inactiveXml(ID))
                .isInstanceOfSatisfying(
                        LibvirtFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_DOMAIN));

        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, ""));
        libvirt.inactiveXml(ID);
        EmbeddedLibvirt.remove(ID);
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, ""));
        libvirt.create(ID);
        assertThat(libvirt.whyOff(ID)).isEqualTo(Libvirt.WhyOff.RUNS);
        assertThat(xml.read(libvirt.liveXml(ID)).id()).isNotNull();
    }

    @Test
    void pinsAreSetLiveAndReadBackFromLibvirtAndFromTheKernel() throws Exception {
        start("");
        IdSet all = libvirt.emulatorPin(ID);
        assertThat(all.contains(0)).isTrue();
        assertThat(libvirt.vcpuPins(ID)).isEqualTo(Map.of(0, all, 1, all));
        assertThat(libvirt.iothreadPins(ID)).isEqualTo(Map.of(1, all));

        libvirt.pinVcpu(ID, 1, CPU0);
        libvirt.pinEmulator(ID, CPU0);
        libvirt.pinIothread(ID, 1, CPU0);

        assertThat(libvirt.vcpuPins(ID)).isEqualTo(Map.of(0, all, 1, CPU0));
        assertThat(libvirt.emulatorPin(ID)).isEqualTo(CPU0);
        assertThat(libvirt.iothreadPins(ID)).isEqualTo(Map.of(1, CPU0));
        assertThat(xml.read(libvirt.liveXml(ID)).tuning())
                .isEqualTo(new Tuning(Map.of(1, CPU0), CPU0, Map.of(1, CPU0), null, Map.of(), null));
        assertThat(xml.read(libvirt.inactiveXml(ID)).tuning())
                .as("the definition is not touched")
                .isEqualTo(Tuning.NONE);
        assertThat(allowed("CPU 1/TCG")).isEqualTo(CPU0);
        assertThat(allowed("IO iothread1")).isEqualTo(CPU0);
        assertThat(allowed("CPU 0/TCG")).isEqualTo(all);
    }

    @Test
    void anEditedDefinitionIsTakenAndHoldsFromTheNextStart() throws Exception {
        start("");
        Tuning tuning = new Tuning(
                Map.of(0, CPU0, 1, CPU0),
                CPU0,
                Map.of(1, CPU0),
                new MemoryPlacement(MemoryMode.PREFERRED, IdSet.of(0)),
                Map.of(),
                null);
        String before = libvirt.secureInactiveXml(ID);
        libvirt.define(xml.edit(before, new DomainEdit(tuning, DisplayChange.KEEP, RecordXml.write(record()))));

        assertThat(xml.read(libvirt.inactiveXml(ID)).tuning()).isEqualTo(tuning);
        assertThat(xml.read(libvirt.liveXml(ID)).tuning()).isEqualTo(Tuning.NONE);
        assertThat(recordOf(libvirt.inactiveXml(ID))).isEqualTo(record());
        libvirt.destroy(ID);
        libvirt.create(ID);
        assertThat(xml.read(libvirt.liveXml(ID)).tuning()).isEqualTo(tuning);
        assertThat(libvirt.vcpuPins(ID)).isEqualTo(tuning.pins().vcpus());

        libvirt.define(xml.edit(libvirt.secureInactiveXml(ID), new DomainEdit(Tuning.NONE, DisplayChange.KEEP, null)));
        assertThat(XmlMeaning.sameMeaning(libvirt.secureInactiveXml(ID), before))
                .isTrue();
    }

    /** It cannot be started here without numad, but libvirt takes it and keeps our pins and nodeset. */
    @Test
    void aGuestOfNumadsGetsPinsAndANodesetAndGoesBackToNumad() throws Exception {
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, "").replace("placement='static'", "placement='auto'"));
        String before = libvirt.secureInactiveXml(ID);
        Tuning auto = xml.read(before).tuning();
        assertThat(auto.memory()).isEqualTo(new MemoryPlacement(MemoryMode.STRICT, IdSet.empty()));
        Tuning tuning = new Tuning(
                Map.of(0, CPU0, 1, CPU0),
                CPU0,
                Map.of(1, CPU0),
                new MemoryPlacement(MemoryMode.PREFERRED, IdSet.of(0)),
                Map.of(),
                null);
        libvirt.define(xml.edit(before, new DomainEdit(tuning, DisplayChange.KEEP, null)));
        assertThat(xml.read(libvirt.inactiveXml(ID)).tuning()).isEqualTo(tuning);
        libvirt.define(xml.edit(libvirt.secureInactiveXml(ID), new DomainEdit(auto, DisplayChange.KEEP, null)));
        assertThat(XmlMeaning.sameMeaning(libvirt.secureInactiveXml(ID), before))
                .isTrue();
    }

    @Test
    void aDisplayThatWeAddIsTakenByLibvirtAndComesOutAgain() throws Exception {
        String guest = EmbeddedLibvirt.guest(NAME, ID, "")
                .replace("<memballoon", "<video><model type='virtio'/></video><memballoon");
        libvirt.define(guest);
        String before = libvirt.secureInactiveXml(ID);
        Tuning tuning = new Tuning(Map.of(), null, Map.of(), null, Map.of(), "/dev/dri/renderD129");
        libvirt.define(xml.edit(before, new DomainEdit(tuning, DisplayChange.ADD, null)));
        DomainDefinition there = xml.read(libvirt.inactiveXml(ID));
        assertThat(there.tuning()).isEqualTo(tuning);
        assertThat(libvirt.inactiveXml(ID)).contains("<acceleration accel3d='yes'/>");
        libvirt.define(
                xml.edit(libvirt.secureInactiveXml(ID), new DomainEdit(Tuning.NONE, DisplayChange.REMOVE, null)));
        assertThat(xml.read(libvirt.inactiveXml(ID)).display()).isNull();
        assertThat(libvirt.inactiveXml(ID)).doesNotContain("accel3d").doesNotContain("egl-headless");
    }

    @Test
    void theRecordIsWrittenToBothTheRunningDomainAndItsDefinition() throws Exception {
        start("<metadata><n:note xmlns:n='urn:example'>keep</n:note></metadata>");
        libvirt.setRecord(ID, RecordXml.write(record()));
        for (String text : List.of(libvirt.liveXml(ID), libvirt.inactiveXml(ID))) {
            assertThat(recordOf(text)).isEqualTo(record());
            assertThat(text).contains("urn:example");
        }
        libvirt.setRecord(ID, null);
        libvirt.setRecord(ID, null);
        assertThat(xml.read(libvirt.liveXml(ID)).record()).isNull();
        assertThat(xml.read(libvirt.inactiveXml(ID)).record()).isNull();

        libvirt.destroy(ID);
        libvirt.setRecord(ID, RecordXml.write(record()));
        assertThat(recordOf(libvirt.inactiveXml(ID))).isEqualTo(record());
    }

    @Test
    void theRecordOfTheRunningDomainAloneIsThatOfOneThatRuns() throws Exception {
        start("");
        libvirt.setLiveRecord(ID, RecordXml.write(record()));
        assertThat(recordOf(libvirt.liveXml(ID))).isEqualTo(record());
        assertThat(xml.read(libvirt.inactiveXml(ID)).record()).isNull();

        libvirt.destroy(ID);
        fails(Kind.REFUSED, "not running", () -> libvirt.setLiveRecord(ID, RecordXml.write(record())));
    }

    @Test
    void aTransientDomainHasARecordButNoDefinition() throws Exception {
        Domain domain = EmbeddedLibvirt.connect().domainCreateXML(EmbeddedLibvirt.guest(NAME, ID, ""), 0);
        domain.free();
        assertThat(libvirt.find(ID)).contains(new DomainSummary(ID, NAME, true, false));
        assertThat(libvirt.list()).contains(new DomainSummary(ID, NAME, true, false));
        libvirt.setRecord(ID, RecordXml.write(record()));
        assertThat(recordOf(libvirt.liveXml(ID))).isEqualTo(record());
        fails(Kind.REFUSED, "transient", () -> libvirt.inactiveXml(ID));
        assertThat(libvirt.definition(ID)).isEmpty();
        assertThat(libvirt.stand(ID)).contains(new DomainStand(true, null));
    }

    @Test
    void aRecordThatIsDefinedWithTheDomainIsReadBackAsItWasWritten() throws Exception {
        start("");
        String definition = libvirt.secureInactiveXml(ID);
        libvirt.define(xml.edit(
                definition,
                new DomainEdit(xml.read(definition).tuning(), DisplayChange.KEEP, RecordXml.write(record()))));
        assertThat(recordOf(libvirt.inactiveXml(ID))).isEqualTo(record());
    }

    @Test
    void aPausedGuestIsTold() throws Exception {
        start("");
        assertThat(libvirt.activity(ID).state()).isEqualTo(Activity.State.RUNNING);
        Domain domain = EmbeddedLibvirt.connect().domainLookupByUUIDString(ID.toString());
        domain.suspend();
        assertThat(libvirt.activity(ID).state()).isEqualTo(Activity.State.PAUSED);
        domain.resume();
        assertThat(libvirt.activity(ID).state()).isEqualTo(Activity.State.RUNNING);
        assertThat(libvirt.activity(ID).underWay()).isEmpty();
        domain.free();
        libvirt.destroy(ID);
        assertThat(libvirt.activity(ID).state()).isEqualTo(Activity.State.SHUTOFF);
    }

    @Test
    void whatTheGuestWroteIsCounted() throws Exception {
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, ""));
        assertThat(libvirt.activity(ID).writtenBytes()).isEmpty();
        libvirt.create(ID);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(libvirt.activity(ID).writtenBytes()).isEqualTo(Map.of("vda", 512L)));
    }

    /** The order of libvirt's events, and the vCPUs' time, of which the restart window is made. */
    @Test
    void aGuestThatIsStartedPausedHasNotRunBeforeItIsResumed() throws Exception {
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, ""));
        Domain domain = EmbeddedLibvirt.connect().domainLookupByUUIDString(ID.toString());
        domain.create(START_PAUSED);
        assertThat(libvirt.activity(ID).state()).isEqualTo(Activity.State.PAUSED);
        assertThat(vcpuMillis()).as("before it is resumed").isZero();
        assertThat(libvirt.activity(ID).writtenBytes()).isEqualTo(Map.of("vda", 0L));
        domain.resume();
        domain.free();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(libvirt.activity(ID).writtenBytes()).isEqualTo(Map.of("vda", 512L)));
        assertThat(vcpuMillis()).as("in its firmware and its boot sector").isPositive();
    }

    /** Its firmware asks for an address, of which nobody has one to give. */
    @Test
    void whatTheGuestSendsIsCounted() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "no /dev/net/tun: no tap for a guest");
        // the host's taps are those of other test runs too
        String tap = "ngb" + ProcessHandle.current().pid();
        String network = "<interface type='ethernet'><target dev='" + tap
                + "'/><model type='e1000'/><boot order='1'/></interface>";
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, "").replace("<memballoon", network + "<memballoon"));
        libvirt.create(ID);
        assertThat(xml.read(libvirt.liveXml(ID)).writeWays().interfaces()).containsExactly(tap);
        assertThat(libvirt.activity(ID).sentBytes()).containsOnlyKeys(tap);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(libvirt.activity(ID).sentBytes().get(tap)).isBetween(1L, 64L * 1024));
    }

    /** It shows neither in the XML nor as a job of the domain's. */
    @Test
    void aPullIntoAnOverlayIsTold() throws Exception {
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, "")
                .replace(
                        "<controller",
                        "<disk type='file' device='cdrom'>" + "<target dev='hda' bus='ide'/></disk><controller"));
        libvirt.create(ID);
        assertThat(libvirt.activity(ID).underWay()).isEmpty();

        pulls();

        assertThat(libvirt.liveXml(ID)).doesNotContain("<mirror");
        assertThat(libvirt.activity(ID).underWay()).containsExactly("a block job on disk vda");
        assertThat(libvirt.activity(ID).blockJob()).isTrue();
    }

    /** At so few bytes a second that it does not come to its end. */
    private static void pulls() throws Exception {
        Connect connect = EmbeddedLibvirt.connect();
        Domain domain = connect.domainLookupByUUIDString(ID.toString());
        domain.snapshotCreateXML(
                "<domainsnapshot><disks><disk name='vda'><source file='" + EmbeddedLibvirt.overlay(NAME)
                        + "'/></disk></disks></domainsnapshot>",
                SNAPSHOT_DISK_ONLY | SNAPSHOT_NO_METADATA);
        domain.free();
        LibvirtLibrary library = LibvirtLibrary.load();
        LibvirtSession session = LibvirtSession.open(library, EmbeddedLibvirt.uri());
        try {
            int done = session.call(connection -> {
                DomainPointer pulled = library.extra().virDomainLookupByUUIDString(connection, ID.toString());
                int result = Function.getFunction("virt", "virDomainBlockPull")
                        .invokeInt(new Object[] {pulled, "vda", new NativeLong(1024), PULL_BYTES_A_SECOND});
                library.vir().virDomainFree(pulled);
                return result;
            });
            assertThat(done).isZero();
        } finally {
            session.close();
        }
    }

    /** Of what libvirt adds to a domain that it starts nothing counts. */
    @Test
    void aGuestIsWhatItsDefinitionHasUntilSomebodyChangesItLive() throws Exception {
        String devices = "<disk type='file' device='cdrom'><target dev='hda' bus='ide'/></disk>"
                + "<controller type='scsi' model='virtio-scsi'/>"
                + "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
                + "<serial type='pty'/><input type='tablet' bus='virtio'/><graphics type='vnc'/>"
                + "<video><model type='virtio'/></video><watchdog model='i6300esb'/><panic model='isa'/>"
                + "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>";
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, "").replace("<controller", devices + "<controller"));
        libvirt.create(ID);
        assertThat(xml.holdings(libvirt.liveXml(ID)).things())
                .containsExactlyInAnyOrderElementsOf(
                        xml.holdings(libvirt.inactiveXml(ID)).things());

        Domain domain = EmbeddedLibvirt.connect().domainLookupByUUIDString(ID.toString());
        domain.attachDeviceFlags(
                "<channel type='unix'><target type='virtio' name='a.b'/></channel>", VirExtra.AFFECT_LIVE);
        domain.free();

        assertThat(xml.holdings(libvirt.liveXml(ID)).beyond(xml.holdings(libvirt.inactiveXml(ID))))
                .containsExactly("<channel>");
    }

    @Test
    void aSavedStateIsTold() throws Exception {
        start("");
        Domain domain = EmbeddedLibvirt.connect().domainLookupByUUIDString(ID.toString());
        domain.managedSave();
        assertThat(libvirt.whyOff(ID)).isEqualTo(Libvirt.WhyOff.SAVED);
        assertThat(libvirt.activity(ID).underWay())
                .containsExactly("a saved state that its next start would go on from");
        domain.create();
        assertThat(libvirt.activity(ID).underWay())
                .as("it goes on from that")
                .containsExactly("a life before this start, or a save or migration that was given up");
        domain.free();
    }

    private static long vcpuMillis() throws IOException {
        return new VcpuTimes(Path.of("/"))
                .most((int) EmbeddedLibvirt.pid(NAME))
                .orElseThrow()
                .toMillis();
    }

    @Test
    void memoryIsMovedOnlyWhereLibvirtDoesNoHarm() throws Exception {
        start("");
        libvirt.setLiveNodeset(ID, IdSet.of(0));
        assertThat(xml.read(libvirt.liveXml(ID)).tuning().memory())
                .isEqualTo(new MemoryPlacement(MemoryMode.RESTRICTIVE, IdSet.of(0)));
        libvirt.setLiveNodeset(ID, IdSet.of(0));
        fails(Kind.REFUSED, "NUMA node 7 is unavailable", () -> libvirt.setLiveNodeset(ID, IdSet.of(7)));
        libvirt.destroy(ID);
        fails(Kind.REFUSED, "does not run", () -> libvirt.setLiveNodeset(ID, IdSet.of(0)));

        EmbeddedLibvirt.remove(ID);
        start("<numatune><memory mode='strict' nodeset='0'/></numatune>");
        fails(Kind.REFUSED, "mode strict is fixed", () -> libvirt.setLiveNodeset(ID, IdSet.of(0)));

        EmbeddedLibvirt.remove(ID);
        start("<numatune><memnode cellid='0' mode='strict' nodeset='0'/></numatune><cpu><numa>"
                + "<cell id='0' cpus='0-1' memory='64' unit='MiB'/></numa></cpu>");
        fails(Kind.REFUSED, "memnode", () -> libvirt.setLiveNodeset(ID, IdSet.of(0)));
        assertThat(xml.read(libvirt.liveXml(ID)).tuning().memory()).isNull();
    }

    @Test
    void failuresSayWhatWhereAndWhy() throws Exception {
        UUID nobody = UUID.fromString("5a7d6a3e-0a52-4d2b-9d6e-00000000ffff");
        fails(Kind.NO_DOMAIN, "no domain " + nobody, () -> libvirt.liveXml(nobody));
        assertThat(libvirt.find("ngb-nobody")).isEmpty();
        start("");
        fails(
                Kind.ERROR,
                "cannot pin vCPU 7 to 0 (domain ngb-calls, " + ID + "): invalid argument",
                () -> libvirt.pinVcpu(ID, 7, CPU0));
        fails(Kind.ERROR, "cannot pin vCPU 0 to 4000", () -> libvirt.pinVcpu(ID, 0, IdSet.of(4000)));
        fails(Kind.REFUSED, "no CPUs", () -> libvirt.pinEmulator(ID, IdSet.empty()));
        fails(Kind.REFUSED, "already running", () -> libvirt.create(ID));
        assertThatThrownBy(() -> libvirt.define("<domain type='qemu'><name>x</name><graphics passwd='hush'></domain>"))
                .isInstanceOf(LibvirtFailure.class)
                .hasMessageContaining("cannot define")
                .hasMessageNotContaining("hush");
        libvirt.destroy(ID);
        fails(Kind.REFUSED, "not running", () -> libvirt.pinVcpu(ID, 0, CPU0));
        fails(Kind.REFUSED, "not running", () -> libvirt.destroy(ID));
    }

    @Test
    void aSecretInTheDefinitionSurvivesDefiningItAgain() throws Exception {
        String guest = EmbeddedLibvirt.guest(NAME, ID, "")
                .replace("<memballoon", "<graphics type='vnc' passwd='hush'/><memballoon");
        libvirt.define(guest);
        assertThat(libvirt.inactiveXml(ID)).doesNotContain("hush");
        libvirt.define(libvirt.secureInactiveXml(ID));
        assertThat(libvirt.secureInactiveXml(ID)).contains("passwd='hush'");
    }

    private void start(String extra) throws Exception {
        libvirt.define(EmbeddedLibvirt.guest(NAME, ID, extra));
        libvirt.create(ID);
    }

    private BindingRecord recordOf(String text) throws InvalidDomainXml {
        return RecordXml.read(String.valueOf(xml.read(text).record())).found().orElseThrow();
    }

    private static BindingRecord record() {
        return new BindingRecord(
                "0.1.0",
                "compute-größe",
                Instant.parse("2026-11-23T12:00:00Z"),
                State.SET,
                Outcome.BOUND,
                List.of("chosen"),
                IdSet.of(0),
                new Tuning(Map.of(0, CPU0), CPU0, Map.of(), null, Map.of(), null),
                Tuning.NONE,
                false,
                null,
                Map.of(),
                7,
                "5e1c4c5e-58a5-4c3a-9d0e-2b3f0a1c7d21",
                null,
                0,
                null);
    }

    private static IdSet allowed(String thread) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(EmbeddedLibvirt.pid(NAME)), "task"))) {
            for (Path task : tasks.toList()) {
                if (Files.readString(task.resolve("comm")).strip().equals(thread)) {
                    return Files.readAllLines(task.resolve("status")).stream()
                            .filter(l -> l.startsWith("Cpus_allowed_list:"))
                            .map(l -> IdSet.parse(l.substring(l.indexOf(':') + 1)))
                            .findFirst()
                            .orElseThrow();
                }
            }
        }
        throw new IOException("no thread " + thread);
    }

    private static void fails(Kind kind, String words, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LibvirtFailure.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind))
                .hasMessageContaining(words)
                .hasMessageNotContaining("\n");
    }
}
