package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Activity.State;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.ScriptedLibvirt;

/** What Nova does to a guest in its life on this host, and what is made of it: the table of src/docs/operation.md. */
class LifeOfAnInstanceTest {
    private static final IdSet ANY = IdSet.range(0, 3);
    private static final IdSet NODE1 = IdSet.range(2, 3);
    private static final String DISK =
            "<disk type='file' device='disk'><source file='/var/lib/nova/instances/x/disk%s'/>"
                    + "<target dev='vda'/></disk>";
    private static final String NOVAS = guest("", renderNode(RENDER1) + DISK.formatted(""));

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
    void aCreateIsPinnedAtItsStartAndBoundAtItsEnd() throws Exception {
        nova.says("req-1", "create.start");
        libvirt.running(NOVAS);
        nova.libvirt(Kind.DEFINED, Kind.RESUMED, Kind.STARTED);
        pinned(NODE1);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
        nova.sweep();
        assertThat(libvirt.inactiveXml(GUEST))
                .as("a sweep in the middle of it keeps out as well")
                .isEqualTo(NOVAS);

        nova.says("req-1", "create.end");
        boundWholly();
    }

    @Test
    void aHardRebootIsPinnedAtItsStartAndBoundAtItsEnd() throws Exception {
        created();

        nova.says("req-2", "reboot.start");
        libvirt.deletes(GUEST);
        nova.libvirt(Kind.SHUTDOWN, Kind.STOPPED, Kind.UNDEFINED).sweep();
        assertThat(libvirt.find(GUEST))
                .as("undefined for a second, and nobody brings it back")
                .isEmpty();
        libvirt.running(NOVAS);
        nova.libvirt(Kind.DEFINED, Kind.RESUMED, Kind.STARTED);
        pinned(NODE1);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);

        nova.says("req-2", "reboot.end");
        boundWholly();
    }

    @Test
    void theFlavorIsRememberedWhileARebootHasTheDomainUndefined() throws Exception {
        nova.flavor(Map.of("gpu_binder:policy", "off")).says("req-1", "create.start");
        libvirt.running(NOVAS);
        nova.says("req-1", "create.end");

        nova.flavor(Map.of("gpu_binder:policy", "off"));
        nova.unversioned("req-2", "reboot.start", Nova.HERE, Nova.HERE);
        libvirt.deletes(GUEST);
        nova.sweep();
        libvirt.running(NOVAS);
        nova.libvirt(Kind.STARTED);

        pinned(ANY);
    }

    @Test
    void aSoftRebootBringsTheOldMarksBackAndTheyHold() throws Exception {
        created();
        int calls = libvirt.calls().size();

        nova.says("req-2", "reboot.start");
        libvirt.stops(GUEST);
        libvirt.starts(GUEST);
        nova.libvirt(Kind.SHUTDOWN, Kind.STOPPED, Kind.RESUMED, Kind.STARTED).says("req-2", "reboot.end");

        boundWholly();
        assertThat(libvirt.calls()).hasSize(calls);
    }

    @Test
    void aStopLeavesTheDefinitionAndAStartIsBoundAnew() throws Exception {
        created();

        nova.says("req-2", "power_off.start");
        libvirt.stops(GUEST);
        nova.libvirt(Kind.SHUTDOWN, Kind.STOPPED).says("req-2", "power_off.end").sweep();
        assertThat(libvirt.find(GUEST).orElseThrow().active()).isFalse();
        assertThat(defined().pins().vcpus()).hasSize(2);

        nova.says("req-3", "power_on.start");
        libvirt.redefines(GUEST, NOVAS);
        libvirt.starts(GUEST);
        nova.libvirt(Kind.UNDEFINED, Kind.DEFINED, Kind.RESUMED, Kind.STARTED).says("req-3", "power_on.end");
        boundWholly();
    }

    @Test
    void aPauseChangesNothingAndAPausedGuestIsNeverRestarted() throws Exception {
        rig.memory(Map.of(0, 200_000L));
        libvirt.running(guest("", vfio()));
        nova.says("req-2", "pause.start");
        libvirt.pauses(GUEST);
        nova.libvirt(Kind.SUSPENDED).says("req-2", "pause.end");

        nova.says("req-1", "create.end");

        assertThat(libvirt.calls()).doesNotContain("destroy", "create");
        assertThat(libvirt.activity(GUEST).state()).isEqualTo(State.PAUSED);
    }

    @Test
    void aResumedGuestIsPinnedAndNeverRestarted() throws Exception {
        rig.memory(Map.of(0, 200_000L)).arguments("-incoming", "defer");
        nova.says("req-1", "suspend.start");
        libvirt.defined(guest("", vfio()));
        nova.libvirt(Kind.SUSPENDED, Kind.STOPPED).says("req-1", "suspend.end").sweep();
        assertThat(libvirt.find(GUEST).orElseThrow().active())
                .as("it stays suspended")
                .isFalse();

        nova.says("req-2", "resume.start");
        libvirt.running(guest("", vfio()));
        nova.libvirt(Kind.DEFINED, Kind.STARTED, Kind.RESUMED).says("req-2", "resume.end");

        assertThat(libvirt.calls()).doesNotContain("destroy", "create").contains("define");
    }

    @Test
    void aRebuildIsBoundAtItsEnd() throws Exception {
        created();

        nova.says("req-2", "rebuild.start");
        libvirt.deletes(GUEST);
        nova.libvirt(Kind.SHUTDOWN, Kind.STOPPED, Kind.UNDEFINED);
        libvirt.running(NOVAS);
        nova.libvirt(Kind.DEFINED, Kind.RESUMED, Kind.STARTED).says("req-2", "rebuild.end");

        boundWholly();
    }

    @Test
    void aDeletedInstanceIsForgottenAndNotBroughtBack() throws Exception {
        created();

        nova.says("req-2", "delete.start", "shutdown.start");
        libvirt.stops(GUEST);
        nova.libvirt(Kind.STOPPED).sweep();
        libvirt.deletes(GUEST);
        nova.libvirt(Kind.UNDEFINED).sweep().says("req-2", "shutdown.end", "delete.end");

        assertThat(libvirt.find(GUEST)).isEmpty();
        assertThat(rig.get(EventRouter.class).flavor(GUEST)).isEqualTo(Flavor.UNKNOWN);
    }

    @Test
    void aGuestWhoseGpuIsGoneKeepsItsBinding() throws Exception {
        libvirt.running(guest("", vfio()));
        nova.says("req-1", "create.end");
        int calls = libvirt.calls().size();
        Files.move(root.resolve("sys/bus/pci/devices/0000:42:00.0"), root.resolve("gone"));

        nova.sweep().says("req-2", "reboot.end");
        assertThat(codes(rig.bind(Trigger.SWEEP))).containsOnly("device-absent");

        assertThat(defined().pins().vcpus()).hasSize(2);
        pinned(NODE1);
        assertThat(libvirt.calls()).hasSize(calls);
    }

    @Test
    void aGuestThatStartsWhileItsGpuIsGoneForAMomentIsBoundWithoutASweep() throws Exception {
        Path gpu = root.resolve("sys/bus/pci/devices/0000:42:00.0");
        Files.move(gpu, root.resolve("gone"));
        libvirt.running(guest("", vfio()));
        nova.says("req-1", "create.end");
        assertThat(libvirt.calls()).isEmpty();

        Files.move(root.resolve("gone"), gpu);

        await().untilAsserted(() -> pinned(NODE1));
    }
}
