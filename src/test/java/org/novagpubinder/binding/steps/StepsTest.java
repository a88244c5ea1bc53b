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

    @ParameterizedTest
    @EnumSource(Trigger.class)
    void aGuestWhoseRestartFailedIsLeftUntilAnOperatorsWordButPinnedAtItsStart(Trigger trigger) throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        Steps steps = steps(
                trigger, new Conditions(Optional.empty(), false, Optional.of(WHY), Optional.empty(), Optional.empty()));

        boolean goesOn = trigger == Trigger.STARTED || trigger == Trigger.COMMAND_WITH_RESTART;
        assertThat(steps.list().stream().anyMatch(Act.class::isInstance)).isEqualTo(goesOn);
        if (!goesOn) {
            assertThat(steps).isEqualTo(new Steps(List.of(new Step.Leave(WHY, Until.BIND_RESTART)), Outcome.FAILED));
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
}
