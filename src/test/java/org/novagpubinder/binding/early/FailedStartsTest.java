package org.novagpubinder.binding.early;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.early.EarlyRig.NODE1;
import static org.novagpubinder.binding.early.EarlyRig.NOVAS;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.guest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.decision.BindingCounters.EarlyResult;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.life.Nova;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.testing.ScriptedLibvirt;

/** A start of Nova's that failed after its guest was bound: the next one is as Nova defines it, whichever daemon hears of it. */
class FailedStartsTest {
    private final Path root;
    private final EarlyRig early;
    private final BinderRig rig;
    private final ScriptedLibvirt libvirt;
    private final Nova nova;

    FailedStartsTest(@TempDir Path root) {
        this.root = root;
        early = new EarlyRig(root);
        rig = early.rig;
        libvirt = early.libvirt;
        nova = early.nova;
    }

    @AfterEach
    void stop() {
        early.rig.close();
    }

    @Test
    void aGuestWhoseStartHasFailedIsNotBoundBeforeTheNext() throws Exception {
        early.definesIn("rebuild");
        nova.says("req-1", "snapshot.error").libvirt();
        assertThat(early.count("rebuild", EarlyResult.FAILED))
                .as("another task")
                .isZero();
        nova.says("req-1", "rebuild.error").libvirt();
        assertThat(early.count("rebuild", EarlyResult.FAILED)).isOne();

        early.undefines();
        early.definesIn("rebuild", "req-2");
        assertThat(early.definition()).as("tried once").isEqualTo(NOVAS);
        early.starts();
        nova.says("req-2", "rebuild.end");
        assertThat(libvirt.vcpuPins(GUEST).values()).as("its pins end with it").containsOnly(NODE1);
        assertThat(early.definition()).as("nothing else is tried again").isEqualTo(NOVAS);
    }

    /** It undefines the domain before it tells of the failure. */
    @Test
    void aCreateThatFailsIsKnownAfterNovasCleanupToo() throws Exception {
        early.definesIn("create");
        early.undefines().says("req-1", "create.error").libvirt();
        assertThat(early.count("create", EarlyResult.FAILED)).isOne();
    }

    @Test
    void aCreateThatFailsAfterTheGuestHasStartedIsNoFailureOfItsBinding() throws Exception {
        early.definesIn("create");
        libvirt.create(GUEST);
        libvirt.failing("liveXml", LibvirtFailure.Kind.BUSY, "busy");
        nova.libvirt(Kind.STARTED);
        early.undefines().says("req-1", "create.error").libvirt();
        assertThat(early.count("create", EarlyResult.FAILED)).isZero();
    }

    /** nova/compute/manager.py has no unshelve.error, and none for a power-on, a resize and its revert. */
    @Test
    void aStartOfWhichOnlyItsMethodsFailureIsToldIsKnownToHaveFailed() throws Exception {
        early.definesIn("unshelve");
        early.undefines();
        early.fails("unshelve_instance");
        assertThat(early.count("unshelve", EarlyResult.FAILED)).isOne();

        early.definesIn("unshelve", "req-2");
        assertThat(early.definition())
                .as("its next start is as Nova defines it")
                .isEqualTo(NOVAS);
    }

    @Test
    void aFailureThatOnlyTheNextDaemonHearsIsFollowedByAStartAsNovaDefinesIt() throws Exception {
        nova.says("req-1", "rebuild.error").libvirt();
        early.definesIn("rebuild", "req-2");
        assertThat(early.definition()).isEqualTo(NOVAS);

        early.starts();
        nova.says("req-2", "rebuild.end");
        early.undefines();
        early.definesIn("rebuild", "req-3");
        assertThat(early.definition()).as("a start that went well ends it").isNotEqualTo(NOVAS);
    }

    /** The daemon that wrote the definition of the start that has failed has died meanwhile. */
    @Test
    void aFailedMethodThatOnlyTheNextDaemonHearsIsFollowedByAStartAsNovaDefinesIt() throws Exception {
        nova.says("req-1", "unshelve.start");
        early.fails("unshelve_instance");
        early.definesIn("unshelve", "req-2");
        assertThat(early.definition()).isEqualTo(NOVAS);
    }

    /** It hears of a failed method only by its request, of which the daemon before it has heard the start. */
    @Test
    void aDaemonThatBeginsBetweenTheDefineAndAStartThatFailsLeavesTheNextStartToNova() throws Exception {
        early.definesIn("unshelve");
        assertThat(early.definition()).isNotEqualTo(NOVAS);

        EarlyRig next = early.nextDaemon();
        next.undefines();
        next.definesIn("unshelve", "req-2");
        assertThat(early.definition()).isEqualTo(NOVAS);

        next.starts();
        next.nova.says("req-2", "unshelve.end");
        next.undefines();
        next.definesIn("unshelve", "req-3");
        assertThat(early.definition()).as("a start has gone well since").isNotEqualTo(NOVAS);
    }

    /** A method that starts no guest says nothing of its definition. */
    @Test
    void aFailedMethodInWhichNovaStartsNoGuestKeepsNoneFromBeingBoundBeforeItsStart() throws Exception {
        nova.says("req-1", "suspend.start");
        early.fails("suspend_instance");
        early.definesIn("unshelve", "req-2");
        assertThat(early.definition()).isNotEqualTo(NOVAS);
    }

    /** A full disk or a message that was lost says nothing about the definition. */
    @Test
    void aStartThatFailsForAnotherReasonThanLibvirtIsNoFailureOfItsBinding() throws Exception {
        early.definesIn("create");
        early.undefines();
        early.fails("req-1", "instance.create.error", "MessagingTimeout");
        assertThat(early.count("create", EarlyResult.FAILED)).isZero();

        assertThat(rig.get(RestartFailures.class).standing().starts()).isEmpty();
    }

    @Test
    void theStartsOfTwoGuestsThatLibvirtRefusesEndItForTheHostUntilTheOperatorAllowsIt() throws Exception {
        RestartFailures failures = rig.get(RestartFailures.class);
        failures.startFailed(new UUID(0, 1), "instance-1", "no memory", false);
        early.definesIn("create");
        early.undefines();
        early.fails("req-1", "instance.create.error", "libvirtError");
        assertThat(failures.standing().startsSuspended()).hasValueSatisfying(why -> assertThat(why)
                .contains("Nova's create with its binding: Nova has sent instance.create.error with libvirtError"));
        assertThat(failures.suspended()).as("a guest may still be restarted").isEmpty();

        early.definesIn("create", "req-2");
        early.starts();
        nova.says("req-2", "create.end").says("req-3", "rebuild.start");
        early.undefinesRunning();
        early.defines(NOVAS);
        assertThat(early.definition()).as("no guest is bound so").isEqualTo(NOVAS);
        early.starts();
        failures.allowAll();

        nova.says("req-3", "rebuild.end").says("req-4", "rebuild.start");
        early.undefinesRunning();
        early.defines(NOVAS);
        assertThat(early.definition()).isNotEqualTo(NOVAS);
    }

    /** Such as by its image's kernel_id and ramdisk_id: a tenant must not end it for the host, nor cost others their render node. */
    @ParameterizedTest
    @CsvSource(nullValues = "none", textBlock = """
                    monitor: qemu: linux kernel too old to load a ram disk, false, false
                    monitor: qemu-system-x86_64: -object memory-backend-ram: cannot bind memory to host NUMA nodes, true, false
                    monitor: egl: failed to open /dev/dri/renderD128, true, true
                    monitor, true, true
                    monitor: qemu-system-x86_64: warning: host does not have the requested feature, true, true
                    monitor: qemu-kvm: warning: no feature\\nqemu: linux kernel too old to load a ram disk, false, false
                    monitor: 2026-11-29 10:00:00.100+0000: Domain id=5 is tainted: host-cpu, true, true
                    モニターに接続中にプロセスが終了しました, true, true
                    モニター: 2026-11-29T10:00:00.1Z qemu-system-x86_64: linux kernel too old, false, false
                    none, true, true""")
    void aStartThatQemuRefusesForWhatItsOwnerHasChosenCountsForNobodyElse(
            @Nullable String last, boolean counts, boolean disproves) throws Exception {
        String virtio = guest("", "<video><model type='virtio'/></video>");
        DomainDefinition drawing = new DomainXml().read(virtio);
        rig.get(ProvenStarts.class).started(drawing, RENDER0);
        nova.flavor(Map.of("gpu_binder:render_node", "auto")).says("req-1", "rebuild.start");
        early.defines(virtio);
        assertThat(early.tuning().renderNode()).isEqualTo(RENDER0);
        early.undefines();
        String text = last == null ? null : "internal error: process exited while connecting to " + last;
        early.fails("req-1", "instance.rebuild.error", "libvirtError", text);

        RestartFailures failures = rig.get(RestartFailures.class);
        assertThat(early.count("rebuild", EarlyResult.FAILED)).isOne();
        assertThat(failures.remembered(GUEST)).as("the guest's own").isPresent();
        assertThat(failures.standing().starts()).hasSize(counts ? 1 : 0);
        assertThat(rig.get(ProvenStarts.class).worked(drawing, RENDER0)).isEqualTo(!disproves);
    }

    @Test
    void aStartThatWentUnseenIsNoFailureOfItsBinding() throws Exception {
        early.definesIn("create");
        rig.get(EarlyStarts.class).clearAll();
        libvirt.deletes(GUEST);
        early.fails("req-1", "instance.create.error", "libvirtError");
        assertThat(early.count("create", EarlyResult.FAILED)).isZero();
    }

    private List<String> notedStarts() throws Exception {
        try (Stream<Path> files = Files.list(root.resolve("run/nova-gpu-binder/starting"))) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    @Test
    void aCommandThatLooksAtAGuestLeavesWhatTheDaemonHasNotedOfItsStart() throws Exception {
        early.definesIn("create");
        libvirt.create(GUEST);
        assertThat(notedStarts()).containsExactly(GUEST.toString());

        rig.anotherDaemon().getInstance(Binder.class).bind(GUEST, Trigger.SWEEP, Flavor.UNKNOWN);
        assertThat(notedStarts()).containsExactly(GUEST.toString());

        nova.libvirt(Kind.RESUMED, Kind.STARTED);
        assertThat(notedStarts()).isEmpty();
    }

    @Test
    void ofAnInstanceThatHasLeftTheHostNoStartStaysNoted() throws Exception {
        early.definesIn("unshelve");
        early.undefines();

        CountDownLatch done = new CountDownLatch(1);
        rig.get(EventRouter.class)
                .handle(Events.of("instance.shelve_offload.end", Action.FORGET, GUEST, "req-2"), done::countDown);

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(notedStarts()).isEmpty();
    }

    @Test
    void whatWasNotedBeforeTheHostsBootIsForgotten() throws Exception {
        early.definesIn("unshelve");
        rig.tree.file("proc/sys/kernel/random/boot_id", "0d1f6b5a-7c2e-4f0b-9a53-1c8e2d4b6f70");

        rig.anotherDaemon().getInstance(EventRouter.class).begins();

        assertThat(notedStarts()).isEmpty();
    }
}
