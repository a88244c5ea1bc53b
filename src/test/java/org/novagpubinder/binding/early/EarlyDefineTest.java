package org.novagpubinder.binding.early;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;

import com.google.inject.Injector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.decision.BindingCounters.EarlyCount;
import org.novagpubinder.binding.decision.BindingCounters.EarlyResult;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.life.Nova;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.testing.ScriptedLibvirt;

/** Between Nova's define and Nova's start of a guest. */
class EarlyDefineTest {
    private static final IdSet NODE1 = IdSet.range(2, 3);
    private static final String NOVAS = BinderRig.guest("", BinderRig.vfio());

    @TempDir
    Path root;

    private BinderRig rig;
    private ScriptedLibvirt libvirt;
    private Nova nova;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW, true).age(1).memory(Map.of(1, 200_000L));
        libvirt = rig.libvirt;
        nova = new Nova(rig);
    }

    @AfterEach
    void stop() {
        rig.get(RestartWatch.class).close();
        rig.close();
    }

    @Test
    void aDeletionThatBeginsMeanwhileIsHeeded() throws Exception {
        nova.says("req-1", "create.start");
        libvirt.define(NOVAS);
        libvirt.before("liveXml", () -> {
            boolean heard = rig.get(NovaTasks.class)
                    .heard(GUEST, Events.of("instance.delete.start", InstanceEvent.Action.IGNORE, GUEST, "req-2"));
            assertThat(heard).isTrue();
        });
        nova.libvirt(Kind.DEFINED);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
    }

    private Tuning defined() throws Exception {
        return new DomainXml().read(libvirt.inactiveXml(GUEST)).tuning();
    }

    private void definedByNova(String definition) throws Exception {
        libvirt.define(definition);
        nova.libvirt(Kind.DEFINED);
    }

    private void startedByNova() throws Exception {
        libvirt.create(GUEST);
        nova.libvirt(Kind.RESUMED, Kind.STARTED);
    }

    private long count(String operation, EarlyResult result) {
        return rig.get(BindingCounters.class).early().getOrDefault(new EarlyCount(operation, result), 0L);
    }

    private long calls(String name) {
        return libvirt.calls().stream().filter(c -> c.startsWith(name)).count();
    }

    @Test
    void aGuestThatNovaIsAboutToStartIsBoundBeforeIt() throws Exception {
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);
        assertThat(defined().pins().vcpus().values()).containsOnly(NODE1);
        assertThat(defined().memory().nodeset()).isEqualTo(IdSet.of(1));

        startedByNova();
        assertThat(count("create", EarlyResult.WON)).isOne();
        nova.says("req-1", "create.end");

        assertThat(calls("destroy")).as("no restart").isZero();
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BOUND);
        assertThat(rig.record().reasons()).startsWith("before-first-instruction");
        nova.sweep();
        assertThat(rig.record().reasons()).as("and it stays so").startsWith("before-first-instruction");
    }

    @Test
    void ofAGuestThatNovaRebootsHardWhileItsRecordIsWrittenNobodySaysSo() throws Exception {
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);
        startedByNova();
        libvirt.before("setRecord", () -> {
            libvirt.deletes(GUEST);
            try {
                libvirt.running(NOVAS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        nova.says("req-1", "create.end");
        nova.libvirt(Kind.RESUMED, Kind.STARTED).says("req-2", "reboot.end");

        assertThat(rig.record().reasons()).doesNotContain("before-first-instruction");
        assertThat(defined().pins().vcpus().values()).containsOnly(NODE1);
    }

    @Test
    void theFirstGuestIsPinnedBeforeItsStartToCpusThatTheCgroupOfGuestsHas() throws Exception {
        rig.tree
                .without("run/nova-gpu-binder/early-starts")
                .file("sys/fs/cgroup/machine.slice/cpuset.cpus.effective", "2-3\n");
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);
        assertThat(defined().pins().vcpus().values()).containsOnly(NODE1);
    }

    /** Though guests were pinned to them since the boot. */
    @Test
    void cpusThatTheCgroupOfGuestsDoesNotHaveAreNotWrittenBeforeAStart() throws Exception {
        rig.tree.file("sys/fs/cgroup/machine.slice/cpuset.cpus.effective", "0-2\n");
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);
        assertThat(defined().pins().vcpus().values()).containsOnly(IdSet.range(0, 1));
    }

    /** A cgroup of guests may have fewer CPUs than are online: then libvirt refuses the start. */
    @Test
    void cpusToWhichNoGuestWasPinnedYetAreNotWrittenBeforeAStart() throws Exception {
        rig.tree.without("run/nova-gpu-binder/early-starts");
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
        assertThat(count("create", EarlyResult.LEFT_OUT)).isOne();

        startedByNova();
        nova.says("req-1", "create.end");
        nova.sweep();
        libvirt.destroy(GUEST);
        nova.libvirt(Kind.STOPPED).says("req-2", "rebuild.start");
        definedByNova(NOVAS);
        assertThat(defined().pins().vcpus().values()).containsOnly(NODE1);
    }

    /** Nova writes none; whoever put it there may have given it other CPUs than Nova's guests have. */
    @Test
    void aGuestInAPartitionOfItsOwnIsNotBoundBeforeItsStart() throws Exception {
        String elsewhere = BinderRig.guest("<resource><partition>/gpus</partition></resource>", BinderRig.vfio());
        rig.tree.file("sys/fs/cgroup/gpus.slice/cpuset.cpus.effective", "0-3\n");
        nova.says("req-1", "create.start");
        definedByNova(elsewhere);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(elsewhere);
        assertThat(count("create", EarlyResult.LEFT_OUT)).isOne();
    }

    /** Its message has the flavor that the guest is to lose. */
    @Test
    void aResizeThatIsRevertedIsNotBoundBeforeItsStart() throws Exception {
        nova.says("req-1", "resize_revert.start");
        definedByNova(NOVAS);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
        assertThat(count("resize_revert", EarlyResult.LEFT_OUT)).isOne();
    }

    @Test
    void aDomainThatSomebodyDefinesWithoutATaskOfNovasIsLeftAlone() throws Exception {
        definedByNova(NOVAS);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
    }

    @Test
    void aGuestWithAGpuIsNotTriedWhereNovaLeavesNoGap() throws Exception {
        nova.says("req-1", "reboot.start");
        definedByNova(NOVAS);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
        assertThat(count("reboot", EarlyResult.LEFT_OUT)).isOne();
    }

    @Test
    void whatNovaHasStartedFasterIsBoundAsEver() throws Exception {
        nova.says("req-1", "create.start");
        libvirt.define(NOVAS);
        libvirt.before("define", () -> {
            try {
                libvirt.create(GUEST);
            } catch (LibvirtFailure e) {
                throw new IllegalStateException(e);
            }
        });
        nova.libvirt(Kind.DEFINED, Kind.RESUMED, Kind.STARTED);
        assertThat(count("create", EarlyResult.LOST)).isOne();

        nova.says("req-1", "create.end");
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BOUND);
        assertThat(rig.record().reasons()).doesNotContain("before-first-instruction");
    }

    @Test
    void aGuestThatRunsAlreadyIsNotDefinedAndCountsAsLost() throws Exception {
        nova.says("req-1", "create.start");
        libvirt.running(NOVAS);
        nova.libvirt(Kind.DEFINED);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
        assertThat(count("create", EarlyResult.LOST)).isOne();
    }

    @Test
    void whatNovaDefinesAnewMeanwhileIsBoundInItsPlace() throws Exception {
        String anew = NOVAS.replace("<devices>", "<devices><!-- anew -->");
        nova.says("req-1", "create.start");
        libvirt.define(NOVAS);
        libvirt.before("liveXml", () -> {
            rig.steady.updateAndGet(t -> t.plusSeconds(1));
            libvirt.before("liveXml", () -> {
                try {
                    libvirt.define(anew);
                } catch (LibvirtFailure e) {
                    throw new IllegalStateException(e);
                }
            });
        });
        nova.libvirt(Kind.DEFINED);
        assertThat(libvirt.inactiveXml(GUEST)).contains("<!-- anew -->");
        assertThat(defined().memory().nodeset()).isEqualTo(IdSet.of(1));
    }

    @Test
    void aRescueAndAGuestThatNovaStopsAreLeftAlone() throws Exception {
        for (String task : List.of("rescue", "shelve", "power_off", "delete")) {
            nova.says("req-" + task, task + ".start");
            libvirt.define(NOVAS);
            nova.libvirt(Kind.DEFINED);
            assertThat(libvirt.inactiveXml(GUEST)).as(task).isEqualTo(NOVAS);
            nova.says("req-" + task, task + ".end");
            libvirt.deletes(GUEST);
        }
    }

    @Test
    void aGuestThatRunsByAnOlderQemuProvesNothingOfTheNew() throws Exception {
        DomainDefinition live = new DomainXml().read(BinderRig.guest("", BinderRig.renderNode(BinderRig.RENDER1)));
        ProvenStarts proven = rig.get(ProvenStarts.class);

        proven.runs(live, new QemuProcess(1000, 1, 3_600_000));
        assertThat(proven.worked(live, BinderRig.RENDER1)).isFalse();

        rig.wall.set(Duration.ofHours(2));
        proven.runs(live, new QemuProcess(1001, 2, 60_000));
        assertThat(proven.worked(live, BinderRig.RENDER1)).isTrue();
    }

    @Test
    void aRenderNodeWithWhichAStartHasFailedHasToBeProvenAnew() throws Exception {
        DomainDefinition live = new DomainXml().read(BinderRig.guest("", BinderRig.renderNode(BinderRig.RENDER1)));
        ProvenStarts proven = rig.get(ProvenStarts.class);
        proven.started(live, BinderRig.RENDER1);
        assertThat(proven.worked(live, BinderRig.RENDER1)).isTrue();

        rig.wall.set(Duration.ofHours(2));
        proven.failed(BinderRig.RENDER1);
        assertThat(proven.worked(live, BinderRig.RENDER1)).isFalse();
        assertThat(rig.anotherDaemon().getInstance(ProvenStarts.class).worked(live, BinderRig.RENDER1))
                .as("to the next daemon neither")
                .isFalse();
        rig.wall.set(Duration.ofMinutes(1));
        proven.runs(live, new QemuProcess(1000, 1, 600_000));
        assertThat(proven.worked(live, BinderRig.RENDER1))
                .as("it has run since before that")
                .isFalse();
        proven.runs(live, new QemuProcess(1001, 2, 10_000));
        assertThat(proven.worked(live, BinderRig.RENDER1)).isTrue();
    }

    @Test
    void aRenderNodeThatNoGuestHasStartedWithIsNotTried() throws Exception {
        Nova wishing = nova.flavor(Map.of("gpu_binder:render_node", "auto"));
        String virtio = BinderRig.guest("", "<video><model type='virtio'/></video>");
        wishing.says("req-1", "create.start");
        definedByNova(virtio);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(virtio);
        assertThat(count("create", EarlyResult.LEFT_OUT)).isOne();
        startedByNova();
        wishing.says("req-1", "create.end");
        assertThat(calls("destroy")).as("given by the one restart").isOne();
        assertThat(defined().renderNode()).isNotNull();

        wishing.says("req-2", "reboot.start");
        libvirt.deletes(GUEST);
        wishing.libvirt(Kind.UNDEFINED);
        definedByNova(virtio);
        assertThat(defined().renderNode()).as("it has worked since").isNotNull();
        startedByNova();
        wishing.says("req-2", "reboot.end");
        assertThat(calls("destroy")).isOne();
        assertThat(count("reboot", EarlyResult.WON)).isOne();
    }

    @Test
    void aGuestWhoseStartHasFailedIsNotBoundBeforeTheNext() throws Exception {
        nova.says("req-1", "rebuild.start");
        definedByNova(NOVAS);
        nova.says("req-1", "snapshot.error").libvirt();
        assertThat(count("rebuild", EarlyResult.FAILED)).as("another task").isZero();
        nova.says("req-1", "rebuild.error").libvirt();
        assertThat(count("rebuild", EarlyResult.FAILED)).isOne();

        libvirt.deletes(GUEST);
        nova.libvirt(Kind.UNDEFINED).says("req-2", "rebuild.start");
        definedByNova(NOVAS);
        assertThat(libvirt.inactiveXml(GUEST)).as("tried once").isEqualTo(NOVAS);
        startedByNova();
        nova.says("req-2", "rebuild.end");
        assertThat(libvirt.vcpuPins(GUEST).values()).as("its pins end with it").containsOnly(NODE1);
        assertThat(libvirt.inactiveXml(GUEST)).as("nothing else is tried again").isEqualTo(NOVAS);
    }

    /** She undefines the domain before she tells of the failure. */
    @Test
    void aCreateThatFailsIsKnownAfterNovasCleanupToo() throws Exception {
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);
        libvirt.deletes(GUEST);
        nova.libvirt(Kind.UNDEFINED).says("req-1", "create.error").libvirt();
        assertThat(count("create", EarlyResult.FAILED)).isOne();
    }

    @Test
    void aCreateThatFailsAfterTheGuestHasStartedIsNoFailureOfItsBinding() throws Exception {
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);
        libvirt.create(GUEST);
        libvirt.failing("liveXml", LibvirtFailure.Kind.BUSY, "busy");
        nova.libvirt(Kind.STARTED);
        libvirt.deletes(GUEST);
        nova.libvirt(Kind.UNDEFINED).says("req-1", "create.error").libvirt();
        assertThat(count("create", EarlyResult.FAILED)).isZero();
    }

    /** nova/compute/manager.py has no unshelve.error, and none for a power-on, a resize and its revert. */
    @Test
    void aStartOfWhichOnlyItsMethodsFailureIsToldIsKnownToHaveFailed() throws Exception {
        nova.says("req-1", "unshelve.start");
        definedByNova(NOVAS);
        libvirt.deletes(GUEST);
        nova.libvirt(Kind.UNDEFINED);
        rig.get(EventRouter.class).handle(Events.failure("unshelve_instance", "req-1"), () -> {});
        nova.libvirt();
        assertThat(count("unshelve", EarlyResult.FAILED)).isOne();

        nova.says("req-2", "unshelve.start");
        definedByNova(NOVAS);
        assertThat(libvirt.inactiveXml(GUEST))
                .as("its next start is as Nova defines it")
                .isEqualTo(NOVAS);
    }

    @Test
    void aFailureThatOnlyTheNextDaemonHearsIsFollowedByAStartAsNovaDefinesIt() throws Exception {
        nova.says("req-1", "rebuild.error").libvirt();
        nova.says("req-2", "rebuild.start");
        definedByNova(NOVAS);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);

        startedByNova();
        nova.says("req-2", "rebuild.end").says("req-3", "rebuild.start");
        libvirt.deletes(GUEST);
        nova.libvirt(Kind.UNDEFINED);
        definedByNova(NOVAS);
        assertThat(libvirt.inactiveXml(GUEST))
                .as("a start that went well ends it")
                .isNotEqualTo(NOVAS);
    }

    /** The daemon that wrote the definition of the start that has failed has died meanwhile. */
    @Test
    void aFailedMethodThatOnlyTheNextDaemonHearsIsFollowedByAStartAsNovaDefinesIt() throws Exception {
        nova.says("req-1", "unshelve.start");
        rig.get(EventRouter.class).handle(Events.failure("unshelve_instance", "req-1"), () -> {});
        nova.libvirt().says("req-2", "unshelve.start");
        definedByNova(NOVAS);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
    }

    /** It hears of a failed method only by its request, of which the daemon before it has heard the start. */
    @Test
    void aDaemonThatBeginsBetweenTheDefineAndAStartThatFailsLeavesTheNextStartToNova() throws Exception {
        nova.says("req-1", "unshelve.start");
        definedByNova(NOVAS);
        assertThat(libvirt.inactiveXml(GUEST)).isNotEqualTo(NOVAS);

        Injector daemon = rig.anotherDaemon();
        daemon.getInstance(EventRouter.class).begins();
        Nova next = new Nova(daemon);
        libvirt.deletes(GUEST);
        next.libvirt(Kind.UNDEFINED).says("req-2", "unshelve.start");
        libvirt.define(NOVAS);
        next.libvirt(Kind.DEFINED);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);

        libvirt.create(GUEST);
        next.libvirt(Kind.RESUMED, Kind.STARTED).says("req-2", "unshelve.end");
        libvirt.deletes(GUEST);
        next.libvirt(Kind.UNDEFINED).says("req-3", "unshelve.start");
        libvirt.define(NOVAS);
        next.libvirt(Kind.DEFINED);
        assertThat(libvirt.inactiveXml(GUEST)).as("a start has gone well since").isNotEqualTo(NOVAS);
    }

    private List<String> notedStarts() throws Exception {
        try (Stream<Path> files = Files.list(root.resolve("run/nova-gpu-binder/starting"))) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    @Test
    void aCommandThatLooksAtAGuestLeavesWhatTheDaemonHasNotedOfItsStart() throws Exception {
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);
        libvirt.create(GUEST);
        assertThat(notedStarts()).containsExactly(GUEST.toString());

        rig.anotherDaemon().getInstance(Binder.class).bind(GUEST, Trigger.SWEEP, Flavor.UNKNOWN);
        assertThat(notedStarts()).containsExactly(GUEST.toString());

        nova.libvirt(Kind.RESUMED, Kind.STARTED);
        assertThat(notedStarts()).isEmpty();
    }

    @Test
    void ofAnInstanceThatHasLeftTheHostNoStartStaysNoted() throws Exception {
        nova.says("req-1", "unshelve.start");
        definedByNova(NOVAS);
        libvirt.deletes(GUEST);
        nova.libvirt(Kind.UNDEFINED);

        CountDownLatch done = new CountDownLatch(1);
        rig.get(EventRouter.class)
                .handle(
                        Events.of("instance.shelve_offload.end", InstanceEvent.Action.FORGET, GUEST, "req-2"),
                        done::countDown);

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(notedStarts()).isEmpty();
    }

    @Test
    void whatWasNotedBeforeTheHostsBootIsForgotten() throws Exception {
        nova.says("req-1", "unshelve.start");
        definedByNova(NOVAS);
        rig.tree.file("proc/sys/kernel/random/boot_id", "0d1f6b5a-7c2e-4f0b-9a53-1c8e2d4b6f70");

        rig.anotherDaemon().getInstance(EventRouter.class).begins();

        assertThat(notedStarts()).isEmpty();
    }

    /** A method that starts no guest says nothing of its definition. */
    @Test
    void aFailedMethodInWhichNovaStartsNoGuestKeepsNoneFromBeingBoundBeforeItsStart() throws Exception {
        nova.says("req-1", "suspend.start");
        rig.get(EventRouter.class).handle(Events.failure("suspend_instance", "req-1"), () -> {});
        nova.libvirt().says("req-2", "unshelve.start");
        definedByNova(NOVAS);
        assertThat(libvirt.inactiveXml(GUEST)).isNotEqualTo(NOVAS);
    }

    @Test
    void whatADaemonBeforeHasBroughtBackIsUndefinedWhenNovaHasGivenTheInstanceUp() throws Exception {
        for (String last : List.of("create.error", "delete.end")) {
            nova.says("req-" + last, "create.start");
            libvirt.define(NOVAS);
            libvirt.before("define", () -> libvirt.deletes(GUEST));
            nova.libvirt(Kind.DEFINED);
            assertThat(libvirt.find(GUEST)).as("our define has made it again").isPresent();

            EventRouter next = rig.anotherDaemon().getInstance(EventRouter.class);
            next.begins();
            CountDownLatch acknowledged = new CountDownLatch(1);
            InstanceEvent.Action action =
                    last.equals("delete.end") ? InstanceEvent.Action.FORGET : InstanceEvent.Action.IGNORE;
            next.handle(Events.of("instance." + last, action, GUEST, "req-" + last), acknowledged::countDown);
            assertThat(acknowledged.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(libvirt.find(GUEST)).as(last).isEmpty();
            rig.get(EarlyStarts.class).settle(GUEST);
        }
    }

    @Test
    void aDefinitionThatNovaHasLeftOffIsNotTakenAway() throws Exception {
        nova.says("req-1", "resize_finish.start");
        definedByNova(NOVAS);
        startedByNova();
        libvirt.stops(GUEST);
        rig.get(EarlyOutcomes.class).gaveUp(GUEST);
        rig.get(EarlyOutcomes.class).waits(GUEST);
        assertThat(libvirt.find(GUEST)).isPresent();
    }

    /** The call that writes the record may come when Nova has started the guest anew from a definition of its own. */
    @Test
    void aGuestThatNeedsAStartIsNotSaidToHaveItsBindingFromTheStart() throws Exception {
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);
        startedByNova();
        nova.says("req-1", "create.end");
        String record = libvirt.record(GUEST);
        assertThat(rig.record().reasons()).startsWith("before-first-instruction");

        libvirt.deletes(GUEST);
        libvirt.define(NOVAS);
        rig.memory(Map.of(0, 200_000L));
        libvirt.create(GUEST);
        libvirt.setRecord(GUEST, record);
        nova.sweep();
        assertThat(rig.record().outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(rig.record().reasons()).doesNotContain("before-first-instruction");
    }

    /** A full disk or a message that was lost says nothing about the definition. */
    @Test
    void aStartThatFailsForAnotherReasonThanLibvirtIsNoFailureOfItsBinding() throws Exception {
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);
        libvirt.deletes(GUEST);
        nova.libvirt(Kind.UNDEFINED);
        failed("req-1", "instance.create.error", "MessagingTimeout");
        assertThat(count("create", EarlyResult.FAILED)).isZero();

        assertThat(rig.get(RestartFailures.class).standing().starts()).isEmpty();
    }

    @Test
    void theStartsOfTwoGuestsThatLibvirtRefusesEndItForTheHostUntilTheOperatorAllowsIt() throws Exception {
        RestartFailures failures = rig.get(RestartFailures.class);
        failures.startFailed(new UUID(0, 1), "instance-1", "no memory", false);
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);
        libvirt.deletes(GUEST);
        nova.libvirt(Kind.UNDEFINED);
        failed("req-1", "instance.create.error", "libvirtError");
        assertThat(failures.standing().startsSuspended()).hasValueSatisfying(why -> assertThat(why)
                .contains("Nova's create with its binding: Nova has sent instance.create.error with libvirtError"));
        assertThat(failures.suspended()).as("a guest may still be restarted").isEmpty();

        nova.says("req-2", "create.start");
        definedByNova(NOVAS);
        startedByNova();
        nova.says("req-2", "create.end").says("req-3", "rebuild.start");
        libvirt.destroy(GUEST);
        libvirt.deletes(GUEST);
        nova.libvirt(Kind.STOPPED, Kind.UNDEFINED);
        definedByNova(NOVAS);
        assertThat(libvirt.inactiveXml(GUEST)).as("no guest is bound so").isEqualTo(NOVAS);
        startedByNova();
        failures.allowAll();

        nova.says("req-3", "rebuild.end").says("req-4", "rebuild.start");
        libvirt.destroy(GUEST);
        libvirt.deletes(GUEST);
        nova.libvirt(Kind.STOPPED, Kind.UNDEFINED);
        definedByNova(NOVAS);
        assertThat(libvirt.inactiveXml(GUEST)).isNotEqualTo(NOVAS);
    }

    @Test
    void aStartThatWentUnseenIsNoFailureOfItsBinding() throws Exception {
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);
        rig.get(EarlyStarts.class).clearAll();
        libvirt.deletes(GUEST);
        failed("req-1", "instance.create.error", "libvirtError");
        assertThat(count("create", EarlyResult.FAILED)).isZero();
    }

    @Test
    void aFirstGuestIsNotGivenMemoryThatTheCgroupOfGuestsDoesNotHave() throws Exception {
        rig.tree.file("sys/fs/cgroup/machine.slice/cpuset.mems.effective", "0\n");
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
    }

    private void failed(String request, String event, String fault) throws InterruptedException {
        rig.get(EventRouter.class)
                .handle(Events.of(Events.of(event, InstanceEvent.Action.IGNORE, GUEST, request), fault), () -> {});
        nova.libvirt();
    }

    @Test
    void aDomainThatNovaUndefinesInThatMomentIsNotBroughtBack() throws Exception {
        nova.says("req-1", "create.start");
        libvirt.define(NOVAS);
        libvirt.before("define", () -> libvirt.deletes(GUEST));
        nova.libvirt(Kind.DEFINED);
        assertThat(libvirt.find(GUEST)).as("our define has made it again").isPresent();

        nova.libvirt(Kind.UNDEFINED, Kind.DEFINED).says("req-1", "create.error");
        rig.get(EarlyOutcomes.class).waits(GUEST);
        assertThat(libvirt.find(GUEST)).isEmpty();
    }

    /** Its end may be lost with the broker: then the task counts for an hour. */
    @Test
    void whatWasBroughtBackIsUndefinedHoweverLateNovasTaskEnds() throws Exception {
        nova.says("req-1", "create.start");
        libvirt.define(NOVAS);
        libvirt.before("define", () -> libvirt.deletes(GUEST));
        nova.libvirt(Kind.DEFINED).libvirt(Kind.UNDEFINED);
        rig.steady.updateAndGet(t -> t.plus(Duration.ofMinutes(30)));
        rig.get(EarlyOutcomes.class).waits(GUEST);
        assertThat(libvirt.find(GUEST))
                .as("Nova may be about to define it anew")
                .isPresent();

        rig.steady.updateAndGet(t -> t.plus(Duration.ofMinutes(31)));
        rig.get(EarlyOutcomes.class).waits(GUEST);
        assertThat(libvirt.find(GUEST)).isEmpty();
    }

    @Test
    void aDefineThatLibvirtRefusesChangesNothing() throws Exception {
        nova.says("req-1", "create.start");
        libvirt.define(NOVAS);
        libvirt.failing("define", LibvirtFailure.Kind.ERROR, "unsupported configuration");
        nova.libvirt(Kind.DEFINED);
        startedByNova();
        nova.says("req-1", "create.end");
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BOUND);
    }

    @Test
    void ourOwnDefineIsNoReasonForAnother() throws Exception {
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);
        long before = calls("define");
        rig.get(EventRouter.class)
                .happened(new DomainEvent(GUEST, "instance-00000001", Kind.DEFINED, 1, System.nanoTime()));
        nova.libvirt();
        assertThat(calls("define")).isEqualTo(before);
    }

    @Test
    void aGuestWhoseRestartHasFailedIsStartedAsNovaDefinesIt() throws Exception {
        rig.get(RestartFailures.class).failed(GUEST, "instance-1", "no such device");
        nova.says("req-1", "create.start");
        definedByNova(NOVAS);

        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
        assertThat(count("create", EarlyResult.LEFT_OUT)).isOne();
    }
}
