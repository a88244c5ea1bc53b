package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.binding.daemon.DecisionLog;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.binding.restart.Restarter;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.testing.LogLines;
import org.novagpubinder.testing.ScriptedLibvirt;

/** Nova begins its next task while a guest is being restarted: the guest is left to Nova from then on. */
class NovaInMidRestartTest {
    private static final String VFIO = guest("", vfio());

    @TempDir
    Path root;

    private final LogLines log =
            LogLines.of(Restarter.class.getName(), DecisionLog.class.getName(), RestartWatch.class.getName());
    private BinderRig rig;
    private ScriptedLibvirt libvirt;
    private Nova nova;

    @BeforeEach
    void host() throws Exception {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(1).memory(Map.of(0, 200_000L));
        libvirt = rig.libvirt;
        nova = new Nova(rig);
        nova.says("req-1", "reboot.start");
        libvirt.running(VFIO);
        rig.memory(Map.of(1, 200_000L));
    }

    @AfterEach
    void stop() {
        log.close();
        rig.close();
    }

    private boolean runs() throws LibvirtFailure {
        return libvirt.find(GUEST).orElseThrow().active();
    }

    private void novaKillsWhatStarts(String task) {
        libvirt.before("create", () -> {
            begins(task);
            libvirt.failing("create", Kind.ERROR, "process exited while connecting to monitor");
        });
    }

    private void novaStopsWhatHasStarted(String task) {
        libvirt.before(
                "create",
                () -> libvirt.before("liveXml", () -> {
                    begins(task);
                    libvirt.stops(GUEST);
                }));
    }

    private void begins(String task) {
        rig.get(NovaTasks.class).heard(GUEST, Events.of("instance." + task + ".start", Action.IGNORE, GUEST, "req-2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"suspend", "power_off", "shelve"})
    void aGuestThatNovaStopsRightAfterItsRestartStaysOff(String task) throws Exception {
        novaStopsWhatHasStarted(task);

        nova.says("req-1", "reboot.end").says("req-2", task + ".end").sweep();

        assertThat(libvirt.calls().stream().filter("create"::equals)).hasSize(1);
        assertThat(runs()).isFalse();
        assertThat(rig.record().state()).as("nor does the next daemon start it").isEqualTo(State.SET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"power_off", "reboot", "shelve", "rescue"})
    void aGuestThatNovaStopsWhileItStartsIsLeftToHer(String task) throws Exception {
        novaKillsWhatStarts(task);

        nova.says("req-1", "reboot.end").sweep();

        assertThat(libvirt.calls().stream().filter("create"::equals)).hasSize(1);
        assertThat(runs()).isFalse();
        assertThat(log.lines()).noneMatch(line -> line.startsWith("ERROR")).noneMatch(line -> line.startsWith("WARN"));

        nova.says("req-2", task + ".end").sweep();
        assertThat(runs()).isFalse();
        assertThat(rig.record().state()).isEqualTo(State.SET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"suspend", "shelve"})
    void aGuestThatIsOffThroughUsRunsAgainWhenNovasTaskFails(String task) throws Exception {
        novaKillsWhatStarts(task);

        nova.says("req-1", "reboot.end").says("req-2", task + ".error").sweep();

        assertThat(runs()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"power_off", "reboot", "shelve", "suspend"})
    void aGuestThatNovaTakesOverWhileItIsBeingStoppedIsNotStartedBesideHer(String task) throws Exception {
        libvirt.before("destroy", () -> begins(task));

        nova.says("req-1", "reboot.end").sweep();
        assertThat(libvirt.calls()).doesNotContain("create");

        nova.says("req-2", task + ".error").sweep();
        assertThat(runs()).isTrue();
    }

    @Test
    void aGuestThatDiesRightAfterItsRestartWithoutNovasDoingIsStartedAgain() throws Exception {
        libvirt.before("create", () -> libvirt.before("liveXml", () -> libvirt.stops(GUEST)));

        nova.says("req-1", "reboot.end");

        assertThat(runs()).isTrue();
    }

    @Test
    void aGuestThatNovaTakesElsewhereInMidRestartIsNotStartedByTheNextDaemon() throws Exception {
        novaKillsWhatStarts("resize");

        nova.says("req-1", "reboot.end").hostSays("req-2", "resize.end", Nova.HERE, Nova.ELSEWHERE);

        assertThat(rig.record().state()).isEqualTo(State.SET);
    }

    @Test
    void aRefusedDefinitionIsRememberedThoughNovaTakesTheGuestOverOnTheWayBack() throws Exception {
        libvirt.failing("create", Kind.ERROR, "no")
                .before("create", () -> libvirt.before("define", () -> begins("suspend")));

        nova.says("req-1", "reboot.end");

        assertThat(runs()).isFalse();
        assertThat(rig.get(RestartFailures.class).remembered(GUEST)).isPresent();
        assertThat(rig.record().outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void aRefusedDefinitionIsRememberedThoughNovaHasUndefinedTheGuestByThen() throws Exception {
        libvirt.failing("create", Kind.ERROR, "no")
                .before(
                        "create",
                        () -> libvirt.before("define", () -> {
                            begins("reboot");
                            // the first reads back what was defined
                            libvirt.before(
                                    "inactiveXml",
                                    () -> libvirt.before(
                                            "inactiveXml",
                                            () -> libvirt.failing("inactiveXml", Kind.NO_DOMAIN, "gone")));
                        }));

        nova.says("req-1", "reboot.end");

        assertThat(runs()).isFalse();
        assertThat(rig.get(RestartFailures.class).remembered(GUEST)).isPresent();
    }

    @Test
    void theSameBeforeThatIsHeardOfNova() throws Exception {
        libvirt.failing("create", Kind.ERROR, "no")
                // the first looks whether it runs all the same
                .before(
                        "create",
                        () -> libvirt.before("find", () -> libvirt.before("find", () -> libvirt.deletes(GUEST))));

        nova.says("req-1", "reboot.end");

        assertThat(libvirt.find(GUEST)).isEmpty();
        assertThat(rig.get(RestartFailures.class).remembered(GUEST)).isPresent();
    }

    @Test
    void aGuestThatIsLeftToNovaIsNoFailureThoughItsMarkCannotBeRewrittenAtOnce() throws Exception {
        libvirt.before("destroy", () -> {
            begins("suspend");
            libvirt.failing("inactiveXml", Kind.BUSY, "busy");
        });

        nova.says("req-1", "reboot.end");

        assertThat(rig.get(RestartFailures.class).remembered(GUEST)).isEmpty();
        assertThat(rig.record().start()).as("nor does the next daemon start it").isZero();
        nova.says("req-2", "suspend.error").sweep();
        assertThat(runs()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"snapshot", "resize_prep"})
    void aTaskInWhichNovaStopsNobodyKeepsNoGuestOff(String task) throws Exception {
        libvirt.before("create", () -> {
            begins(task);
            libvirt.failing("create", Kind.ERROR, "no");
        });

        nova.says("req-1", "reboot.end");

        assertThat(runs()).isTrue();
    }
}
