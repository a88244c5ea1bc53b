package org.novagpubinder.binding.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.placedOn;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.steps.Step.Act;
import org.novagpubinder.binding.steps.Step.Until;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/** Which steps follow from a plan, an occasion and what else is known of a guest. */
class StepsTest {
    private static final Conditions FREE =
            new Conditions(Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.empty());
    private static final Reason WHY = new Reason(Code.TASK_RUNNING, "resize, for 3 s");

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(1).memory(Map.of(0, 200_000L));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Planned plan(Trigger trigger) throws Exception {
        return rig.get(Binder.class)
                .plan(GUEST, rig.occasion(trigger), Flavor.UNKNOWN)
                .orElseThrow();
    }

    private Steps steps(Trigger trigger, Conditions now) throws Exception {
        return Steps.of(plan(trigger), now);
    }

    @Test
    void memoryMovesBeforeTheThreadsArePinnedAndTheDefinitionIsLast() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        Steps steps = steps(Trigger.SWEEP, FREE);

        assertThat(steps).isEqualTo(new Steps(List.of(Act.MOVE_MEMORY, Act.PIN, Act.DEFINE), Outcome.BOUND));
        assertThat(steps.words()).isEqualTo("move its memory, pin its threads, write the definition");
    }

    @Test
    void aGuestThatNeedsAStartIsRestartedAndNothingElse() throws Exception {
        rig.libvirt.running(guest("", vfio()));

        assertThat(steps(Trigger.TASK_ENDED, FREE)).isEqualTo(new Steps(List.of(Act.RESTART), Outcome.BOUND));
    }

    @Test
    void aGuestThatMustNotBeRestartedIsPreparedForItsNextStart() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        Planned late = plan(Trigger.TASK_ENDED).withoutRestart(WHY);

        Steps steps = Steps.of(late, FREE);

        assertThat(steps.does(Act.RESTART)).isFalse();
        assertThat(steps.does(Act.DEFINE)).isTrue();
        assertThat(steps.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(steps.left()).first().isEqualTo(new Step.Leave(WHY, Until.NEXT_START));
    }

    @ParameterizedTest
    @EnumSource(
            value = Trigger.class,
            names = {"TASK_ENDED", "SWEEP", "COMMAND", "COMMAND_WITH_RESTART"})
    void aGuestThatNovaHasATaskOnGetsItsPinsAndWaits(Trigger trigger) throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        Steps steps = steps(
                trigger, new Conditions(Optional.of(WHY), false, Optional.empty(), Optional.empty(), Optional.empty()));

        assertThat(steps)
                .isEqualTo(
                        new Steps(List.of(Act.PIN_AT_START, new Step.Leave(WHY, Until.TASK_ENDED)), Outcome.DEFERRED));
    }

    @Test
    void whatNovaHasPlacedIsNotPinnedWhileNovaHasATaskOnIt() throws Exception {
        rig.libvirt.running(guest(placedOn(1), renderNode(RENDER1)));

        Steps steps = steps(
                Trigger.SWEEP,
                new Conditions(Optional.of(WHY), false, Optional.empty(), Optional.empty(), Optional.empty()));

        assertThat(steps.list()).noneMatch(Act.class::isInstance);
    }

    @Test
    void aGuestThatNeedsNothingStandsAsItDoesWhateverNovaDoesWithIt() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.SWEEP);

        Steps steps = steps(Trigger.SWEEP, novas(WHY));

        assertThat(steps)
                .isEqualTo(
                        new Steps(List.of(Act.PIN_AT_START, new Step.Leave(null, Until.TASK_ENDED)), Outcome.ALIGNED));
        assertThat(steps.why()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Trigger.class)
    void aGuestWhoseRestartFailedIsLeftUntilAnOperatorsWordButPinnedAtItsStart(Trigger trigger) throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        Steps steps = steps(
                trigger, new Conditions(Optional.empty(), false, Optional.of(WHY), Optional.empty(), Optional.empty()));

        boolean goesOn = trigger == Trigger.STARTED || trigger == Trigger.COMMAND_WITH_RESTART;
        assertThat(steps.does(Act.GIVE_BACK)).isEqualTo(!goesOn);
        if (!goesOn) {
            assertThat(steps)
                    .isEqualTo(
                            new Steps(List.of(Act.GIVE_BACK, new Step.Leave(WHY, Until.BIND_RESTART)), Outcome.FAILED));
        }
    }

    @Test
    void aGuestWhoseRenderNodeIsNotInDevIsLeftAsItIs() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        Steps steps = steps(
                Trigger.SWEEP,
                new Conditions(Optional.empty(), false, Optional.empty(), Optional.of(WHY), Optional.empty()));

        assertThat(steps).isEqualTo(new Steps(List.of(new Step.Leave(WHY, Until.RENDER_NODE)), Outcome.FAILED));
    }

    @ParameterizedTest
    @EnumSource(Trigger.class)
    void onlyACommandWritesTheDefinitionOfAGuestThatIsOff(Trigger trigger) throws Exception {
        rig.libvirt.defined(guest("", renderNode(RENDER1)));

        Steps steps = steps(trigger, FREE);

        boolean command = trigger == Trigger.COMMAND || trigger == Trigger.COMMAND_WITH_RESTART;
        assertThat(steps.does(Act.DEFINE)).isEqualTo(command);
        assertThat(steps.outcome()).isEqualTo(command ? Outcome.DEFERRED : Outcome.OFF);
        assertThat(steps.why()).hasValueSatisfying(why -> assertThat(why.code()).isEqualTo(Code.NOT_RUNNING));
    }

    @Test
    void aGuestThatIsNotToBeBoundGivesItsBindingBackUnlessNovaHasATaskOnIt() throws Exception {
        rig.libvirt.running(guest("", ""));

        assertThat(steps(Trigger.SWEEP, FREE).list()).containsExactly(Act.GIVE_BACK);
        assertThat(steps(Trigger.STARTED, FREE).list()).isEmpty();
        assertThat(steps(
                                Trigger.SWEEP,
                                new Conditions(
                                        Optional.of(WHY), false, Optional.empty(), Optional.empty(), Optional.empty()))
                        .words())
                .isEqualTo("nothing");
    }

    private static Conditions novas(Reason why) {
        return new Conditions(Optional.of(why), false, Optional.empty(), Optional.empty(), Optional.empty());
    }

    @Test
    void whatIsWaitedForIsToldAfterWhatIsDone() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        assertThat(steps(Trigger.SWEEP, novas(WHY)).words())
                .isEqualTo("pin its threads, wait for the end of Nova's task");

        rig.libvirt.stops(GUEST);
        assertThat(steps(Trigger.COMMAND, FREE).words()).isEqualTo("write the definition");
    }

    @Test
    void aBindingThatDidNotStartIsNotTriedAgainUntilTheNextStart() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.SWEEP);
        rig.marksItsRestart();
        rig.libvirt.setRecord(
                GUEST,
                rig.libvirt
                        .record(GUEST)
                        .replace("restarting", "set")
                        .replaceFirst("outcome=\"\\w+", "outcome=\"failed"));

        Steps steps = steps(Trigger.COMMAND_WITH_RESTART, FREE);

        assertThat(steps.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(steps.words()).isEqualTo("take the binding off, wait for its next start");
        assertThat(steps.why()).hasValueSatisfying(why -> assertThat(why.code()).isEqualTo(Code.RESTART_FAILED));
        rig.libvirt.stops(GUEST);
        rig.libvirt.create(GUEST);
        assertThat(steps(Trigger.SWEEP, FREE).does(Act.DEFINE)).isTrue();
    }

    @Test
    void aGuestThatMayStillGoOffByARestartOfOursIsNotTouched() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.SWEEP);

        Steps steps = steps(
                Trigger.SWEEP,
                new Conditions(Optional.empty(), true, Optional.empty(), Optional.empty(), Optional.empty()));

        assertThat(steps.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(steps.words()).isEqualTo("wait whether its restart still stops it");
        String begun = "begun at " + rig.record().time();
        assertThat(steps.why()).hasValueSatisfying(why -> assertThat(why.text()).contains(begun));
    }

    @Test
    void aGuestThatIsOffAndStartedByItsMarkIsLeftToThatStart() throws Exception {
        rig.libvirt.defined(guest("", renderNode(RENDER1)));
        Conditions toBeStarted =
                new Conditions(Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.of(WHY));

        assertThat(steps(Trigger.COMMAND, toBeStarted))
                .isEqualTo(new Steps(List.of(new Step.Leave(WHY, Until.NOTHING)), Outcome.DEFERRED));
        assertThat(steps(Trigger.SWEEP, toBeStarted).outcome()).isEqualTo(Outcome.OFF);
    }

    @Test
    void aGuestThatStartsGetsItsPinsAndNobodySpeaksOfTheTaskThatStartsIt() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        assertThat(steps(Trigger.STARTED, novas(WHY))).isEqualTo(new Steps(List.of(Act.PIN_AT_START), Outcome.BOUND));
        Reason rescue = new Reason(Code.RESCUE, "in rescue");
        assertThat(steps(Trigger.STARTED, novas(rescue)))
                .isEqualTo(new Steps(
                        List.of(Act.PIN_AT_START, new Step.Leave(rescue, Until.UNRESCUED)), Outcome.DEFERRED));
    }

    @Test
    void aGuestWhoseMemoryOnlyAStartMovesIsNotPinnedAwayFromIt() throws Exception {
        rig.libvirt.running(guest("", vfio()));

        assertThat(steps(Trigger.STARTED, FREE)).isEqualTo(new Steps(List.of(), Outcome.DEFERRED));
        rig.tree.without("proc/1001/cmdline");
        assertThat(steps(Trigger.STARTED, FREE).does(Act.PIN_AT_START))
                .as("all of it was taken at the start, seen or not")
                .isFalse();
    }

    @Test
    void aGuestThatHasJustStartedTakesItsMemoryWhereItIsPinned() throws Exception {
        rig.close();
        rig = new BinderRig(root.resolve("another"), Restart.BOOT_WINDOW, "max_live_move = 0")
                .age(1)
                .memory(Map.of(0, 200_000L));
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        assertThat(steps(Trigger.STARTED, FREE).does(Act.PIN_AT_START))
                .as("seen elsewhere")
                .isFalse();

        rig.tree.without("proc/1001/cmdline");

        assertThat(steps(Trigger.STARTED, FREE).does(Act.PIN_AT_START)).isTrue();
        assertThat(steps(Trigger.SWEEP, novas(WHY)).does(Act.PIN_AT_START))
                .as("long started")
                .isFalse();
    }

    @Test
    void aGuestThatRunsWithItsBindingFromTheStartOnIsSaidTo() throws Exception {
        rig.memory(Map.of(1, 200_000L)).libvirt.defined(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.COMMAND);
        rig.libvirt.setRecord(
                GUEST,
                rig.libvirt
                        .record(GUEST)
                        .replaceFirst("<reason", "<reason code=\"before-first-instruction\"/><reason"));
        rig.libvirt.create(GUEST);
        Step.Leave said = new Step.Leave(Steps.BEFORE_START, Until.NOTHING);

        assertThat(steps(Trigger.STARTED, FREE)).isEqualTo(new Steps(List.of(Act.PIN_AT_START, said), Outcome.BOUND));
        assertThat(steps(Trigger.SWEEP, FREE).list()).containsExactly(said, Act.PIN, Act.DEFINE);
        assertThat(steps(
                                Trigger.SWEEP,
                                new Conditions(
                                        Optional.empty(), false, Optional.empty(), Optional.of(WHY), Optional.empty()))
                        .why())
                .as("what is wrong now, not what went well")
                .hasValue(WHY);
        rig.libvirt.redefines(GUEST, rig.libvirt.inactiveXml(GUEST).replaceFirst(" time=\"\\d+", " time=\"2001"));
        assertThat(steps(Trigger.SWEEP, FREE).left())
                .as("its record is of another start")
                .isEmpty();
    }

    @Test
    void whereNobodyCanSeeTheMemoryTheGuestIsNotSaidToBeBound() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.SWEEP);
        rig.libvirt.stops(GUEST);
        rig.libvirt.create(GUEST);
        rig.tree.without("proc/1002/numa_maps");

        assertThat(steps(Trigger.SWEEP, FREE)).isEqualTo(new Steps(List.of(Act.PIN, Act.DEFINE), Outcome.DEFERRED));
    }

    @ParameterizedTest
    @EnumSource(
            value = Outcome.class,
            names = {"MISALIGNED", "REFUSED"})
    void aGuestThatIsBoundAsWellAsItGoesMayStillBeAwayFromItsGpu(Outcome outcome) throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        Planned p = plan(Trigger.SWEEP);
        Planned away = new Planned(
                p.observation(),
                p.topology(),
                p.guest(),
                p.plan().withOutcome(outcome),
                p.chosen(),
                p.noRestart(),
                p.occasion(),
                p.nextStart());

        assertThat(Steps.of(away, FREE).outcome()).isEqualTo(outcome);
    }
}
