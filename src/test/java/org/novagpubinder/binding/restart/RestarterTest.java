package org.novagpubinder.binding.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.placedOn;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.definition.Definer;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.work.Pause;
import org.novagpubinder.binding.work.RestartCalls;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.testing.LogLines;
import org.novagpubinder.testing.ScriptedLibvirt;

class RestarterTest {
    private static final String FORMER = guest(placedOn(1), BinderRig.renderNode(RENDER0));
    private static final String VOLUME = "<disk type='file' device='disk'><target dev='vdb' bus='virtio'/></disk>";

    @TempDir
    Path root;

    private BinderRig rig;
    private ScriptedLibvirt libvirt;
    private RestartCalls calls = new RestartCalls();
    private Pause pause;

    @BeforeEach
    void host() throws Exception {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(1);
        libvirt = rig.libvirt;
        libvirt.running(FORMER);
        pause = rig.get(Pause.class);
    }

    private Optional<Reason> restart() throws Exception {
        return restart(held -> Optional.empty());
    }

    private Optional<Reason> restart(LastLook lastLook) throws Exception {
        Planned planned = rig.get(Binder.class)
                .plan(GUEST, Occasion.of(Trigger.TASK_ENDED), Flavor.UNKNOWN)
                .orElseThrow();
        RestartEdits edits = new RestartEdits(
                planned,
                List.of(),
                planned.observation().process().startTicks(),
                lastLook,
                new DomainXml(),
                rig.get(Records.class));
        Restarter restarter = new Restarter(
                libvirt,
                rig.get(Definer.class),
                new Starter(
                        rig.get(Definer.class),
                        pause,
                        rig.get(Records.class),
                        rig.get(StopNotes.class),
                        rig.get(RestartFailures.class)),
                calls,
                rig.get(StopNotes.class),
                rig.get(Pause.class),
                rig.steady::get,
                BinderRig.config(Restart.BOOT_WINDOW).binding());
        return restarter.restart(edits);
    }

    private String renderNode() throws Exception {
        return new DomainXml().read(libvirt.liveXml(GUEST)).renderNode().orElseThrow();
    }

    private boolean runs() throws Exception {
        return libvirt.find(GUEST).orElseThrow().active();
    }

    private void inThePause(int number, Runnable action) {
        AtomicInteger pauses = new AtomicInteger();
        rig.inEachPause(() -> {
            if (pauses.incrementAndGet() == number) {
                action.run();
            }
        });
    }

    @Test
    void theGuestRunsWithTheNewDefinition() throws Exception {
        Optional<Reason> failed = restart();

        assertThat(failed).isEmpty();
        assertThat(libvirt.calls()).containsExactly("define", "destroy", "create");
        assertThat(renderNode()).isEqualTo(RENDER1);
    }

    @Test
    void aGuestThatDoesNotStartAnyMoreRunsWithItsFormerDefinition() throws Exception {
        libvirt.failing(
                "create", Kind.ERROR, "Path '/dev/dri/renderD129' is not accessible: No such file or directory");

        Optional<Reason> failed = restart();

        assertThat(failed.orElseThrow().code()).isEqualTo(Reason.Code.RESTART_FAILED);
        assertThat(failed.orElseThrow().text()).contains("/dev/dri/renderD129");
        assertThat(libvirt.calls()).containsExactly("define", "destroy", "create", "define", "create");
        assertThat(renderNode()).isEqualTo(RENDER0);
    }

    /** A daemon that ends has waited for it for a minute by then. */
    @Test
    void whoWantsTheThreadToEndDoesNotKeepAGuestThatIsOffFromItsStart() throws Exception {
        pause = Pause::ofTheThread;
        libvirt.before("create", () -> {
            Thread.currentThread().interrupt();
            throw new LibvirtFailure(Kind.CONNECTION, 0, "interrupted while waiting for libvirt");
        });

        assertThat(restart()).isEmpty();

        assertThat(Thread.interrupted()).as("and ends then").isTrue();
        assertThat(renderNode()).isEqualTo(RENDER1);
    }

    @Test
    void aVolumeThatIsAttachedWhileItGoesBackStaysAttached() throws Exception {
        libvirt.failing("create", Kind.ERROR, "no").failing("create", Kind.ERROR, "no");
        inThePause(1, () -> {
            try {
                libvirt.redefines(GUEST, libvirt.inactiveXml(GUEST).replace("</devices>", VOLUME + "</devices>"));
            } catch (LibvirtFailure e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(restart()).isPresent();

        assertThat(renderNode()).isEqualTo(RENDER0);
        assertThat(libvirt.liveXml(GUEST)).contains(VOLUME);
    }

    @Test
    void aLostConnectionIsNoVerdictOnTheDefinition() throws Exception {
        libvirt.failing("create", Kind.CONNECTION, "Connection reset by peer");
        libvirt.before("create", () -> libvirt.failing("find", Kind.CONNECTION, "no connection"));

        assertThat(restart()).isEmpty();

        assertThat(libvirt.calls()).containsExactly("define", "destroy", "create", "create");
        assertThat(renderNode()).isEqualTo(RENDER1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"define", "destroy", "create"})
    void aCallOfARestartThatHangsIsTold(String call) throws Exception {
        calls = new RestartCalls(Duration.ofMillis(10));
        libvirt.before(call, () -> await().until(() -> calls.unanswered() == 1));

        assertThat(restart()).isEmpty();

        assertThat(calls.unanswered()).isZero();
    }

    @Test
    void aMarkThatCannotBeRenewedKeepsNobodyFromItsStart() throws Exception {
        libvirt.failing("create", Kind.BUSY, "cannot acquire state change lock");
        libvirt.failing("setRecord", Kind.ERROR, "cannot write").failing("setRecord", Kind.ERROR, "cannot write");
        rig.inEachPause(() -> rig.passes(Duration.ofSeconds(20)));

        assertThat(restart()).isEmpty();

        assertThat(runs()).isTrue();
        assertThat(libvirt.calls()).containsExactly("define", "destroy", "create", "setRecord", "create");
    }

    @Test
    void aDefinitionThatNovaHasWrittenMeanwhileGetsNoMark() throws Exception {
        libvirt.failing("create", Kind.BUSY, "cannot acquire state change lock");
        rig.inEachPause(() -> {
            rig.passes(Duration.ofSeconds(20));
            libvirt.redefines(GUEST, FORMER);
        });

        assertThat(restart()).isEmpty();

        assertThat(libvirt.inactiveXml(GUEST)).doesNotContain("restarting");
    }

    @Test
    void aGuestWhoseDestroyWasNotAnsweredIsStartedOnceItIsOff() throws Exception {
        libvirt.failing("destroy", Kind.CONNECTION, "Connection reset by peer");
        inThePause(2, () -> libvirt.stops(GUEST));

        assertThat(restart()).isEmpty();

        assertThat(renderNode()).isEqualTo(RENDER1);
    }

    @Test
    void aGuestThatRunsOnThoughItsDestroyWasNotAnsweredKeepsTheMarkForItMayGoOffYet() throws Exception {
        libvirt.failing("destroy", Kind.CONNECTION, "Connection reset by peer");

        ConcurrentChangeException gaveWay = catchThrowableOfType(ConcurrentChangeException.class, this::restart);

        assertThat(gaveWay.left()).isEqualTo(ConcurrentChangeException.Left.MAY_GO_OFF);
        assertThat(renderNode()).isEqualTo(RENDER0);
        assertThat(libvirt.inactiveXml(GUEST)).contains("state=\"restarting\"");
    }

    @Test
    void aGuestThatCannotBeStoppedKeepsRunningWithItsFormerDefinition() throws Exception {
        libvirt.failing("destroy", Kind.ERROR, "internal error");

        Optional<Reason> failed = restart();

        assertThat(failed.orElseThrow().text()).contains("internal error");
        assertThat(libvirt.calls()).containsExactly("define", "destroy", "define");
        assertThat(new DomainXml().read(libvirt.inactiveXml(GUEST)).renderNode())
                .contains(RENDER0);
        assertThat(renderNode()).isEqualTo(RENDER0);
    }

    @Test
    void aLockThatLibvirtDoesNotGetForTheStopIsNoFailureOfTheRestart() throws Exception {
        libvirt.failing("destroy", Kind.BUSY, "cannot acquire state change lock");

        ConcurrentChangeException gaveWay = catchThrowableOfType(ConcurrentChangeException.class, this::restart);

        assertThat(gaveWay.left()).isEqualTo(ConcurrentChangeException.Left.MAY_GO_OFF);
        assertThat(gaveWay.reason().text()).contains("state change lock");
        assertThat(renderNode()).isEqualTo(RENDER0);
    }

    @Test
    void aGuestThatGoesOffAlthoughLibvirtDidNotGetTheLockForItsStopIsStarted() throws Exception {
        libvirt.failing("destroy", Kind.BUSY, "cannot acquire state change lock");
        inThePause(30, () -> libvirt.stops(GUEST));

        assertThat(restart()).isEmpty();

        assertThat(renderNode()).isEqualTo(RENDER1);
    }

    @Test
    void aGuestThatGoesOffAfterLibvirtCouldNotStopItIsStartedAgain() throws Exception {
        libvirt.failing(
                "destroy", Kind.ERROR, "Failed to terminate process 4711 with SIGKILL: Device or resource busy");
        inThePause(30, () -> libvirt.stops(GUEST));

        assertThat(restart()).isPresent();

        assertThat(renderNode()).isEqualTo(RENDER0);
    }

    @Test
    void theWayBackIsTriedAgainUntilTheGuestRuns() throws Exception {
        for (int i = 0; i < 4; i++) {
            libvirt.failing("create", Kind.ERROR, "no");
        }

        assertThat(restart()).isPresent();

        assertThat(renderNode()).isEqualTo(RENDER0);
    }

    @Test
    void theGuestIsBroughtBackThoughLibvirtCannotBeAskedWhetherItRuns() throws Exception {
        libvirt.failing("create", Kind.ERROR, "no");
        libvirt.before("create", () -> libvirt.failing("find", Kind.CONNECTION, "no connection"));

        assertThat(restart()).isPresent();

        assertThat(runs()).isTrue();
    }

    @Test
    void aDomainThatIsDeletedMeanwhileIsNotBroughtBack() {
        libvirt.failing("destroy", Kind.NO_DOMAIN, "no domain");

        assertThatThrownBy(this::restart).isInstanceOfSatisfying(LibvirtFailure.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.NO_DOMAIN));
        assertThat(libvirt.calls()).containsExactly("define", "destroy");
    }

    @Test
    void aDomainThatIsDeletedWhileItIsOffIsNotBroughtBack() throws Exception {
        libvirt.before("create", () -> libvirt.deletes(GUEST));

        assertThatThrownBy(this::restart).isInstanceOfSatisfying(LibvirtFailure.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.NO_DOMAIN));
        assertThat(libvirt.find(GUEST)).isEmpty();
    }

    @Test
    void aDomainThatIsDeletedAfterItsStartFailedIsNotBroughtBack() throws Exception {
        libvirt.failing("create", Kind.ERROR, "no");
        libvirt.before("create", () -> libvirt.before("find", () -> libvirt.deletes(GUEST)));

        assertThatThrownBy(this::restart).isInstanceOfSatisfying(LibvirtFailure.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.NO_DOMAIN));
        assertThat(libvirt.find(GUEST)).isEmpty();
    }

    @Test
    void aGuestThatNovaStopsInTheSameMomentStaysOff() throws Exception {
        libvirt.before("destroy", () -> libvirt.stops(GUEST));

        ConcurrentChangeException gaveWay = catchThrowableOfType(ConcurrentChangeException.class, this::restart);

        assertThat(gaveWay.left()).isEqualTo(ConcurrentChangeException.Left.UNTOUCHED);
        assertThat(runs()).isFalse();
    }

    @Test
    void aGuestThatSomebodyStopsInTheSameMomentStaysOffThoughLibvirtIsLostThen() throws Exception {
        libvirt.before("destroy", () -> {
            libvirt.stops(GUEST);
            libvirt.failing("find", Kind.CONNECTION, "no connection");
        });

        ConcurrentChangeException gaveWay = catchThrowableOfType(ConcurrentChangeException.class, this::restart);

        assertThat(gaveWay.left()).isEqualTo(ConcurrentChangeException.Left.UNTOUCHED);
        assertThat(runs()).isFalse();
    }

    /** Nothing forbids the restart; once the guest is off, Nova may take it over. */
    private static LastLook allows(Supplier<Optional<Reason>> takenOver) {
        return new LastLook() {
            @Override
            public Optional<Reason> forbids(Libvirt held) {
                return Optional.empty();
            }

            @Override
            public Optional<Reason> takenOver() {
                return takenOver.get();
            }
        };
    }

    @Test
    void aGuestThatNovaTakesOverWhileItIsOffIsLeftToItWithTheMark() throws Exception {
        ConcurrentChangeException gaveWay = catchThrowableOfType(
                ConcurrentChangeException.class,
                () -> restart(allows(() -> Optional.of(new Reason(Reason.Code.TASK_RUNNING, "suspend")))));

        assertThat(gaveWay.left()).isEqualTo(ConcurrentChangeException.Left.TO_NOVA);
        assertThat(libvirt.calls()).containsExactly("define", "destroy");
    }

    private ConcurrentChangeException givesWayTo(AtomicBoolean reboot) {
        return catchThrowableOfType(
                ConcurrentChangeException.class,
                () -> restart(allows(() -> reboot.get()
                        ? Optional.of(new Reason(Reason.Code.TASK_RUNNING, "reboot"))
                        : Optional.empty())));
    }

    @Test
    void aStartThatNovasRebootHasEndedIsNoFailureOfTheDefinition() throws Exception {
        AtomicBoolean reboot = new AtomicBoolean();
        libvirt.failing("create", Kind.ERROR, "qemu unexpectedly closed the monitor: terminating on signal 15")
                .before("create", () -> reboot.set(true));

        try (LogLines lines = LogLines.of(Starter.class.getName())) {
            ConcurrentChangeException gaveWay = givesWayTo(reboot);

            assertThat(gaveWay.left()).isEqualTo(ConcurrentChangeException.Left.TO_NOVA);
            assertThat(lines.lines()).isEmpty();
        }
        assertThat(libvirt.calls()).containsExactly("define", "destroy", "create");
    }

    @Test
    void whatNovaBeginsWhileTheFormerDefinitionIsPutBackIsLeftToIt() throws Exception {
        AtomicBoolean reboot = new AtomicBoolean();
        libvirt.failing("create", Kind.ERROR, "no")
                .before("create", () -> libvirt.before("define", () -> reboot.set(true)));

        ConcurrentChangeException gaveWay = givesWayTo(reboot);

        assertThat(gaveWay.left()).isEqualTo(ConcurrentChangeException.Left.TO_NOVA);
        assertThat(rig.get(RestartFailures.class).remembered(GUEST))
                .hasValueSatisfying(why -> assertThat(why.text()).contains("new definition: no"));
        assertThat(libvirt.calls()).containsExactly("define", "destroy", "create", "define");
    }

    private Optional<Reason> restartUnheard(int looking, int stopping) throws Exception {
        AtomicBoolean deaf = new AtomicBoolean();
        AtomicInteger looks = new AtomicInteger();
        libvirt.before("destroy", () -> {
            rig.passes(Duration.ofSeconds(stopping));
            deaf.set(true);
        });
        return restart(new LastLook() {
            @Override
            public Optional<Reason> forbids(Libvirt held) {
                // the first look is from before the mark; one that takes too long is looked again
                if (looks.incrementAndGet() == 2) {
                    rig.passes(Duration.ofSeconds(looking));
                }
                return Optional.empty();
            }

            @Override
            public Optional<Reason> unread() {
                return deaf.get() ? Optional.of(new Reason(Reason.Code.TASK_RUNNING, "no broker")) : Optional.empty();
            }
        });
    }

    @Test
    void looksThatTakeLongBeforeItsStopAreNoTimeOffThoughNovaIsNotHeard() throws Exception {
        assertThat(restartUnheard(50, 20)).isEmpty();
        assertThat(runs()).isTrue();
    }

    @Test
    void aGuestWhoseStopTookLongMayHaveBeenOffSinceItsBeginning() {
        assertThatThrownBy(() -> restartUnheard(0, 90)).hasMessageContaining("unheard");
    }

    @Test
    void whatNovaHasDefinedMeanwhileIsLeftToItToStartForAWhile() throws Exception {
        String novas = guest("<cputune><shares>7</shares></cputune>", BinderRig.renderNode(RENDER0));
        libvirt.failing("create", Kind.CONNECTION, "lost");
        inThePause(1, () -> libvirt.redefines(GUEST, novas));
        AtomicInteger looks = new AtomicInteger();

        restart(new LastLook() {
            @Override
            public Optional<Reason> forbids(Libvirt held) {
                return Optional.empty();
            }

            @Override
            public Optional<Reason> takenOver() {
                looks.incrementAndGet();
                return Optional.empty();
            }
        });

        assertThat(looks.get()).isGreaterThan(4);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(novas);
        assertThat(runs()).isTrue();
    }

    @Test
    void aGuestIsNotStoppedWithoutAConnectionOfItsOwnForItsStart() throws Exception {
        libvirt.failing("own", Kind.CONNECTION, "Too many active clients (5000), dropping connection");

        ConcurrentChangeException gaveWay = catchThrowableOfType(ConcurrentChangeException.class, this::restart);

        assertThat(gaveWay.reason().text()).contains("connection of its own", "Too many active clients");
        assertThat(libvirt.calls()).isEmpty();
    }

    @Test
    void whatWasLookedAtLongAgoIsLookedAtAgainBeforeTheGuestIsStopped() throws Exception {
        AtomicInteger looks = new AtomicInteger();

        restart(held -> {
            if (looks.incrementAndGet() == 2) {
                // libvirt keeps the look waiting
                rig.steady.updateAndGet(t -> t.plus(Duration.ofMillis(500)));
            }
            return Optional.empty();
        });

        assertThat(looks.get()).isEqualTo(3);
        assertThat(libvirt.calls()).containsExactly("define", "destroy", "create");
    }

    @Test
    void aGuestThatCannotBeLookedAtFastEnoughIsNotStopped() throws Exception {
        ConcurrentChangeException gaveWay = catchThrowableOfType(
                ConcurrentChangeException.class,
                () -> restart(held -> {
                    rig.steady.updateAndGet(t -> t.plus(Duration.ofSeconds(1)));
                    return Optional.empty();
                }));

        assertThat(gaveWay.left()).isEqualTo(ConcurrentChangeException.Left.UNTOUCHED);
        assertThat(libvirt.calls()).doesNotContain("destroy");
    }
}
