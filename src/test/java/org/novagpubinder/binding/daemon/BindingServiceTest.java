package org.novagpubinder.binding.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.placedOn;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.testing.LogLines;

/** Whatever happens: the message is acknowledged, the next one is handled, and one line says what happened. */
class BindingServiceTest {
    @TempDir
    Path root;

    private final LogLines log = LogLines.of(DomainWork.class.getName(), DecisionLog.class.getName());
    private BinderRig rig;
    private BindingService service;

    @BeforeEach
    void host() throws Exception {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(1).memory(Map.of(1, 200_000L));
        service = rig.get(BindingService.class);
        rig.libvirt.running(guest("", renderNode(RENDER1)));
    }

    @AfterEach
    void stop() {
        log.close();
        rig.close();
    }

    private void bind(Trigger trigger) throws InterruptedException {
        bind(Occasion.of(trigger));
    }

    private void bind(Occasion occasion) throws InterruptedException {
        bind(occasion, "req-1");
    }

    private void bind(Occasion occasion, String requestId) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        service.bind(GUEST, occasion, Flavor.UNKNOWN, requestId, done::countDown);
        assertThat(done.await(30, TimeUnit.SECONDS)).as("done").isTrue();
    }

    private void release() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        tasks("instance.live_migration_pre.start", Action.RELEASE);
        service.release(GUEST, "req-1", done::countDown);
        assertThat(done.await(30, TimeUnit.SECONDS)).as("done").isTrue();
        tasks("instance.live_migration_pre.end", Action.IGNORE);
        tasks("instance.live_migration_rollback.end", Action.BIND);
    }

    private void tasks(String event, Action action) {
        rig.get(NovaTasks.class).heard(GUEST, Events.moving(event, action, GUEST, Events.HERE));
    }

    @Test
    void aDecisionIsOneLineWithInstanceOutcomeReasonAndRequest() throws Exception {
        bind(Trigger.TASK_ENDED);

        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("INFO instance " + GUEST + " (instance-5b0d1a9e): bound to node 1: ")
                .contains("pinned 2 vCPUs", "wrote the definition", "req-1")
                .endsWith(" req-1");
    }

    /** What the log says of a look, as if it were the first. */
    private String told(Occasion occasion) throws InterruptedException {
        rig.get(DecisionLog.class).forgotten(GUEST);
        log.clear();
        bind(occasion);
        assertThat(log.lines()).hasSize(1);
        return log.lines().get(0);
    }

    @Test
    void whyAGuestWasNotRestartedAtTheEndOfItsTaskIsToldUntilItsNextStart() throws Exception {
        rig.age(100).libvirt.running(guest(placedOn(1), renderNode(RENDER0)));
        assertThat(told(rig.occasion(Trigger.TASK_ENDED))).contains("deferred: it has run for", "[runs-too-long");

        for (Trigger restartsNobody : List.of(Trigger.SWEEP, Trigger.TASK_ENDED, Trigger.SWEEP)) {
            assertThat(told(Occasion.of(restartsNobody)))
                    .contains("deferred: at the end of Nova's task: it has run for", "[runs-too-long")
                    .doesNotContain("restart-not-allowed");
        }
        bind(Trigger.STARTED);
        assertThat(told(Occasion.of(Trigger.SWEEP)))
                .contains("restart-not-allowed")
                .doesNotContain("runs-too-long");
    }

    /** With notification_format = both each end is told twice. */
    @Test
    void whyAGuestWasNotRestartedIsWhatTheFirstMessageOfAnEndHasMet() throws Exception {
        rig.age(100).libvirt.running(guest(placedOn(1), renderNode(RENDER0)));
        bind(rig.occasion(Trigger.TASK_ENDED));

        rig.passes(Duration.ofSeconds(10));
        assertThat(told(rig.occasion(Trigger.TASK_ENDED))).contains("at the end of Nova's task: it has run for 100.");
        assertThat(told(Occasion.of(Trigger.SWEEP))).contains("at the end of Nova's task: it has run for 100.");

        bind(rig.occasion(Trigger.TASK_ENDED), "req-2");
        assertThat(told(Occasion.of(Trigger.SWEEP))).contains("at the end of Nova's task: it has run for 110.");
    }

    @Test
    void thatTheEndOfATaskAllowedNoRestartIsToldUntilOneDoes() throws Exception {
        rig.age(100).libvirt.running(guest(placedOn(1), renderNode(RENDER0)));
        bind(Trigger.TASK_ENDED);

        assertThat(told(Occasion.of(Trigger.SWEEP)))
                .contains("deferred: at the end of Nova's task: a restart follows only a message of this host's")
                .doesNotContain("a sweep");

        bind(rig.occasion(Trigger.TASK_ENDED));
        assertThat(told(Occasion.of(Trigger.SWEEP))).contains("at the end of Nova's task: it has run for");
    }

    @Test
    void whatWaitedForATaskWaitsNoMoreOnceTheEndOfOneWasHandled() throws Exception {
        tasks("instance.reboot.start", Action.IGNORE);
        bind(Trigger.SWEEP);
        assertThat(service.isDeferred(GUEST)).isTrue();

        tasks("instance.reboot.end", Action.BIND);
        bind(rig.occasion(Trigger.TASK_ENDED));

        assertThat(service.isDeferred(GUEST)).isFalse();
    }

    @Test
    void aLookThatFailsMeanwhileDoesNotHideWhyAGuestWasNotRestarted() throws Exception {
        rig.age(100).libvirt.running(guest(placedOn(1), renderNode(RENDER0)));
        bind(rig.occasion(Trigger.TASK_ENDED));

        rig.libvirt.failing("liveXml", Kind.ERROR, "no");
        bind(Trigger.SWEEP);

        assertThat(told(Occasion.of(Trigger.SWEEP))).contains("[runs-too-long");
    }

    @Test
    void thatRestartsWereSuspendedIsNoAdviceAnyMoreOnceTheyAreAllowed() throws Exception {
        RestartFailures failures = rig.get(RestartFailures.class);
        failures.failed(new UUID(0, 7), "instance-7", "no");
        failures.failed(new UUID(0, 8), "instance-8", "no");
        rig.age(1).libvirt.running(guest(placedOn(1), renderNode(RENDER0)));
        assertThat(told(rig.occasion(Trigger.TASK_ENDED))).contains("[restarts-suspended", "restarts --allow");

        failures.allowAll();

        assertThat(told(Occasion.of(Trigger.SWEEP)))
                .contains("[restarts-suspended", "says whether that is still so")
                .doesNotContain("restarts --allow");
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "CONNECTION")
    void whateverLibvirtAnswersTheMessageIsDoneAndTheNextIsHandled(Kind kind) throws Exception {
        rig.libvirt.failing("find", kind, "libvirt says no").failing("find", kind, "libvirt says no");

        bind(Trigger.TASK_ENDED);
        release();

        if (kind == Kind.NO_DOMAIN) {
            assertThat(log.lines()).isEmpty();
        } else {
            assertThat(log.lines()).hasSize(2).allSatisfy(l -> assertThat(l)
                    .startsWith((kind == Kind.BUSY ? "WARN" : "ERROR") + " instance " + GUEST)
                    .endsWith("libvirt says no"));
        }
        bind(Trigger.TASK_ENDED);
        assertThat(rig.record().nodes().toString()).isEqualTo("1");
    }

    @Test
    void aGuestThatLibvirtIsBusyWithIsLookedAtAgainWithinSecondsAndLessAndLessOften() throws Exception {
        rig.libvirt.failing("find", Kind.BUSY, "libvirt is busy with it").failing("find", Kind.BUSY, "still busy");

        bind(Trigger.TASK_ENDED);

        assertThat(log.lines()).singleElement().asString().contains("looked at again in 2 s");
        await().until(() -> log.lines().size() == 2);
        assertThat(log.lines().get(1)).contains("looked at again in 4 s").endsWith("still busy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pinVcpu", "pinEmulator", "define", "setLiveRecord"})
    void aGuestThatLibvirtIsBusyWithInTheMiddleOfItIsLookedAtAgainWithinSecondsToo(String call) throws Exception {
        rig.libvirt.failing(call, Kind.BUSY, "libvirt is busy with it");

        bind(Trigger.TASK_ENDED);

        assertThat(log.lines())
                .singleElement()
                .asString()
                .contains("looked at again in 2 s")
                .contains("busy with it");
        await().until(() -> log.lines().size() == 2);
        assertThat(log.lines().get(1)).startsWith("INFO").contains("node 1");
        assertThat(rig.record().outcome()).isEqualTo(org.novagpubinder.placement.model.Outcome.BOUND);
        assertThat(RecordXml.found(
                        new DomainXml().read(rig.libvirt.liveXml(GUEST)).record()))
                .as("what Nova may define anew")
                .contains(rig.record());
    }

    /** ENAMETOOLONG stands for EMFILE and the like. */
    @Test
    void aGuestWhoseHostCannotBeReadForAMomentIsLookedAtAgainWithinSecondsToo() throws Exception {
        rig.tree.link("sys/bus/pci/devices/0000:77:00.0", "a".repeat(300));

        bind(Trigger.TASK_ENDED);

        assertThat(log.lines()).singleElement().asString().contains("looked at again in 2 s", "cannot read the host");
        Files.delete(root.resolve("sys/bus/pci/devices/0000:77:00.0"));
        await().until(() -> log.lines().size() == 2);
        assertThat(rig.record().nodes().toString()).isEqualTo("1");
    }

    @Test
    void aConnectionThatIsLostInTheMiddleOfItIsNoVerdictOnTheGuest() throws Exception {
        rig.libvirt.failing("define", Kind.CONNECTION, "libvirt is away");
        CountDownLatch done = new CountDownLatch(1);

        service.bind(GUEST, Trigger.TASK_ENDED, Flavor.UNKNOWN, "req-1", done::countDown);
        await().until(() -> log.lines().size() == 1);
        assertThat(log.lines().get(0)).startsWith("WARN").endsWith("libvirt is away");

        await().atMost(Duration.ofSeconds(30)).until(() -> {
            rig.get(DomainWork.class).libvirtIsBack();
            return done.getCount() == 0;
        });
        assertThat(rig.record().outcome()).isEqualTo(org.novagpubinder.placement.model.Outcome.BOUND);
    }

    @Test
    void withoutLibvirtAMessageWaitsUnacknowledgedUntilItIsBack() throws Exception {
        rig.libvirt.failing("find", Kind.CONNECTION, "libvirt is away");
        CountDownLatch done = new CountDownLatch(1);

        service.bind(GUEST, Trigger.TASK_ENDED, Flavor.UNKNOWN, "req-1", done::countDown);
        await().until(() -> log.lines().size() == 1);
        assertThat(log.lines().get(0)).startsWith("WARN").endsWith("libvirt is away");
        assertThat(done.getCount()).isEqualTo(1);

        // with nothing put off it would do nothing
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            rig.get(DomainWork.class).libvirtIsBack();
            return done.getCount() == 0;
        });
        assertThat(rig.record().nodes().toString()).isEqualTo("1");
    }

    @Test
    void evenAnErrorOfTheMachineLeavesNoMessageBehind() throws Exception {
        rig.libvirt.before("liveXml", () -> {
            throw new StackOverflowError("forced");
        });

        bind(Trigger.TASK_ENDED);
        bind(Trigger.TASK_ENDED);

        assertThat(rig.record().nodes().toString()).isEqualTo("1");
    }

    @Test
    void aDefectOfOursIsDoneTooAndTheNextMessageIsHandled() throws Exception {
        rig.libvirt.killedIn("liveXml");

        bind(Trigger.TASK_ENDED);

        assertThat(log.lines())
                .singleElement()
                .asString()
                .isEqualTo("ERROR instance " + GUEST + ": failed by a defect of nova-gpu-binder, it is left as it is");
        bind(Trigger.TASK_ENDED);
        assertThat(rig.record().nodes().toString()).isEqualTo("1");
    }

    @Test
    void aHostThatCannotBeReadIsDoneTooAndTheNextMessageIsHandled() throws Exception {
        Path nodes = root.resolve("sys");
        java.nio.file.Files.move(nodes, root.resolve("away"));
        bind(Trigger.TASK_ENDED);
        assertThat(log.lines()).singleElement().asString().contains("the host cannot be read");

        java.nio.file.Files.move(root.resolve("away"), nodes);
        bind(Trigger.TASK_ENDED);
        assertThat(rig.record().nodes().toString()).isEqualTo("1");
    }

    @Test
    void aStartThatChangesNothingIsNotWorthALine() throws Exception {
        bind(Trigger.TASK_ENDED);
        int lines = log.lines().size();

        bind(Trigger.STARTED);

        assertThat(log.lines()).hasSize(lines);
    }

    @Test
    void whatATenantWritesIntoAFlavorCannotForgeLines() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        String evil = "x\nERROR all is lost\u001b[2J\u009b31m\u2028y";

        service.bind(
                GUEST, Trigger.TASK_ENDED, Flavor.ofCommand(Map.of("gpu_binder:policy", evil)), null, done::countDown);
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();

        assertThat(log.lines()).singleElement().asString().contains("policy-invalid");
        assertThat(log.lines().get(0))
                .doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}]")
                .contains("x?ERROR all is lost?[2J?31m?y");
    }

    @Test
    void aGuestOfAnotherHostsRecordCanStillBeReleased() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        bind(Trigger.TASK_ENDED);
        String elsewhere = rig.libvirt.record(GUEST).replace("cmp-a", "cmp-b");
        assertThat(elsewhere).contains("cmp-b");
        rig.libvirt.setRecord(GUEST, elsewhere);

        release();

        assertThat(rig.libvirt.record(GUEST)).isNull();
        assertThat(log.lines()).noneMatch(l -> l.startsWith("ERROR"));
    }
}
