package org.novagpubinder.binding.nova;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.binding.daemon.BindingService;
import org.novagpubinder.binding.daemon.TaskWatch;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.host.proc.NovaComputeProcess;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.testing.LogLines;

class NovaTasksTest {
    /** A clock that goes when it is told. */
    private static final class SetClock extends Clock {
        Instant now = Instant.parse("2026-11-23T12:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    @TempDir
    Path root;

    private final SetClock clock = new SetClock();
    private NovaTasks tasks;

    @BeforeEach
    void host() {
        tasks = new NovaTasks(new BinderRig(root, Restart.BOOT_WINDOW).get(BinderConfig.class), clock);
    }

    private boolean hear(String event, String request) {
        return hear(event, request, Action.IGNORE);
    }

    private boolean hear(String event, String request, Action action) {
        return tasks.heard(GUEST, Events.of("instance." + event, action, GUEST, request));
    }

    private boolean running() {
        return tasks.running(GUEST).isPresent();
    }

    @Test
    void aTaskLastsFromItsStartToItsEnd() {
        assertThat(running()).isFalse();
        hear("snapshot.start", "req-1");
        clock.now = clock.now.plusSeconds(3);
        assertThat(tasks.running(GUEST)).contains("snapshot, for 3 s");

        hear("snapshot.end", "req-1");
        assertThat(running()).isFalse();
    }

    @Test
    void anErrorEndsATaskToo() {
        hear("reboot.start", "req-1");
        hear("reboot.error", "req-1");
        assertThat(running()).isFalse();
    }

    @Test
    void theOuterTaskGoesOnWhenTheInnerOneHasEnded() {
        hear("delete.start", "req-1");
        hear("shutdown.start", "req-1");
        hear("shutdown.end", "req-1");
        assertThat(running()).isTrue();
    }

    @Test
    void theLateEndOfATaskDoesNotEndTheNextOfItsKind() {
        hear("reboot.start", "req-2");
        hear("reboot.end", "req-1");
        assertThat(running()).isTrue();

        hear("reboot.end", "req-2");
        assertThat(running()).isFalse();
    }

    @Test
    void aStartThatComesAfterItsOwnEndBeginsNothing() {
        assertThat(hear("reboot.end", "req-1")).isTrue();
        assertThat(hear("reboot.start", "req-1")).isFalse();
        assertThat(running()).isFalse();

        assertThat(hear("reboot.start", "req-2")).isTrue();
        assertThat(running()).isTrue();
    }

    @Test
    void anythingIsUnderwayWhileAnyInstanceHasATask() {
        assertThat(tasks.anyRunning()).isFalse();
        hear("reboot.start", "req-1");
        hear("power_off.end", "req-2");
        assertThat(tasks.anyRunning()).isTrue();
        hear("reboot.error", "req-1");
        assertThat(tasks.anyRunning()).isFalse();

        hear("reboot.start", "req-3");
        clock.now = clock.now.plus(NovaTasks.LONGEST).plusSeconds(1);
        assertThat(tasks.anyRunning()).as("an end that was not heard").isFalse();
    }

    @Test
    void aTaskThatNeverEndsIsOverAfterAnHour() {
        hear("volume_attach.start", "req-1");
        clock.now = clock.now.plus(NovaTasks.LONGEST);
        assertThat(running()).isTrue();

        clock.now = clock.now.plusSeconds(1);
        assertThat(running()).isFalse();
    }

    @Test
    void whatNovaBeginsUnaskedKeepsNoGuestOff() {
        Instant before = clock.now;
        tasks.heard(GUEST, Events.ofNova("instance.power_off.start", Action.IGNORE, GUEST, "req-1"));
        assertThat(tasks.stopsSince(GUEST, before)).isEmpty();

        hear("power_off.start", "req-2");
        assertThat(tasks.stopsSince(GUEST, before)).hasValue("power_off");
    }

    @Test
    void aTaskOfWhichNothingMoreIsHeardKeepsNoGuestOffForEver() {
        Instant before = clock.now;
        hear("suspend.start", "req-1");
        assertThat(tasks.stopsSince(GUEST, before)).hasValue("suspend");

        clock.now = clock.now.plus(NovaTasks.LONGEST).plusSeconds(1);
        assertThat(tasks.stopsSince(GUEST, before)).isEmpty();

        hear("suspend.end", "req-1");
        assertThat(tasks.stopsSince(GUEST, before)).hasValue("suspend");
    }

    @Test
    void theFailureOfAnEarlierTaskThatComesLateIsNotThatOfTheNext() {
        Instant before = clock.now;
        hear("reboot.start", "req-1");
        hear("reboot.start", "req-2");
        hear("reboot.error", "req-1");
        assertThat(tasks.stopsSince(GUEST, before)).hasValue("reboot");

        hear("reboot.error", "req-2");
        assertThat(tasks.stopsSince(GUEST, before)).isEmpty();
    }

    @Test
    void aTaskWhoseEndMayBeLostWithTheBrokerIsOverAfterTenMinutes() {
        hear("create.start", "req-1");
        hear("live_migration_pre.start", "req-2", Action.RELEASE);
        clock.now = clock.now.plusSeconds(7);
        tasks.endsMayBeLost();
        assertThat(tasks.running(GUEST)).as("its age as it is").hasValue("create, for 7 s");

        clock.now = clock.now.plus(NovaTasks.UNSURE).plusSeconds(1);
        assertThat(tasks.running(GUEST))
                .hasValueSatisfying(what -> assertThat(what).startsWith("live migration"));
    }

    @Test
    void aLiveMigrationLastsUntilItIsOverAndNotOnlyUntilItIsPrepared() {
        hear("live_migration_pre.start", "req-1", Action.RELEASE);
        hear("live_migration_pre.end", "req-1");
        clock.now = clock.now.plus(Duration.ofHours(3));
        assertThat(tasks.migrating(GUEST)).isTrue();

        hear("live_migration_rollback.start", "req-1");
        assertThat(tasks.migrating(GUEST)).isTrue();
        hear("live_migration_rollback.end", "req-1", Action.BIND);
        assertThat(tasks.migrating(GUEST)).isFalse();
        assertThat(hear("live_migration_pre.start", "req-1", Action.RELEASE))
                .as("the same once more")
                .isFalse();
        assertThat(tasks.migrating(GUEST)).isFalse();
    }

    /** The destination begins to prepare it and fails: no end of that is told, and its failure is another host's. */
    @Test
    void aMigrationThatFailsInItsPreparationIsOverWhenItIsRolledBack() {
        hear("live_migration_pre.start", "req-1", Action.RELEASE);
        hear("live_migration_rollback.start", "req-1");
        hear("live_migration_rollback.end", "req-1", Action.BIND);
        assertThat(running()).isFalse();
        assertThat(hear("live_migration_pre.start", "req-1", Action.RELEASE))
                .as("the other format, late")
                .isFalse();

        hear("live_migration_pre.start", "req-2", Action.RELEASE);
        hear("live_migration_rollback.end", "req-1", Action.BIND);
        assertThat(running()).as("the next one").isTrue();
    }

    @Test
    void aGuestThatLibvirtHasNoMoreMigratesNoMore() {
        hear("live_migration_pre.start", "req-1", Action.RELEASE);

        tasks.keepMigratingOnly(Set.of(GUEST));
        assertThat(tasks.migrating(GUEST)).isTrue();

        tasks.keepMigratingOnly(Set.of());
        assertThat(tasks.migrating(GUEST)).isFalse();
    }

    @Test
    void aMigrationWhoseEndWasMissedIsOverWhenNovaBeginsSomethingElse() {
        hear("live_migration_pre.start", "req-1", Action.RELEASE);
        hear("live_migration_pre.end", "req-1");
        hear("live_migration_abort.start", "req-2");
        assertThat(tasks.migrating(GUEST)).isTrue();

        hear("reboot.start", "req-3");
        assertThat(tasks.migrating(GUEST)).isFalse();
    }

    @Test
    void whatNovaDoesToAnInstanceThatHasLeftIsNoneOfOurs() {
        hear("delete.start", "req-1");
        tasks.forget(GUEST);
        assertThat(running()).isFalse();
        tasks.forget(java.util.UUID.randomUUID());
    }

    @Test
    void aStopThatNobodyHasAskedForLeavesItOpenWhyAGuestIsOff() {
        Instant restarted = clock.now;
        tasks.heard(GUEST, Events.ofNova("instance.power_off.start", Action.IGNORE, GUEST, "req-1"));
        assertThat(tasks.explainsSince(GUEST, restarted)).isFalse();
        assertThat(tasks.stoppedUnaskedSince(GUEST, restarted)).isTrue();
        assertThat(tasks.stoppedUnaskedSince(GUEST, restarted.plusSeconds(1))).isFalse();

        hear("suspend.start", "req-2");
        assertThat(tasks.explainsSince(GUEST, restarted)).isTrue();
        assertThat(tasks.explainsSince(GUEST, restarted.plusSeconds(1))).isFalse();
    }

    @Test
    void aMethodThatFailsEndsTheTaskItWasAt() {
        hear("suspend.start", "req-1");

        assertThat(tasks.failed(Events.failure("suspend_instance", "req-2"))).isEmpty();
        assertThat(running()).isTrue();

        assertThat(tasks.failed(Events.failure("suspend_instance", "req-1")))
                .containsExactly(Map.entry(GUEST, List.of("suspend")));
        assertThat(running()).isFalse();
        assertThat(hear("suspend.start", "req-1")).as("the other format, late").isFalse();
    }

    @Test
    void oneOfSeveralInstancesOfARequestThatFailsDoesNotEndTheCreationOfTheOthers() {
        hear("create.start", "req-1");

        assertThat(tasks.failed(Events.failure("compute.exception", "req-1"))).isEmpty();

        assertThat(running()).isTrue();
        hear("create.error", "req-1");
        assertThat(running()).as("its own error is told").isFalse();
    }

    @Test
    void aLiveMigrationIsOverOnlyWhenNovaHasRolledBack() {
        hear("live_migration_pre.start", "req-1", Action.RELEASE);

        tasks.failed(Events.failure("live_migration", "req-1"));

        assertThat(tasks.migrating(GUEST)).isTrue();
    }

    @Test
    void aTaskWhoseEndWasMissedIsOverWhenNovaBeginsTheNext() {
        Instant noon = clock.now;
        tasks.heard(GUEST, Events.sent("instance.suspend.start", GUEST, "req-1", noon));
        tasks.heard(GUEST, Events.sent("instance.rebuild.start", GUEST, "req-2", noon.plusSeconds(9)));
        assertThat(tasks.running(GUEST))
                .hasValueSatisfying(words -> assertThat(words).startsWith("rebuild"));

        tasks.heard(GUEST, Events.sent("instance.rebuild.end", GUEST, "req-2", noon.plusSeconds(20)));
        assertThat(running()).isFalse();
    }

    /** manager.py, _snapshot_instance, tells nothing when the image was deleted; the source of a resize fails at confirming it. */
    @ParameterizedTest
    @CsvSource({"snapshot, false", "resize_confirm, false", "create, false", "suspend, true", "pause, true"})
    void aRebootEndsWhatNovaLetsNoRebootBeginBeside(String task, boolean goesOn) {
        Instant noon = clock.now;
        tasks.heard(GUEST, Events.sent("instance." + task + ".start", GUEST, "req-1", noon));
        tasks.heard(GUEST, Events.sent("instance.reboot.start", GUEST, "req-2", noon.plusSeconds(9)));
        assertThat(running()).isTrue();

        tasks.heard(GUEST, Events.sent("instance.reboot.end", GUEST, "req-2", noon.plusSeconds(20)));
        assertThat(running()).isEqualTo(goesOn);
    }

    @Test
    void partsOfOneTaskDoNotEndEachOther() {
        Instant noon = clock.now;
        tasks.heard(GUEST, Events.sent("instance.resize_prep.start", GUEST, "req-1", noon));
        tasks.heard(GUEST, Events.sent("instance.snapshot.start", GUEST, "req-1", noon.plusSeconds(1)));
        tasks.heard(GUEST, Events.sent("instance.snapshot.end", GUEST, "req-1", noon.plusSeconds(2)));

        assertThat(running()).isTrue();
    }

    @Test
    void whatMayGoOnBesideATaskDoesNotEndIt() {
        Instant noon = clock.now;
        tasks.heard(GUEST, Events.sent("instance.rebuild.start", GUEST, "req-1", noon));
        tasks.heard(GUEST, Events.sent("instance.interface_attach.start", GUEST, "req-2", noon.plusSeconds(1)));
        tasks.heard(GUEST, Events.sent("instance.interface_attach.end", GUEST, "req-2", noon.plusSeconds(2)));

        assertThat(running()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"suspend, rebuild", "reboot, snapshot"})
    void anOldStartThatComesLateDoesNotEndANewTask(String old, String task) {
        Instant noon = clock.now;
        tasks.heard(GUEST, Events.sent("instance." + task + ".start", GUEST, "req-2", noon.plusSeconds(9)));
        tasks.heard(GUEST, Events.sent("instance." + old + ".start", GUEST, "req-1", noon));
        tasks.heard(GUEST, Events.sent("instance." + old + ".end", GUEST, "req-1", noon.plusSeconds(1)));

        assertThat(running()).as("the " + task).isTrue();
    }

    @Test
    void anOldStartThatComesLateDoesNotEndAMigration() {
        Instant noon = clock.now;
        tasks.heard(
                GUEST,
                Events.sent("instance.live_migration_pre.start", Action.RELEASE, GUEST, "req-2", noon.plusSeconds(9)));
        tasks.heard(GUEST, Events.sent("instance.reboot.start", GUEST, "req-1", noon));
        assertThat(tasks.migrating(GUEST)).isTrue();

        tasks.heard(GUEST, Events.sent("instance.reboot.start", GUEST, "req-3", noon.plusSeconds(20)));
        assertThat(tasks.migrating(GUEST)).isFalse();
    }

    /** What a sweep does before it looks at domains, with a nova-compute of that age; its lines in the log. */
    private List<String> watched(BinderRig rig, Duration novaComputesAge) {
        rig.tree
                .file(
                        "proc/77/cmdline",
                        "/usr/bin/python3\0-s\0/usr/bin/nova-compute\0--config-file=/etc/nova/nova.conf\0")
                .file(
                        "proc/77/stat",
                        "77 (nova-compute) S" + " 0".repeat(18) + " " + (1_000_000 - novaComputesAge.toMillis() / 10)
                                + " 0");
        TaskWatch watch = new TaskWatch(tasks, rig.get(NovaComputeProcess.class), rig.get(BindingService.class), clock);
        try (LogLines log = LogLines.of(TaskWatch.class.getName())) {
            watch.look(Set.of(GUEST));
            return log.lines();
        }
    }

    @Test
    void aTaskWhoseNovaComputeHasComeBackWithoutItIsOver() {
        BinderRig rig = new BinderRig(root, Restart.BOOT_WINDOW);
        hear("reboot.start", "req-1");
        clock.now = clock.now.plusSeconds(600);

        assertThat(watched(rig, Duration.ofSeconds(500)))
                .singleElement()
                .asString()
                .startsWith("INFO instance " + GUEST + ": nova-compute was started anew 500 s ago")
                .contains("(reboot)");
        assertThat(running()).isFalse();
        assertThat(watched(rig, Duration.ofSeconds(500))).isEmpty();
    }

    @Test
    void aTaskOfTheNovaComputeThatRunsGoesOn() {
        BinderRig rig = new BinderRig(root, Restart.BOOT_WINDOW);
        hear("snapshot.start", "req-1");
        clock.now = clock.now.plusSeconds(600);
        assertThat(watched(rig, Duration.ofSeconds(601))).isEmpty();
        assertThat(running()).isTrue();
    }

    @Test
    void aNovaComputeThatHasJustStartedMayTakeUpWhatItHadBegun() {
        BinderRig rig = new BinderRig(root, Restart.BOOT_WINDOW);
        hear("reboot.start", "req-1");
        clock.now = clock.now.plusSeconds(600);
        assertThat(watched(rig, TaskWatch.TAKES_UP.minusSeconds(1))).isEmpty();
        assertThat(running()).isTrue();

        // it finds the guest off and reboots it
        hear("reboot.start", "req-2");
        clock.now = clock.now.plusSeconds(600);
        watched(rig, TaskWatch.TAKES_UP.plusSeconds(600));
        assertThat(running()).isTrue();
    }

    @Test
    void aLostBrokerMakesNoTaskOlderThanNovaCompute() {
        BinderRig rig = new BinderRig(root, Restart.BOOT_WINDOW);
        hear("snapshot.start", "req-1");
        tasks.endsMayBeLost();
        clock.now = clock.now.plusSeconds(300);
        watched(rig, Duration.ofSeconds(400));
        assertThat(running()).isTrue();
    }

    @Test
    void theOldestNovaComputeCountsAndItsHelpersDoNot() {
        BinderRig rig = new BinderRig(root, Restart.BOOT_WINDOW);
        rig.tree
                .file("proc/78/cmdline", "/usr/bin/python3\0/usr/bin/privsep-helper\0nova-compute\0")
                .file("proc/78/stat", "78 (privsep-helper) S" + " 0".repeat(18) + " 10 0");
        hear("reboot.start", "req-1");
        clock.now = clock.now.plusSeconds(600);
        rig.tree
                .file("proc/79/cmdline", "/var/lib/kolla/venv/bin/nova-compute\0")
                .file("proc/79/stat", "79 (nova-compute) S" + " 0".repeat(18) + " " + (1_000_000 - 90_000) + " 0");
        watched(rig, Duration.ofMinutes(5));
        assertThat(running()).as("the other one may have begun it").isTrue();

        rig.tree.without("proc/79/cmdline");
        watched(rig, Duration.ofMinutes(5));
        assertThat(running()).isFalse();
    }

    @Test
    void aTaskThatLastsIsToldOnce() {
        hear("snapshot.start", "req-1");
        assertThat(tasks.notTold(GUEST, TaskWatch.LONG)).isEmpty();
        clock.now = clock.now.plusSeconds(360);
        assertThat(tasks.notTold(GUEST, TaskWatch.LONG))
                .contains(new NovaTasks.LongTask("snapshot", Duration.ofMinutes(6), Duration.ofMinutes(54)));
        assertThat(tasks.notTold(GUEST, TaskWatch.LONG)).isEmpty();

        hear("snapshot.end", "req-1");
        hear("snapshot.start", "req-2");
        clock.now = clock.now.plusSeconds(360);
        assertThat(tasks.notTold(GUEST, TaskWatch.LONG)).isPresent();
    }

    @Test
    void aGuestThatArrivesMigratesNoMoreButOnlyByWhatWasSentBefore() {
        Instant noon = clock.now;
        InstanceEvent arrived =
                Events.sent("instance.live_migration_post_dest.end", Action.BIND, GUEST, "req-1", noon.plusSeconds(5));
        tasks.heard(GUEST, arrived);
        tasks.heard(
                GUEST,
                Events.sent("instance.live_migration_pre.start", Action.RELEASE, GUEST, "req-2", noon.plusSeconds(9)));
        tasks.heard(GUEST, arrived);
        assertThat(tasks.migrating(GUEST)).as("an arrival before it").isTrue();

        tasks.heard(GUEST, Events.sent(arrived, noon.plusSeconds(20)));
        assertThat(tasks.migrating(GUEST)).isFalse();
    }

    @Test
    void whatNovaBeginsOnAnInstanceThatComesBackIsNotForgottenWithItsLeaving() {
        InstanceEvent left = Events.of("instance.shelve_offload.end", Action.FORGET, GUEST, "req-1");
        hear("power_off.start", "req-0");
        clock.now = clock.now.plusSeconds(1);
        hear("shelve_offload.start", "req-1");
        clock.now = clock.now.plusSeconds(1);
        hear("unshelve.start", "req-2");
        tasks.heard(GUEST, left);

        assertThat(tasks.left(GUEST, left)).as("is coming back").isTrue();
        assertThat(tasks.starting(GUEST)).hasValue("unshelve");

        hear("unshelve.end", "req-2");
        hear("power_off.start", "req-3");
        clock.now = clock.now.plusSeconds(1);
        hear("shelve_offload.start", "req-4");
        assertThat(tasks.left(GUEST, Events.requested(left, "req-4")))
                .as("what was begun before")
                .isFalse();
        assertThat(running()).isFalse();
    }
}
