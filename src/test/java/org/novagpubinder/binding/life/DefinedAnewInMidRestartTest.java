package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import com.google.inject.Injector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.Libvirt.WhyOff;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.testing.LogLines;

/** The daemon ends while a guest is off for its restart, and Nova defines that guest anew: no mark is left in its definition. */
class DefinedAnewInMidRestartTest {
    private static final String NOVAS = guest("", vfio());

    @TempDir
    Path root;

    private final LogLines log = LogLines.of(RestartWatch.class.getName());
    private BinderRig rig;
    private Injector next;

    @BeforeEach
    void host() throws Exception {
        rig = new BinderRig(root, Restart.BOOT_WINDOW);
        rig.age(1).memory(Map.of(0, 200_000L));
        rig.libvirt.running(NOVAS);
        next = rig.anotherDaemon();
    }

    @AfterEach
    void stop() {
        log.close();
        next.getInstance(RestartWatch.class).close();
        rig.close();
    }

    private void isKilledInItsRestart() {
        rig.libvirt.killedIn("create");
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);
        rig.libvirt.makesAnew(GUEST, NOVAS);
    }

    private void begins(String task) {
        next.getInstance(NovaTasks.class)
                .heard(
                        GUEST,
                        Events.sent(
                                Events.of("instance." + task + ".start", Action.IGNORE, GUEST, "req-2"),
                                rig.get(Clock.class).instant()));
    }

    private void nextLooks() throws Exception {
        next.getInstance(Recovery.class).finish(GUEST);
    }

    private boolean runs() throws Exception {
        return rig.libvirt.find(GUEST).orElseThrow().active();
    }

    private List<Path> noted() throws Exception {
        Path notes = root.resolve("run/nova-gpu-binder/restarting");
        try (var files = Files.list(notes)) {
            return files.toList();
        }
    }

    @Test
    void itIsStartedAsNovaHasDefinedIt() throws Exception {
        isKilledInItsRestart();

        nextLooks();

        assertThat(runs()).isTrue();
        assertThat(rig.libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
        assertThat(noted()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"power_off", "reboot", "rebuild", "shelve", "suspend", "resize", "delete"})
    void itIsLeftToNovaIfNovaHasBegunWhatStopsOrStartsIt(String task) throws Exception {
        isKilledInItsRestart();
        begins(task);

        nextLooks();

        assertThat(runs()).isFalse();
        assertThat(rig.libvirt.inactiveXml(GUEST)).isEqualTo(NOVAS);
        nextLooks();
        assertThat(runs()).as("at no later look either").isFalse();
    }

    @Test
    void itIsNotStartedBeforeItIsKnownWhatNovaHasBegun() throws Exception {
        isKilledInItsRestart();
        rig.queue = () -> Optional.of(new Reason(Reason.Code.TASK_RUNNING, "no broker"));
        rig.inEachPause(() -> rig.steady.updateAndGet(t -> t.plusMillis(100)));

        nextLooks();
        assertThat(runs()).isFalse();

        rig.queue = Optional::empty;
        nextLooks();
        assertThat(runs()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = WhyOff.class,
            names = {"SHUT_DOWN", "MIGRATED", "SAVED"})
    void itIsNotStartedIfItIsOffForAnotherReason(WhyOff why) throws Exception {
        isKilledInItsRestart();
        rig.libvirt.stops(GUEST, why);

        nextLooks();
        nextLooks();

        assertThat(runs()).isFalse();
        assertThat(noted()).isEmpty();
    }

    @Test
    void onceItHasRunAgainItIsNobodysToStart() throws Exception {
        isKilledInItsRestart();
        rig.libvirt.create(GUEST);
        next.getInstance(Binder.class).bind(GUEST, Trigger.SWEEP, Flavor.UNKNOWN);
        assertThat(noted()).isEmpty();
        rig.stops();

        nextLooks();

        assertThat(runs()).isFalse();
    }

    @Test
    void afterAMinuteItMayRunElsewhereOrBeOffForAnotherReasonSoNothingIsHeldAgainstIt() throws Exception {
        isKilledInItsRestart();
        rig.passes(Duration.ofSeconds(70));

        try (LogLines told = LogLines.of(Recovery.class.getName())) {
            nextLooks();
            assertThat(told.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN instance " + GUEST)
                    .contains("openstack server start");
        }

        assertThat(runs()).isFalse();
        assertThat(log.lines()).isEmpty();
        assertThat(next.getInstance(RestartFailures.class).remembered(GUEST)).isEmpty();
        assertThat(noted()).isEmpty();
    }

    @Test
    void whatIsNotedOfAGuestThatIsGoneGoesAfterAMinute() throws Exception {
        isKilledInItsRestart();
        rig.libvirt.deletes(GUEST);
        nextLooks();
        next.getInstance(Recovery.class).forgetOld();
        assertThat(noted()).as("Nova may be about to define it anew").isNotEmpty();

        rig.passes(Duration.ofSeconds(70));
        next.getInstance(Recovery.class).forgetOld();

        assertThat(noted()).isEmpty();
    }

    @Test
    void aNoteThatCouldNotBeDeletedStartsNobodyAfterALaterRecordOfOurs() throws Exception {
        isKilledInItsRestart();
        String note = Files.readString(noted().get(0));
        nextLooks();
        rig.stops();
        String record = note.replace("restarting", "set");
        rig.libvirt.makesAnew(GUEST, NOVAS.replace("<os>", "<metadata>" + record + "</metadata><os>"));
        Files.writeString(root.resolve("run/nova-gpu-binder/restarting/" + GUEST), note);

        rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
    }

    @Test
    void aNoteThatCouldNotBeDeletedStartsNobodyWhomThisDaemonHasSeenRun() throws Exception {
        isKilledInItsRestart();
        String note = Files.readString(noted().get(0));
        nextLooks();
        rig.stops();
        Files.writeString(root.resolve("run/nova-gpu-binder/restarting/" + GUEST), note);

        nextLooks();

        assertThat(runs()).isFalse();
    }

    @Test
    void itIsStartedAsSoonAsItIsKnownWhatNovaHasBegun() throws Exception {
        isKilledInItsRestart();
        AtomicInteger asked = new AtomicInteger();
        rig.queue = () -> asked.incrementAndGet() < 100
                ? Optional.of(new Reason(Reason.Code.TASK_RUNNING, "no broker"))
                : Optional.empty();
        rig.inEachPause(() -> rig.steady.updateAndGet(t -> t.plusMillis(100)));
        CountDownLatch starts = new CountDownLatch(1);
        rig.libvirt.afterCreate(starts::countDown);

        next.getInstance(EventRouter.class)
                .happened(new DomainEvent(GUEST, "instance-00000001", DomainEvent.Kind.STARTED, 0, System.nanoTime()));

        assertThat(starts.await(30, TimeUnit.SECONDS)).isTrue();
        next.getInstance(DomainQueues.class).close();
    }

    @Test
    void itIsNotStartedIfNovaIsNotHeardAnyMoreWhileItIsLeftToIt() throws Exception {
        isKilledInItsRestart();
        rig.inEachPause(() -> rig.queue = () -> Optional.of(new Reason(Reason.Code.TASK_RUNNING, "no broker")));

        assertThatThrownBy(this::nextLooks).hasMessageContaining("no broker");

        assertThat(runs()).isFalse();
        assertThat(next.getInstance(RestartFailures.class).remembered(GUEST)).isEmpty();
        rig.queue = Optional::empty;
        rig.inEachPause(() -> {});
        nextLooks();
        assertThat(runs()).isTrue();
    }

    @Test
    void whatNovaHasStartedMeanwhileIsNotStartedOnceMore() throws Exception {
        isKilledInItsRestart();
        rig.inEachPause(() -> {
            try {
                rig.libvirt.starts(GUEST);
            } catch (InvalidDomainXml e) {
                throw new IllegalStateException(e);
            }
        });
        long before = creates();

        nextLooks();

        assertThat(creates()).isEqualTo(before);
        assertThat(noted()).isEmpty();
    }

    private long creates() {
        return rig.libvirt.calls().stream().filter("create"::equals).count();
    }

    @Test
    void itIsYoungWhileItsDaemonHasTriedToStartIt() throws Exception {
        for (int i = 0; i < 7; i++) {
            rig.libvirt.failing("create", LibvirtFailure.Kind.BUSY, "cannot acquire state change lock");
        }
        AtomicInteger pauses = new AtomicInteger();
        rig.inEachPause(() -> rig.passes(Duration.ofSeconds(10L * pauses.incrementAndGet())));
        rig.libvirt.killedInThe("create", 8);
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);
        assertThat(pauses).hasValueGreaterThan(6);
        rig.inEachPause(() -> {});
        rig.libvirt.makesAnew(GUEST, NOVAS);

        nextLooks();

        assertThat(runs()).isTrue();
    }

    @Test
    void aGuestThatIsLeftToNovaInItsStartIsNoLaterDaemonsToStart() throws Exception {
        isKilledInItsRestart();
        rig.inEachPause(() -> begins("power_off"));
        nextLooks();
        assertThat(runs()).isFalse();

        rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST);
        assertThat(runs()).isFalse();
    }

    @Test
    void aGuestThatIsLeftToNovaIsStartedByTheDaemonThatHearsThatNovasTaskHasFailed() throws Exception {
        isKilledInItsRestart();
        rig.inEachPause(() -> begins("power_on"));
        nextLooks();
        nextLooks();
        assertThat(runs()).isFalse();

        rig.inEachPause(() -> {});
        next.getInstance(NovaTasks.class)
                .heard(GUEST, Events.of("instance.power_on.error", Action.IGNORE, GUEST, "req-2"));
        nextLooks();
        assertThat(runs()).isTrue();
    }

    @Test
    void aCommandThatGivesWayLeavesWhatTheDaemonHasNoted() throws Exception {
        long ends = rig.get(QemuProcesses.class).find(GUEST).orElseThrow().startTicks();
        isKilledInItsRestart();
        String note = Files.readString(noted().get(0));
        rig.libvirt.create(GUEST);
        rig.tree.file("proc/1002/stat", "1002 (qemu) S" + " 0".repeat(18) + " " + ends + " 0");
        int before = rig.libvirt.calls().size();

        BindResult result = next.getInstance(Binder.class)
                .bind(GUEST, rig.occasion(Trigger.TASK_ENDED), Flavor.UNKNOWN)
                .orElseThrow();

        assertThat(rig.libvirt.calls().subList(before, rig.libvirt.calls().size()))
                .doesNotContain("destroy");
        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(result.reasons()).anyMatch(r -> r.text().contains("another restart of it"));
        assertThat(noted()).hasSize(1);
        assertThat(Files.readString(noted().get(0))).isEqualTo(note);
    }

    @Test
    void afterTheHostsBootItIsNobodysToStart() throws Exception {
        isKilledInItsRestart();
        rig.tree.file("proc/sys/kernel/random/boot_id", "0d1f6b5a-7c2e-4f0b-9a53-1c8e2d4b6f70");

        nextLooks();

        assertThat(runs()).isFalse();
        assertThat(noted()).isEmpty();
    }

    @Test
    void nothingIsNotedOfAGuestThatRunsAgain() throws Exception {
        rig.bind(Trigger.TASK_ENDED);

        assertThat(rig.libvirt.calls()).contains("destroy");
        assertThat(noted()).isEmpty();
    }

    @Test
    void aGuestWhoseStopCannotBeNotedIsNotStopped() throws Exception {
        rig.tree.file("run/nova-gpu-binder/restarting", "not a directory");

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(rig.libvirt.calls()).doesNotContain("destroy");
        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(result.reasons()).anyMatch(r -> r.text().contains("run/nova-gpu-binder/restarting"));
    }
}
