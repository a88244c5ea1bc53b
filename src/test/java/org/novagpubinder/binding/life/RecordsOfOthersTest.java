package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.placedOn;
import static org.novagpubinder.binding.life.BinderRig.renderNode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.inventory.Observer;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.testing.LogLines;
import org.novagpubinder.testing.XmlMeaning;

/** Records that this daemon on this host has not written, or not so. */
class RecordsOfOthersTest {
    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(60).memory(Map.of(1, 200_000L));
    }

    private String bound() throws Exception {
        String former = guest("", renderNode(RENDER1));
        rig.libvirt.running(former);
        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.BOUND);
        return former;
    }

    private void recordBecomes(String what, String by) throws Exception {
        String record = rig.libvirt.record(GUEST);
        assertThat(record).contains(what);
        rig.libvirt.setRecord(GUEST, record.replaceFirst(java.util.regex.Pattern.quote(what), by));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host=\"cmp-a\"|host=\"cmp-a\" colour=\"blue\"",
                "state=\"set\"|state=\"dreaming\"",
                "outcome=\"bound\"|outcome=\"levitating\"",
                "<set>|<set><cachetune vcpus=\"0-1\"/>",
                "</binding>|<set/></binding>",
                "urn:nova-gpu-binder:binding:1|urn:nova-gpu-binder:binding:2",
            })
    void whatANewerVersionHasBoundIsLeftAsItIsWhateverIsAsked(String change) throws Exception {
        bound();
        String[] words = change.split("\\|", 2);
        String record = rig.libvirt.record(GUEST);
        String newer = rig.libvirt.inactiveXml(GUEST).replace(record, record.replace(words[0], words[1]));
        assertThat(newer).isNotEqualTo(rig.libvirt.inactiveXml(GUEST));
        rig.libvirt.redefines(GUEST, newer);
        int calls = rig.libvirt.calls().size();

        try (LogLines log = LogLines.of(Observer.class.getName())) {
            for (Trigger trigger : Trigger.values()) {
                BindResult result = rig.bind(trigger, Map.of("gpu_binder:policy", "required"));
                assertThat(result.outcome()).isEqualTo(Outcome.IGNORED);
                assertThat(codes(result)).startsWith("record-newer");
            }
            BindResult released = rig.get(Releaser.class).release(GUEST).orElseThrow();
            assertThat(released.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(released.reasons().get(0).text()).contains("newer version", "hard reboot");
            assertThat(log.lines()).as("told once").singleElement().asString().startsWith("WARN instance " + GUEST);
        }
        assertThat(rig.libvirt.calls()).hasSize(calls);
        assertThat(rig.libvirt.inactiveXml(GUEST)).isEqualTo(newer);
    }

    @Test
    void aGuestThatANewerVersionWasRestartingIsStillStarted() throws Exception {
        bound();
        long started = rig.get(QemuProcesses.class).find(GUEST).orElseThrow().startTicks();
        recordBecomes(
                "state=\"set\"",
                "state=\"restarting\" haste=\"much\" start=\"" + started + "\" boot=\"" + BinderRig.BOOT + "\"");
        rig.libvirt.stops(GUEST);

        rig.get(Recovery.class).finish(GUEST);

        assertThat(rig.libvirt.find(GUEST).orElseThrow().active()).isTrue();
    }

    /** Else its binding would look as if this version had made all of it, and what it does not know stayed there for ever. */
    @ParameterizedTest
    @CsvSource({"10, started", "10, refused", "10, stopped", "90, lost"})
    void whatANewerVersionsMarkSaysBesidesStaysWhateverBecomesOfTheGuest(int seconds, String end) throws Exception {
        bound();
        rig.marksItsRestart();
        recordBecomes("state=\"restarting\"", "state=\"restarting\" haste=\"much &amp; more\"");
        recordBecomes("<set>", "<set><cachetune vcpus=\"0-1\"><level n=\"3\"/></cachetune>");
        rig.libvirt.stops(GUEST);
        rig.passes(Duration.ofSeconds(seconds));
        if (end.equals("refused")) {
            rig.libvirt.failing("create", Kind.ERROR, "no");
        } else if (end.equals("stopped")) {
            rig.get(NovaTasks.class)
                    .heard(
                            GUEST,
                            Events.sent(
                                    Events.ofNova("instance.power_off.start", Action.IGNORE, GUEST, "req-nova"),
                                    rig.wall.instant()));
        }

        rig.get(Recovery.class).finish(GUEST);

        boolean runs = end.equals("started") || end.equals("refused");
        assertThat(rig.libvirt.find(GUEST).orElseThrow().active()).isEqualTo(runs);
        String record = rig.libvirt.record(GUEST);
        assertThat(record)
                .contains("haste=\"much &amp; more\"", "<cachetune vcpus=\"0-1\"><level n=\"3\"></level></cachetune>")
                .contains(runs ? "state=\"restarting\"" : "state=\"set\"");
        assertThat(record.contains("vcpupin")).as("taken off").isNotEqualTo(end.equals("refused"));
        assertThat(codes(rig.bind(Trigger.SWEEP))).startsWith("record-newer");
    }

    @Test
    void anOlderVersionsRecordLacksWhatWasInventedLaterAndIsReleased() throws Exception {
        String former = bound();
        String record = rig.libvirt.record(GUEST);
        String older = record.replaceFirst(" nodes=\"[^\"]*\"", "").replaceAll("<reason [^>]*>", "");
        assertThat(older).isNotEqualTo(record);
        rig.libvirt.setRecord(GUEST, older);
        assertThat(rig.record().nodes()).isEqualTo(IdSet.empty());

        assertThat(rig.bind(Trigger.SWEEP).outcome()).isIn(Outcome.ALIGNED, Outcome.BOUND);
        rig.get(Releaser.class).release(GUEST);

        assertThat(XmlMeaning.sameMeaning(rig.libvirt.inactiveXml(GUEST), former))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<binding xmlns=\"urn:nova-gpu-binder:binding:1\"/>",
                "<binding xmlns=\"urn:nova-gpu-binder:binding:1\" version=\"1\" host=\"cmp-a\" time=\"noon\" state=\"set\" "
                        + "outcome=\"bound\"/>",
                "<binding xmlns=\"urn:nova-gpu-binder:binding:1\" version=\"1\" host=\"cmp-a\" time=\"2026-11-23T12:00:00Z\" "
                        + "state=\"set\" outcome=\"bound\"><set><vcpupin vcpus=\"x\" cpuset=\"0\"/></set></binding>"
            })
    void whatCannotBeReadMakesNothingOurs(String garbage) throws Exception {
        String novas = guest(placedOn(0), renderNode(RENDER0));
        rig.libvirt.running(novas);
        rig.libvirt.setRecord(GUEST, garbage);
        String there = rig.libvirt.inactiveXml(GUEST);

        try (LogLines log = LogLines.of(Observer.class.getName())) {
            BindResult released = rig.get(Releaser.class).release(GUEST).orElseThrow();
            assertThat(released.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(codes(released)).containsExactly("record-invalid");
            rig.bind(Trigger.SWEEP);
            assertThat(log.lines()).as("told once").hasSize(1);
        }

        assertThat(rig.libvirt.vcpuPins(GUEST).get(0)).as("Nova's").isEqualTo(IdSet.range(0, 1));
        assertThat(new DomainXml()
                        .read(rig.libvirt.inactiveXml(GUEST))
                        .tuning()
                        .pins()
                        .vcpus())
                .isEqualTo(new DomainXml().read(there).tuning().pins().vcpus());
    }

    @Test
    void aRecordOfAnotherHostIsPlannedAnewAndBecomesOurs() throws Exception {
        bound();
        recordBecomes("host=\"cmp-a\"", "host=\"cmp-b\"");

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isIn(Outcome.ALIGNED, Outcome.BOUND);
        assertThat(rig.record().host()).isEqualTo("cmp-a");
    }

    /** An evacuated or migrated guest: the CPUs, the node and the render node of that host may not exist here. */
    @Test
    void whatStoodThereOnAnotherHostDoesNotComeBackWhereItCannotBe() throws Exception {
        bound();
        recordBecomes("host=\"cmp-a\"", "host=\"cmp-b\"");
        recordBecomes(
                "</binding>",
                "<before renderNode=\"/dev/dri/renderD200\"><vcpupin vcpus=\"0\" cpuset=\"64-71\"/>"
                        + "<vcpupin vcpus=\"1\" cpuset=\"0\"/><emulatorpin cpuset=\"64\"/><iothreadpin iothreads=\"1\" "
                        + "cpuset=\"65\"/><memory mode=\"strict\" nodeset=\"5\"/></before></binding>");

        rig.get(Releaser.class).release(GUEST);

        var tuning = new DomainXml().read(rig.libvirt.inactiveXml(GUEST)).tuning();
        assertThat(tuning.pins().vcpus()).isEqualTo(Map.of(1, IdSet.of(0)));
        assertThat(tuning.pins().emulator()).isNull();
        assertThat(tuning.pins().iothreads()).isEmpty();
        assertThat(tuning.memory()).isNull();
        assertThat(tuning.renderNode()).isNotEqualTo("/dev/dri/renderD200");
        assertThat(rig.libvirt.vcpuPins(GUEST)).isEqualTo(Map.of(0, IdSet.range(0, 3), 1, IdSet.of(0)));
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void ofAnotherHostsRecordNoStateCounts(State state) throws Exception {
        bound();
        recordBecomes("host=\"cmp-a\"", "host=\"cmp-b\"");
        recordBecomes("state=\"set\"", "state=\"" + state.name().toLowerCase(java.util.Locale.ROOT) + "\"");

        assertThat(rig.bind(Trigger.SWEEP).outcome()).isIn(Outcome.ALIGNED, Outcome.BOUND);
        rig.libvirt.stops(GUEST);
        rig.get(Recovery.class).finish(GUEST);
        assertThat(rig.libvirt.find(GUEST).orElseThrow().active()).isFalse();
    }

    @Test
    void aRecordWithoutItsChangesTakesNothingOfNovasOff() throws Exception {
        bound();
        String record = rig.libvirt.record(GUEST);
        String novas = guest(placedOn(0), renderNode(RENDER0));
        rig.libvirt.running(novas);
        rig.libvirt.setRecord(GUEST, record);

        BindResult result = rig.get(Releaser.class).release(GUEST).orElseThrow();

        assertThat(result.outcome()).isEqualTo(Outcome.IGNORED);
        assertThat(XmlMeaning.sameMeaning(rig.libvirt.inactiveXml(GUEST), novas))
                .isTrue();
        assertThat(rig.libvirt.vcpuPins(GUEST).get(0)).isEqualTo(IdSet.range(0, 1));
    }

    @Test
    void ofTwoRecordsTheFirstHoldsAsInLibvirtAndBothAreTakenAway() throws Exception {
        String former = bound();
        String record = rig.libvirt.record(GUEST);
        String second = record.replace("<set>", "<set renderNode=\"/dev/dri/renderD200\">");
        rig.libvirt.redefines(GUEST, rig.libvirt.inactiveXml(GUEST).replace(record, record + second));
        assertThat(RecordXml.read(rig.libvirt.record(GUEST))
                        .found()
                        .orElseThrow()
                        .set()
                        .renderNode())
                .isNull();

        rig.get(Releaser.class).release(GUEST);

        assertThat(XmlMeaning.sameMeaning(rig.libvirt.inactiveXml(GUEST), former))
                .isTrue();
        assertThat(List.of(rig.libvirt.inactiveXml(GUEST))).noneMatch(x -> x.contains("nova-gpu-binder"));
    }
}
