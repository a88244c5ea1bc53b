package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.binding.report.StatusService;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.ScriptedLibvirt;

/** The life of an instance goes on: resize, rescue, shelve and snapshot, where the domain becomes another for a while. */
class MovesOfAnInstanceTest {
    private static final IdSet NODE1 = IdSet.range(2, 3);
    private static final String DISK =
            "<disk type='file' device='disk'><source file='/var/lib/nova/instances/x/disk%s'/>"
                    + "<target dev='vda'/></disk>";
    private static final String NOVAS = guest("", renderNode(RENDER1) + DISK.formatted(""));
    private static final String RESCUE = guest("", renderNode(RENDER1) + DISK.formatted(".rescue"));

    @TempDir
    Path root;

    private BinderRig rig;
    private ScriptedLibvirt libvirt;
    private Nova nova;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(1).memory(Map.of(1, 200_000L));
        libvirt = rig.libvirt;
        nova = new Nova(rig);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Tuning defined() throws Exception {
        return new DomainXml().read(libvirt.inactiveXml(GUEST)).tuning();
    }

    private void pinned(IdSet cpus) throws Exception {
        assertThat(libvirt.vcpuPins(GUEST))
                .allSatisfy((vcpu, now) -> assertThat(now).isEqualTo(cpus));
    }

    private void boundWholly() throws Exception {
        pinned(NODE1);
        assertThat(defined().pins().vcpus()).hasSize(2);
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BOUND);
    }

    private void created() throws Exception {
        nova.says("req-create", "create.start");
        libvirt.running(NOVAS);
        nova.libvirt(Kind.DEFINED, Kind.RESUMED, Kind.STARTED).says("req-create", "create.end");
        boundWholly();
    }

    @Test
    void aResizeOnThisHostIsBoundInItsNewDefinitionBeforeItsStart() throws Exception {
        created();
        String smaller = NOVAS.replace("<vcpu>2</vcpu>", "<vcpu>1</vcpu>");

        nova.says("req-2", "resize_prep.start", "resize_prep.end", "resize.start");
        libvirt.stops(GUEST);
        nova.libvirt(Kind.SHUTDOWN, Kind.STOPPED).says("req-2", "resize.end", "resize_finish.start");
        libvirt.redefines(GUEST, smaller);
        nova.libvirt(Kind.DEFINED).sweep();
        assertThat(defined().pins().vcpus()).hasSize(1);
        libvirt.starts(GUEST);
        nova.libvirt(Kind.RESUMED, Kind.STARTED);
        assertThat(libvirt.vcpuPins(GUEST)).hasSize(1);
        pinned(NODE1);

        nova.says("req-2", "resize_finish.end");
        assertThat(defined().pins().vcpus()).hasSize(1);
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BOUND);
        int calls = libvirt.calls().size();
        nova.says("req-3", "resize_confirm.start", "resize_confirm.end");
        assertThat(libvirt.calls()).hasSize(calls);
    }

    @Test
    void aResizeThatIsRevertedOnThisHostIsBoundAgain() throws Exception {
        created();

        nova.says("req-2", "resize_revert.start");
        libvirt.deletes(GUEST);
        libvirt.running(NOVAS);
        nova.libvirt(Kind.UNDEFINED, Kind.DEFINED, Kind.RESUMED, Kind.STARTED);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
        nova.says("req-2", "resize_revert.end");

        boundWholly();
    }

    @Test
    void aResizeThatIsRevertedToAnotherHostIsForgottenHere() throws Exception {
        nova.flavor(Map.of("gpu_binder:policy", "required")).says("req-1", "resize_finish.start");
        assertThat(rig.get(EventRouter.class).flavor(GUEST)).isNotEqualTo(Flavor.UNKNOWN);

        // the host that gets it back says so, while the instance's host is this one still
        nova.hostSays("req-2", "resize_revert.start", Nova.ELSEWHERE, Nova.HERE);

        assertThat(rig.get(EventRouter.class).flavor(GUEST)).isEqualTo(Flavor.UNKNOWN);
        assertThat(rig.get(NovaTasks.class).running(GUEST)).isEmpty();
    }

    @Test
    void whatNobodyTellsHasLeftIsForgottenByTheSweep() throws Exception {
        nova.flavor(Map.of("gpu_binder:policy", "required"));
        created();
        libvirt.deletes(GUEST);

        nova.sweep();

        assertThat(rig.get(EventRouter.class).flavor(GUEST)).isEqualTo(Flavor.UNKNOWN);
    }

    @Test
    void aRescueDomainIsPinnedAndNothingElseAndTheUnrescuedGuestIsBound() throws Exception {
        created();
        String marked = libvirt.inactiveXml(GUEST);

        nova.says("req-2", "rescue.start");
        libvirt.stops(GUEST);
        libvirt.redefines(GUEST, RESCUE);
        libvirt.starts(GUEST);
        nova.libvirt(Kind.SHUTDOWN, Kind.STOPPED, Kind.DEFINED, Kind.RESUMED, Kind.STARTED);
        pinned(NODE1);
        nova.says("req-2", "rescue.end").sweep();
        assertThat(libvirt.inactiveXml(GUEST)).as("it is Nova's").isEqualTo(RESCUE);
        assertThat(rig.bind(Trigger.TASK_ENDED).reasons().get(0).code().word()).isEqualTo("rescue");

        nova.says("req-3", "unrescue.start");
        libvirt.stops(GUEST);
        libvirt.redefines(GUEST, marked);
        libvirt.starts(GUEST);
        nova.libvirt(Kind.SHUTDOWN, Kind.STOPPED, Kind.DEFINED, Kind.RESUMED, Kind.STARTED)
                .says("req-3", "unrescue.end");
        boundWholly();
    }

    @Test
    void aRescueDomainIsSaidToBeOne() throws Exception {
        libvirt.running(RESCUE);

        DomainStatus rendered = rig.get(StatusService.class).of(GUEST).orElseThrow();
        assertThat(rendered.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(rendered.reasons().get(0).code().word()).isEqualTo("rescue");

        libvirt.running(guest("", DISK.formatted(".rescue")));
        assertThat(rig.get(StatusService.class).of(GUEST).orElseThrow().reasons())
                .as("the render node that it is given is not in Nova's rescue domain")
                .extracting(reason -> reason.code().word())
                .containsExactly("rescue", "no-gpu");
    }

    @Test
    void aRescueDomainIsNotRestartedWhateverItsMemory() throws Exception {
        rig.memory(Map.of(0, 200_000L));
        libvirt.running(guest("", vfio() + DISK.formatted(".rescue")));

        rig.bind(Trigger.TASK_ENDED);
        rig.bind(Trigger.COMMAND_WITH_RESTART);

        assertThat(libvirt.calls()).isEmpty();
    }

    @Test
    void aShelvedInstanceIsForgottenAndAnUnshelvedOneIsBound() throws Exception {
        created();
        nova.says("req-2", "shelve.start", "power_off.start");
        libvirt.stops(GUEST);
        nova.says("req-2", "power_off.end", "shelve.end", "shelve_offload.start");
        libvirt.deletes(GUEST);
        nova.libvirt(Kind.UNDEFINED).says("req-2", "shelve_offload.end");
        assertThat(rig.get(EventRouter.class).flavor(GUEST)).isEqualTo(Flavor.UNKNOWN);

        nova.says("req-3", "unshelve.start");
        libvirt.running(NOVAS);
        nova.libvirt(Kind.DEFINED, Kind.RESUMED, Kind.STARTED);
        pinned(NODE1);
        nova.says("req-3", "unshelve.end");
        boundWholly();
    }

    @Test
    void aLiveSnapshotFindsItsDomainAsItLeftIt() throws Exception {
        rig.age(60);
        libvirt.running(NOVAS);
        nova.says("req-1", "snapshot.start");
        libvirt.undefines(GUEST);
        nova.libvirt(Kind.UNDEFINED).sweep();
        assertThat(libvirt.find(GUEST).orElseThrow().persistent())
                .as("for 80 ms")
                .isFalse();

        libvirt.redefines(GUEST, NOVAS);
        nova.libvirt(Kind.DEFINED).sweep();
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
        nova.says("req-1", "snapshot.end");

        boundWholly();
        assertThat(libvirt.calls()).doesNotContain("destroy");
    }

    @Test
    void aLiveSnapshotOfWhichNoMessageWasHeardIsLeftAloneToo() throws Exception {
        libvirt.running(NOVAS);
        libvirt.undefines(GUEST);

        nova.sweep();
        assertThat(libvirt.calls()).doesNotContain("define");

        libvirt.redefines(GUEST, NOVAS);
        nova.sweep();
        boundWholly();
    }

    @Test
    void aGuestThatArrivesKeepsNoLaneBusyBeforeItIsHere() throws Exception {
        libvirt.running(NOVAS);

        // libvirt tells this while the guest's memory is still coming
        migrated(Kind.STARTED);
        assertThat(libvirt.calls()).isEmpty();

        migrated(Kind.RESUMED);
        pinned(NODE1);
        nova.says("req-1", "live_migration_post_dest.end");
        boundWholly();
    }

    private void migrated(Kind kind) throws InterruptedException {
        rig.get(EventRouter.class).happened(new DomainEvent(GUEST, "instance-00000001", kind, 1, System.nanoTime()));
        nova.libvirt();
    }
}
