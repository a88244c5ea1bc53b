package org.novagpubinder.binding.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.definition.RestartMark;
import org.novagpubinder.binding.inventory.Observer;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.placement.model.Outcome;

/** An operator's release beside whatever else happens to the domain. */
class ReleaseServiceTest {
    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(1).memory(Map.of(1, 200_000L));
    }

    private ReleaseService service(Duration patience) {
        return new ReleaseService(
                rig.libvirt,
                rig.get(Observer.class),
                rig.get(Topologies.class),
                rig.get(Releaser.class),
                rig.get(RestartMark.class),
                patience);
    }

    private ReleaseService service() {
        return service(Duration.ZERO);
    }

    private UUID guest(int number, String devices) throws Exception {
        UUID uuid = UUID.fromString(String.format(Locale.ROOT, "5b0d1a9e-9a35-4c49-8e7c-%012d", number));
        rig.process(uuid, 1);
        rig.libvirt.running(guest("", devices).replace(GUEST.toString(), uuid.toString()));
        rig.get(Binder.class).bind(uuid, Trigger.COMMAND, Flavor.UNKNOWN);
        return uuid;
    }

    private static String guest(String tune, String devices) {
        return BinderRig.guest(tune, devices);
    }

    private void killedInItsRestart(String call) throws Exception {
        rig.memory(Map.of(0, 200_000L));
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.killedIn(call);
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);
        assertThat(rig.record().state()).isEqualTo(State.RESTARTING);
    }

    @Test
    void oneIsReleasedAndMarked() throws Exception {
        UUID uuid = guest(1, renderNode(RENDER1));

        BindResult result = service().one(uuid).orElseThrow();

        assertThat(codes(result)).containsExactly("released");
        assertThat(RecordXml.read(rig.libvirt.record(uuid))
                        .found()
                        .orElseThrow()
                        .state())
                .isEqualTo(State.RELEASED);
    }

    @Test
    void nothingOfOursIsNoFailure() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        BindResult result = service().one(GUEST).orElseThrow();

        assertThat(result.outcome()).isEqualTo(Outcome.IGNORED);
        assertThat(codes(result)).containsExactly("not-bound");
        assertThat(rig.libvirt.calls()).isEmpty();
        assertThat(service().one(UUID.randomUUID())).isEmpty();
    }

    @Test
    void aGuestThatTheDaemonHasStoppedForItsRestartIsNotLeftOff() throws Exception {
        killedInItsRestart("create");
        int calls = rig.libvirt.calls().size();

        for (BindResult result : List.of(
                service().one(GUEST).orElseThrow(),
                service().forGood(service().bound().get(0)))) {
            assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(result.reasons().get(0).text())
                    .contains("in the middle of a restart", "openstack server start " + GUEST);
        }

        assertThat(rig.libvirt.calls()).hasSize(calls);
        rig.get(Recovery.class).finish(GUEST);
        rig.passes(Duration.ofMinutes(4));
        assertThat(service().one(GUEST).orElseThrow().outcome())
                .as("once it runs, and its mark is long past")
                .isEqualTo(Outcome.DEFERRED);
    }

    @Test
    void aRestartThatIsUnderWayIsWaitedFor() throws Exception {
        killedInItsRestart("setRecord");
        assertThat(codes(service().one(GUEST).orElseThrow())).containsExactly("task-running");
        AtomicBoolean begun = new AtomicBoolean();
        Thread daemon = new Thread(() -> {
            try {
                Thread.sleep(500);
                begun.set(true);
                rig.bind(Trigger.SWEEP);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        daemon.start();

        BindResult result = service(Duration.ofSeconds(30)).one(GUEST).orElseThrow();

        assertThat(begun).as("it was waited for").isTrue();
        daemon.join();
        // on a slow machine the daemon may have been at work on it still
        assertThat(codes(result)).containsAnyOf("released", "task-running");
        service().one(GUEST);
        assertThat(rig.record().state()).isEqualTo(State.RELEASED);
    }

    @Test
    void aMarkOfLongAgoOnAGuestThatIsOffKeepsNobody() throws Exception {
        killedInItsRestart("create");
        rig.passes(Duration.ofMinutes(16));

        assertThat(service().one(GUEST).orElseThrow().outcome()).isEqualTo(Outcome.IGNORED);
        assertThat(rig.libvirt.find(GUEST).orElseThrow().active()).isFalse();
    }

    @Test
    void whileALiveMigrationRunsItSaysSo() throws Exception {
        UUID uuid = guest(1, renderNode(RENDER1));
        String bound = rig.libvirt.inactiveXml(uuid);
        rig.libvirt.failing("pinVcpu", Kind.BUSY, "cannot acquire state change lock");

        BindResult result = service().one(uuid).orElseThrow();

        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.reasons().get(0).text()).contains("live migration", "try again");
        assertThat(rig.libvirt.inactiveXml(uuid)).isEqualTo(bound);
    }

    @Test
    void aLiveSnapshotsMomentWithoutADefinitionIsWaitedFor() throws Exception {
        UUID uuid = guest(1, renderNode(RENDER1));
        String bound = rig.libvirt.inactiveXml(uuid);
        rig.libvirt.undefines(uuid);
        Thread nova = new Thread(() -> {
            try {
                Thread.sleep(300);
                rig.libvirt.define(bound);
            } catch (InterruptedException | LibvirtFailure e) {
                throw new IllegalStateException(e);
            }
        });
        nova.start();

        BindResult result = service(Duration.ofSeconds(30)).one(uuid).orElseThrow();

        nova.join();
        assertThat(result.done()).contains("put its definition back");
    }

    /** Nova's live snapshot and its volume swap keep it without a definition as long as they copy. */
    @Test
    void aSnapshotThatCopiesForLongIsLeftAsItIs() throws Exception {
        UUID uuid = guest(1, renderNode(RENDER1));
        rig.libvirt.undefines(uuid);
        rig.libvirt.has(uuid, "a block job on disk vdr");
        int calls = rig.libvirt.calls().size();

        for (BindResult result : List.of(
                service().one(uuid).orElseThrow(),
                service().forGood(service().bound().get(0)))) {
            assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(codes(result)).containsExactly("task-running");
            assertThat(result.reasons().get(0).text()).contains("is being copied", "try again then");
        }

        assertThat(rig.libvirt.calls()).hasSize(calls);
    }

    @Test
    void allMeansWhoeverCarriesARecordAndOneThatFailsStopsNobody() throws Exception {
        UUID first = guest(1, renderNode(RENDER1));
        UUID second = guest(2, renderNode(RENDER1));
        UUID third = guest(3, renderNode(RENDER1));
        rig.libvirt.running(guest("", ""));
        rig.libvirt.setRecord(second, rig.libvirt.record(second).replace("cmp-a", "cmp-b"));
        ReleaseService service = service();
        List<DomainSummary> bound = service.bound();
        assertThat(bound).extracting(DomainSummary::uuid).containsExactlyInAnyOrder(first, second, third);
        rig.libvirt.failing("define", Kind.ERROR, "no space left on device");

        List<BindResult> results = bound.stream().map(service::forGood).toList();

        assertThat(results)
                .extracting(BindResult::outcome)
                .containsExactly(Outcome.FAILED, Outcome.IGNORED, Outcome.IGNORED);
        assertThat(results.get(0).reasons().get(0).text()).contains("no space left");
        assertThat(service.bound()).hasSize(1);
        assertThat(service.forGood(bound.get(0)).outcome()).as("again").isEqualTo(Outcome.IGNORED);
        assertThat(service.bound()).isEmpty();
    }

    @Test
    void aDomainThatCannotBeReadIsTold() throws Exception {
        guest(1, renderNode(RENDER1));
        rig.libvirt.failing("liveXml", Kind.ERROR, "cannot parse").failing("liveXml", Kind.ERROR, "cannot parse");
        ReleaseService service = service();

        BindResult result = service.forGood(service.bound().get(0));

        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.reasons().get(0).text()).isEqualTo("cannot parse");
    }
}
