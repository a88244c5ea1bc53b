package org.novagpubinder.binding.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.placedOn;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import com.google.inject.Injector;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.daemon.Sweeper;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.binding.release.Releaser.Leave;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.Libvirt.WhyOff;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;

/** What the dry run of a sweep tells is what the sweep then does. */
class ReconcilerTest {
    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(60).memory(Map.of(1, 200_000L));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Reconciliation look() throws Exception {
        int calls = rig.libvirt.calls().size();
        List<Reconciliation> all = rig.get(Reconciler.class).all();
        assertThat(rig.libvirt.calls()).as("calls that change something").hasSize(calls);
        assertThat(all).hasSize(1);
        assertThat(rig.get(Reconciler.class).of(GUEST)).contains(all.get(0));
        return all.get(0);
    }

    private void sweep() throws Exception {
        rig.get(Sweeper.class).sweep();
    }

    @Test
    void aGuestThatNobodyHasBoundYetWouldBeBound() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        Reconciliation r = look();

        assertThat(r.intent()).isEqualTo(Outcome.BOUND);
        assertThat(r.intentNodes()).isEqualTo(IdSet.of(1));
        assertThat(r.record()).isEqualTo("none");
        assertThat(r.vcpuNodes()).isEqualTo(IdSet.of(0, 1));
        assertThat(r.residentKiB()).isEqualTo(Map.of(1, 200_000L));
        assertThat(r.next())
                .containsExactly("pin 2 vCPUs", "pin the emulator threads", "pin 1 iothread", "write the definition");

        sweep();
        int before = rig.asked.calls().size();
        Reconciliation after = look();
        assertThat(after.next()).containsExactly("nothing");
        assertThat(after.settled()).isTrue();
        assertThat(after.record()).isEqualTo("bound to 1");
        assertThat(rig.asked.calls().subList(before, rig.asked.calls().size()))
                .as("a QEMU that does not answer would hold it up")
                .doesNotContain("iothreadPins");
    }

    @Test
    void aPinThatSomebodyHasTakenOffWouldBeSetAgain() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        sweep();
        rig.libvirt.pinVcpu(GUEST, 1, IdSet.range(0, 3));

        assertThat(look().next()).containsExactly("pin 1 vCPU");
    }

    @Test
    void whatNeedsAStartWaitsForIt() throws Exception {
        rig.memory(Map.of(0, 200_000L));
        rig.libvirt.running(guest("", vfio()));

        assertThat(look().next()).containsExactly("write the definition", "wait for its next start");
        sweep();
        assertThat(look().next()).containsExactly("wait for its next start");
        assertThat(look().record()).isEqualTo("deferred to 1");
        assertThat(look().settled()).isFalse();
    }

    @Test
    void aGuestThatIsOffIsNovasAndNothingIsToBeDone() throws Exception {
        rig.libvirt.defined(guest("", renderNode(RENDER1)));

        assertThat(look().settled()).isTrue();
        assertThat(look().vcpuNodes()).isEqualTo(IdSet.empty());
    }

    @Test
    void aHalfDoneRestartWouldBeFinished() throws Exception {
        rig.age(1).memory(Map.of(0, 200_000L));
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.killedIn("create");
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);

        assertThat(look().next()).containsExactly("start it: its restart is half-done");
        assertThat(look().record()).isEqualTo("restarting to 1");

        rig.libvirt.create(GUEST);
        assertThat(look().next()).startsWith("take the mark of its restart off");
    }

    @Test
    void aGuestThatHasPoweredItselfOffInMidRestartWouldNotBeStarted() throws Exception {
        rig.age(1).memory(Map.of(0, 200_000L));
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.killedIn("create");
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);
        rig.libvirt.create(GUEST);
        rig.libvirt.stops(GUEST, WhyOff.SHUT_DOWN);

        Injector next = rig.anotherDaemon();
        assertThat(next.getInstance(Reconciler.class).of(GUEST).orElseThrow().next())
                .containsExactly("nothing");
        next.getInstance(Recovery.class).finish(GUEST);
        assertThat(rig.libvirt.find(GUEST).orElseThrow().active()).isFalse();
    }

    @Test
    void memoryThatCanBeMovedWouldBeMovedBeforeTheThreadsArePinned() throws Exception {
        rig.memory(Map.of(0, 200_000L));
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        assertThat(look().next())
                .containsExactly(
                        "move its memory",
                        "pin 2 vCPUs",
                        "pin the emulator threads",
                        "pin 1 iothread",
                        "write the definition");
    }

    @Test
    void aReleasedGuestIsLeftAlone() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        sweep();
        rig.get(Releaser.class).release(GUEST, Leave.MARK);

        Reconciliation r = look();

        assertThat(r.record()).isEqualTo("released");
        assertThat(r.intent()).isEqualTo(Outcome.IGNORED);
        assertThat(r.next()).containsExactly("nothing");
    }

    @Test
    void recordsOfOthersAreNamed() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        sweep();
        String record = rig.libvirt.record(GUEST);

        rig.libvirt.setRecord(GUEST, record.replace("cmp-a", "cmp-b"));
        assertThat(look().record()).isEqualTo("cmp-b's, to 1");
        assertThat(look().next()).containsExactly("write its record anew");

        rig.libvirt.setRecord(GUEST, record.replace("state=\"set\"", "state=\"dreaming\""));
        assertThat(look().record()).isEqualTo("newer");
        assertThat(look().next()).containsExactly("nothing");

        rig.libvirt.setRecord(GUEST, "<binding xmlns=\"urn:nova-gpu-binder:binding:1\"/>");
        assertThat(look().record()).isEqualTo("unreadable");
    }

    @Test
    void whatNovaHasPlacedIsLeft() throws Exception {
        rig.libvirt.running(guest(placedOn(1), vfio()));

        Reconciliation r = look();

        assertThat(r.next()).doesNotContain("pin 2 vCPUs");
        assertThat(r.vcpuNodes()).isEqualTo(IdSet.of(1));
    }

    @Test
    void aGuestWithoutAGpuOrARecordIsNotListedButToldWhenAskedFor() throws Exception {
        rig.libvirt.running(guest("", ""));

        assertThat(rig.get(Reconciler.class).all()).isEmpty();
        assertThat(rig.get(Reconciler.class).of(GUEST).orElseThrow().next()).containsExactly("nothing");
    }

    @Test
    void aDomainThatCannotBeReadIsListedAsThat() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER0)));
        rig.libvirt.failing("liveXml", Kind.BUSY, "cannot acquire state change lock");

        List<Reconciliation> all = rig.get(Reconciler.class).all();

        assertThat(all).singleElement().satisfies(r -> {
            assertThat(r.intent()).isEqualTo(Outcome.FAILED);
            assertThat(r.reasons().get(0).text()).contains("state change lock");
        });
    }
}
