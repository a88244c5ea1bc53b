package org.novagpubinder.binding.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Observer;
import org.novagpubinder.binding.inventory.StartTimes;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Activity;
import org.novagpubinder.domain.libvirt.Activity.State;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/** Who is never restarted, whatever else speaks for it: what was not looked at speaks against it. */
class RestartGuardTest {
    private static final String NIC = "<interface type='bridge'><source bridge='br'/><target dev='tap0'/></interface>";

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(1).memory(Map.of(0, 200_000L));
        rig.tree.file("sys/class/net/br/operstate", "up");
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void whoStartsGuestsAgainAndAgainGetsNoMoreThanSoManyRestartsAnHour() throws Exception {
        for (int i = 0; i < 120; i++) {
            wasRestarted(new UUID(0, i));
        }
        rig.libvirt.running(guest("", vfio()));
        deferred("restart-not-allowed", "there were 120 restarts on this host within the last hour");

        // one was given up before anybody was stopped: it was none
        rig.get(RecentRestarts.class).abandoned(new UUID(0, 7));
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isTrue();
        assertThat(rig.get(RecentRestarts.class).withinAnHour()).isEqualTo(120);
    }

    private void wasRestarted(UUID uuid) {
        rig.get(RecentRestarts.class).begins(uuid, 1);
        rig.get(RecentRestarts.class).ran(uuid);
    }

    /** Its owner may reboot it in a loop. */
    @Test
    void oneGuestThatIsStartedAgainAndAgainLeavesRestartsToTheOthers() throws Exception {
        for (int i = 0; i < 12; i++) {
            wasRestarted(GUEST);
        }
        rig.libvirt.running(guest("", vfio()));
        deferred("restart-not-allowed", "it was restarted 12 times within the last hour itself");

        // one was given up before it was stopped: it was none
        rig.get(RecentRestarts.class).begins(GUEST, 1);
        rig.get(RecentRestarts.class).abandoned(GUEST);
        deferred("restart-not-allowed", "it was restarted 12 times");
        assertThat(rig.bind(Trigger.COMMAND_WITH_RESTART).restarted())
                .as("by an operator's word")
                .isTrue();
    }

    @Test
    void aGuestIsRestartedThoughAnotherHasHadItsShareAndTheLastOfItsOwnIsToCome() throws Exception {
        for (int i = 0; i < 12; i++) {
            wasRestarted(new UUID(0, 1));
        }
        for (int i = 0; i < 11; i++) {
            wasRestarted(GUEST);
        }
        rig.libvirt.running(guest("", vfio()));
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isTrue();
    }

    @Test
    void ofAGuestThatNovaMayHaveResumedAtTheHostsBootTheReasonSaysThatNobodyTellsWhenNovaIsDone() throws Exception {
        String why = "resume_guests_state_on_host_boot";
        rig.libvirt.running(guest("", vfio()));
        assertThat(texts(rig.bind(Trigger.SWEEP))).noneMatch(t -> t.contains(why));

        rig.libvirt.destroy(GUEST);
        rig.age(BinderRig.UPTIME_TICKS / 100 - 60);
        rig.libvirt.create(GUEST);
        assertThat(texts(rig.bind(Trigger.SWEEP))).anyMatch(t -> t.contains(why));
        assertThat(texts(rig.bind(Trigger.COMMAND))).noneMatch(t -> t.contains(why));
        rig.get(NovaTasks.class).heard(GUEST, Events.of("instance.power_on.start", Action.IGNORE, GUEST, "req-1"));
        rig.get(NovaTasks.class).heard(GUEST, Events.of("instance.power_on.end", Action.BIND, GUEST, "req-1"));
        assertThat(texts(rig.bind(Trigger.SWEEP)))
                .as("Nova has told of its start")
                .noneMatch(t -> t.contains(why));
    }

    private static List<String> texts(BindResult result) {
        return result.reasons().stream().map(Reason::text).toList();
    }

    private static String passedThrough(String bus) {
        return vfio().replace("0x42", "0x" + bus);
    }

    private BindResult deferred(String code, String words) throws Exception {
        BindResult result = rig.bind(Trigger.TASK_ENDED);
        assertThat(rig.libvirt.calls()).as("%s", result).doesNotContain("destroy");
        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).contains(code);
        assertThat(result.reasons()).anySatisfy(r -> assertThat(r.text()).contains(words));
        return result;
    }

    @ParameterizedTest
    @CsvSource({
        "010802, a storage controller",
        "020000, a network adapter",
        "0c0330, a USB controller",
        "050200, class 050200"
    })
    void aGuestWithADeviceBesideItsGpuByWhichItCouldHaveWrittenIsDeferred(String pciClass, String words)
            throws Exception {
        rig.tree.pci("0000:61:00.0", d -> d.pciClass(pciClass).node(1));
        rig.libvirt.running(guest("", vfio() + passedThrough("61")));
        deferred("may-have-written", words);
    }

    @Test
    void aDeviceThatSysfsDoesNotTellOfCouldBeAStorage() throws Exception {
        rig.tree.file("sys/bus/pci/devices/0000:77:00.0/numa_node", "1\n");
        rig.libvirt.running(guest("", vfio() + passedThrough("77")));
        deferred("may-have-written", "sysfs tells no class");
    }

    @Test
    void theGpusOwnAudioAndASwitchBetweenGpusKeepNothing() throws Exception {
        rig.tree.pci(
                "0000:61:00.0", d -> d.pciClass("040300").driver("vfio-pci").node(1));
        rig.tree.pci(
                "0000:62:00.0", d -> d.pciClass("068000").driver("vfio-pci").node(1));
        rig.libvirt.running(guest("", vfio() + passedThrough("61") + passedThrough("62")));
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isTrue();
    }

    @Test
    void aGuestWithADirectoryOfItsHostIsDeferred() throws Exception {
        rig.libvirt.running(guest("", vfio() + "<filesystem type='mount'><driver type='virtiofs'/></filesystem>"));
        deferred("may-have-written", "a directory shared with its host");
    }

    @Test
    void aGuestWithoutADiskIsDeferred() throws Exception {
        rig.libvirt.running(guest("", vfio()).replaceAll("(?s)<disk.*</disk>", ""));
        deferred("may-have-written", "no disk");
    }

    @Test
    void aGuestThatBootsFromTheNetworkIsDeferred() throws Exception {
        rig.libvirt.running(guest("", vfio()).replace("</type></os>", "</type><boot dev='network'/></os>"));
        deferred("may-have-written", "its network among what it boots from");
    }

    @Test
    void aGuestThatHasSentMoreThanItTakesToAskForAnAddressCountsAsOneThatHasWritten() throws Exception {
        rig.libvirt.running(guest("", vfio() + NIC));
        rig.libvirt.sends(GUEST, Writes.MOST_SENT + 1);
        deferred("has-written", "it has sent 64 KiB over its network");
    }

    @ParameterizedTest
    @ValueSource(strings = {"own", "define", "inactiveXml"})
    void aGuestThatWritesWhileItsRestartWaitsIsNotStopped(String call) throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.before("own", () -> {
            if (call.equals("own")) {
                rig.libvirt.writes(GUEST, 1 << 20);
            } else {
                rig.libvirt.before(call, () -> rig.libvirt.writes(GUEST, 1 << 20));
            }
        });

        rig.bind(Trigger.TASK_ENDED);

        assertThat(rig.libvirt.calls()).doesNotContain("destroy");
    }

    @Test
    void aGuestThatMustNotBeRestartedAfterAllGetsAtOnceWhatNeedsNoRestart() throws Exception {
        rig.libvirt.running(guest("", "<video><model type='virtio'/></video>"));
        rig.libvirt.before("own", () -> rig.libvirt.writes(GUEST, 1 << 20));

        BindResult result = rig.bind(Trigger.TASK_ENDED, Map.of("gpu_binder:render_node", "auto"));

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).contains("has-written");
        assertThat(rig.libvirt.calls()).contains("pinVcpu 0 0-1", "define").doesNotContain("destroy");
    }

    @Test
    void aGuestThatHasAskedForAnAddressIsRestarted() throws Exception {
        rig.libvirt.running(guest("", vfio() + NIC));
        rig.libvirt.sends(GUEST, Writes.MOST_SENT);
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"vdr, disk vdr", "tap0, network interface tap0"})
    void whereLibvirtDoesNotTellOfADeviceTheGuestIsDeferred(String device, String words) throws Exception {
        rig.libvirt.running(guest("", vfio() + NIC));
        rig.libvirt.tellsNothingOf(GUEST, device);
        deferred("may-have-written", words);
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"RUNNING", "SHUTOFF"})
    void aGuestInAnyStateButRunningIsNotRestarted(State state) throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.is(GUEST, state);
        deferred("restart-not-allowed", state.word());
    }

    @Test
    void aGuestWithWhatAStopWouldBreakIsNotRestarted() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.has(GUEST, "a block job on disk vdr");
        deferred("restart-not-allowed", "a block job on disk vdr");
    }

    @Test
    void aGuestThatWasGivenADiskWhileItRunsKeepsIt() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        String defined = rig.libvirt.inactiveXml(GUEST);
        rig.libvirt.running(guest("", vfio() + "<disk type='file'><source file='/b'/><target dev='vdb'/></disk>"));
        rig.libvirt.define(defined);
        deferred("restart-not-allowed", "undo that: it has disk vdb with /b, other");
    }

    @Test
    void aDiskThatItIsGivenWhileItsNeedsAreLookedAtIsSeen() throws Exception {
        String devices = vfio() + "<interface type='network'><source network='n'/><target dev='tap0'/></interface>";
        String disk = "<disk type='file'><source file='/b'/><target dev='vdb'/></disk>";
        rig.libvirt.startsNetwork("n").running(guest("", devices));
        Observation o = observed();
        String defined = rig.libvirt.inactiveXml(GUEST);
        rig.libvirt.before("network", () -> {
            rig.libvirt.running(guest("", devices + disk));
            rig.libvirt.define(defined);
        });
        assertThat(lacks(o).orElseThrow().text()).contains("it has disk vdb with /b");
    }

    /** It may be another guest's by now. */
    @Test
    void aDiskThatWasTakenOffARunningGuestDoesNotComeBack() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.tree.file("b", "");
        rig.libvirt.define(guest("", vfio() + "<disk type='file'><source file='/b'/><target dev='vdb'/></disk>"));
        deferred("restart-not-allowed", "undo that: it lacks disk vdb with /b, other");
    }

    @Test
    void aMediumThatWasChangedInARunningGuestStaysIn() throws Exception {
        String drive = "<disk type='file' device='cdrom'><source file='/b'/><target dev='sda'/></disk>";
        rig.tree.file("b", "");
        rig.libvirt.running(guest("", vfio() + drive.replace("/b", "/c")));
        rig.libvirt.define(guest("", vfio() + drive));
        deferred("restart-not-allowed", "it lacks disk sda with /b and it has disk sda with /c, other");
    }

    @Test
    void aBackupThatBeginsWhileTheRestartWaitsIsNotBroken() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.before("define", () -> rig.libvirt.has(GUEST, "a job of libvirt's under way"));

        rig.bind(Trigger.TASK_ENDED);

        assertThat(rig.libvirt.calls()).contains("define").doesNotContain("destroy");
    }

    @Test
    void aGuestOfWhichTheKernelDoesNotTellSinceWhenItRunsIsNotRestarted() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        Observation o = rig.get(Observer.class).observe(GUEST).orElseThrow();
        rig.libvirt.before("activity", () -> rig.tree.without("proc/uptime"));
        assertThat(rig.get(RestartGuard.class).forbids(rig.libvirt, o, rig.occasion(Trigger.TASK_ENDED)))
                .as("nor one whose age is not known")
                .isPresent();
    }

    @Test
    void anEndThatWasSentBeforeTheProcessBeganRestartsNobody() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        Instant now = rig.get(InstantSource.class).instant();

        BindResult old = rig.get(Binder.class)
                .bind(GUEST, new Occasion(Trigger.TASK_ENDED, now.minusSeconds(2)), Flavor.UNKNOWN)
                .orElseThrow();

        assertThat(rig.libvirt.calls()).doesNotContain("destroy");
        assertThat(codes(old)).contains("restart-not-allowed");
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isTrue();
    }

    @Test
    void theSameHoldsForMessagesAsTheyCome() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        EventRouter router = rig.get(EventRouter.class);
        Instant earlier = Instant.now().minusSeconds(3);

        router.handle(Events.sent("instance.reboot.end", Action.BIND, GUEST, "req-0", earlier), () -> {});
        router.handle(Events.of("instance.snapshot.end", Action.IGNORE, GUEST, "req-1"), () -> {});
        rig.close();

        assertThat(rig.libvirt.calls()).contains("define").doesNotContain("destroy");
    }

    @Test
    void theWindowOfAGuestThatWaitedForItsPortsBeginsWhenItIsResumed() throws Exception {
        rig.age(20).vcpuTime(0.3);
        rig.libvirt.running(guest("", vfio()));
        heard(Kind.STARTED, 20);
        heard(Kind.SUSPENDED, 20);
        heard(Kind.RESUMED, 0.2);
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isTrue();
    }

    @Test
    void theWindowOfAGuestThatWasPausedLaterHasLongPassed() throws Exception {
        rig.age(20).vcpuTime(0.3);
        rig.libvirt.running(guest("", vfio()));
        heard(Kind.RESUMED, 20);
        heard(Kind.STARTED, 20);
        heard(Kind.SUSPENDED, 10);
        heard(Kind.RESUMED, 0.2);
        deferred("runs-too-long", "it has run for 20.0 s");
    }

    private Observation observed() throws Exception {
        return rig.get(Observer.class).observe(GUEST).orElseThrow();
    }

    private Optional<Reason> lacks(Observation o) throws Exception {
        return rig.get(RestartGuard.class).lacks(rig.libvirt, o);
    }

    private Optional<Reason.Code> forbids(Observation o) throws Exception {
        return rig.get(RestartGuard.class)
                .forbids(rig.libvirt, o, rig.occasion(Trigger.TASK_ENDED))
                .map(Reason::code);
    }

    @Test
    void whereTheConfigurationSaysNeverNobodyIsRestarted() throws Exception {
        rig.close();
        rig = new BinderRig(root, Restart.NEVER).age(1).memory(Map.of(0, 200_000L));
        rig.libvirt.running(guest("", vfio()));
        assertThat(forbids(observed())).contains(Reason.Code.RESTART_NOT_ALLOWED);
    }

    @Test
    void aGuestThatNovaHasATaskOnIsNovas() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        Observation o = observed();
        assertThat(rig.get(RestartGuard.class).novas(o)).isEmpty();
        rig.get(NovaTasks.class).heard(GUEST, Events.of("instance.snapshot.start", Action.IGNORE, GUEST, "req-1"));

        assertThat(rig.get(RestartGuard.class).novas(o).orElseThrow().text())
                .startsWith("Nova has a task on it (snapshot, for ")
                .endsWith(" s): at most its pins are set until that has ended");
        assertThat(forbids(o)).contains(Reason.Code.TASK_RUNNING);
    }

    @Test
    void aGuestThatWouldBeGoneAfterAStopIsNotStopped() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.undefines(GUEST);
        assertThat(forbids(observed())).contains(Reason.Code.TRANSIENT);
    }

    @Test
    void aGuestThatSomebodyElseHasRestartedSinceItWasPlannedForIsNotRestarted() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        Observation o = observed();
        assertThat(forbids(o)).isEmpty();
        rig.libvirt.stops(GUEST);
        rig.libvirt.create(GUEST);
        assertThat(forbids(o)).contains(Reason.Code.NOT_RUNNING);
    }

    @Test
    void aGuestThatSomebodyElseRestartsWhileLibvirtIsAskedIsNotRestarted() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        Observation o = observed();
        rig.libvirt.before("activity", () -> rig.procfs("stat", "1 (qemu) S" + " 0".repeat(18) + " 999950 0"));
        assertThat(forbids(o)).contains(Reason.Code.NOT_RUNNING);
    }

    @Test
    void aGuestWhoseNewProcessDidNotAnswerAtOnceIsNotRestartedTwiceForOneStart() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.before("create", () -> rig.libvirt.before("liveXml", () -> rig.procfs("cmdline", "")));
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isTrue();
        rig.procfs("cmdline", "qemu-system-x86_64\0-uuid\0" + GUEST + "\0");

        BindResult second = rig.bind(Trigger.TASK_ENDED);

        assertThat(second.restarted()).as("%s", second).isFalse();
        assertThat(codes(second)).contains("already-restarted");
    }

    @Test
    void aGuestThatWasStoppedMeanwhileIsNotStopped() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        Observation o = observed();
        rig.libvirt.is(GUEST, State.SHUTOFF);
        assertThat(forbids(o)).contains(Reason.Code.NOT_RUNNING);
    }

    @Test
    void whatLibvirtCannotSayOfAGuestForbidsItsRestart() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        Observation o = observed();
        rig.libvirt.failing("activity", LibvirtFailure.Kind.BUSY, "cannot acquire state change lock");
        assertThat(forbids(o)).contains(Reason.Code.MAY_HAVE_WRITTEN);
        for (LibvirtFailure.Kind none : List.of(LibvirtFailure.Kind.CONNECTION, LibvirtFailure.Kind.NO_DOMAIN)) {
            rig.libvirt.failing("activity", none, "no");
            assertThatThrownBy(() -> forbids(o)).isInstanceOf(LibvirtFailure.class);
        }
        rig.libvirt.failing("activity", LibvirtFailure.Kind.BUSY, "no");
        rig.libvirt.before("activity", rig::processEnds);
        assertThat(forbids(o)).as("its process has ended").contains(Reason.Code.NOT_RUNNING);
    }

    @Test
    void aGuestOfWhichLibvirtDoesNotTellHowItRunsIsNotRestarted() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        Observation o = observed();
        rig.libvirt.failing("liveXml", LibvirtFailure.Kind.BUSY, "no");
        assertThat(lacks(o).orElseThrow().text()).isEqualTo("whether it was changed while it runs is not known: no");
        rig.libvirt.failing("liveXml", LibvirtFailure.Kind.NO_DOMAIN, "no");
        assertThatThrownBy(() -> lacks(o)).isInstanceOf(LibvirtFailure.class);
    }

    @Test
    void theWindowEndsToTheTick() throws Exception {
        Duration window = BinderRig.config(Restart.BOOT_WINDOW).binding().restartWindow();
        rig.age(window.toMillis() / 1000.0);
        rig.libvirt.running(guest("", vfio()));
        rig.procfs("stat", startedBefore(window.toMillis() / 10));
        assertThat(forbids(observed())).isEmpty();
        rig.procfs("stat", startedBefore(window.toMillis() / 10 + 1));
        assertThat(forbids(observed())).contains(Reason.Code.RUNS_TOO_LONG);
    }

    private static String startedBefore(long ticks) {
        return "1 (qemu) S" + " 0".repeat(18) + " " + (BinderRig.UPTIME_TICKS - ticks) + " 0";
    }

    @Test
    void aGuestInRescueIsNovas() throws Exception {
        rig.libvirt.running(guest("", vfio()).replace("instances/x/root", "instances/x/disk.rescue"));
        rig.tree.file("var/lib/nova/instances/x/disk.rescue", "");
        assertThat(rig.get(RestartGuard.class).novas(observed())).contains(RestartGuard.IN_RESCUE);
    }

    @Test
    void whatGoesOffMayBeOurDoingUnlessItsRestartWasGivenUp() {
        RecentRestarts recent = rig.get(RecentRestarts.class);
        assertThat(recent.mayHaveStopped(GUEST)).isEmpty();
        recent.begins(GUEST, 1);
        assertThat(recent.mayHaveStopped(GUEST)).isPresent();
        recent.abandoned(GUEST);
        assertThat(recent.mayHaveStopped(GUEST)).isEmpty();
    }

    @Test
    void whatIsWrittenToAllDisksIsAddedUp() throws Exception {
        DomainDefinition d = new DomainXml().read(guest("", ""));
        Activity two = new Activity(State.RUNNING, Map.of("vdr", 4096L, "vdx", 4096L), Map.of(), List.of(), false);
        assertThat(rig.get(Writes.class).counted(d, two).orElseThrow().text()).contains("written 8192 bytes");
    }

    private void heard(Kind kind, double secondsAgo) {
        long at = System.nanoTime()
                - Duration.ofMillis((long) (secondsAgo * 1000)).toNanos();
        rig.get(StartTimes.class).happened(new DomainEvent(GUEST, "instance-00000001", kind, 0, at));
    }

    @Test
    void aGuestThatIsOlderThanTheUptimeSaysHasRunForNobodyKnowsHowLong() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.tree.file("proc/uptime", "30.00 0.00");

        BindResult result = rig.bind(Trigger.COMMAND_WITH_RESTART);

        assertThat(rig.libvirt.calls()).doesNotContain("destroy");
        assertThat(codes(result)).contains("runs-too-long");
    }
}
