package org.novagpubinder.binding.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.testing.LogLines;

/** With notification_format = both every end of a task is heard twice. */
class DecisionLogTest {
    private static final UUID GUEST = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");

    private final LogLines lines = LogLines.of(DecisionLog.class.getName());
    private final DecisionLog log = new DecisionLog();

    @AfterEach
    void stop() {
        lines.close();
    }

    private void decided(Trigger trigger, Outcome outcome, Code code, List<String> done, @Nullable String requestId) {
        decided(trigger, outcome, List.of(new Reason(code, "why")), done, requestId);
    }

    private void decided(
            Trigger trigger, Outcome outcome, List<Reason> reasons, List<String> done, @Nullable String requestId) {
        BindResult result = new BindResult(GUEST, "instance-1", outcome, reasons, IdSet.of(1), done, false, 5);
        log.decided(new Decision(result, trigger, Instant.EPOCH, Instant.EPOCH, requestId));
    }

    @Test
    void theSecondMessageOfAnEndThatWasHandledIsNotTold() {
        decided(Trigger.TASK_ENDED, Outcome.BOUND, Code.CHOSEN, List.of("restarted it"), "req-1");
        decided(Trigger.TASK_ENDED, Outcome.ALIGNED, Code.ALREADY_ALIGNED, List.of(), "req-1");

        assertThat(lines.lines()).singleElement().asString().contains("bound to node 1");
    }

    @Test
    void theSecondWarningOfOneEndIsNotTold() {
        decided(Trigger.TASK_ENDED, Outcome.DEFERRED, Code.RUNS_TOO_LONG, List.of("pinned 1 vCPU"), "req-1");
        decided(Trigger.TASK_ENDED, Outcome.DEFERRED, Code.RUNS_TOO_LONG, List.of(), "req-1");

        assertThat(lines.lines()).hasSize(1);
    }

    private static List<Reason> reasons(Code... codes) {
        return Stream.of(codes).map(code -> new Reason(code, "why")).toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"TASK_ENDED", "SWEEP"})
    void whatTheFirstLookHasDoneIsNoNewsToTheNext(Trigger next) {
        decided(
                Trigger.TASK_ENDED,
                Outcome.MISALIGNED,
                reasons(Code.REMOTE, Code.SEVERAL_NODES, Code.LIVE),
                List.of("moved 1 GiB"),
                "req-1");
        decided(next, Outcome.MISALIGNED, reasons(Code.REMOTE, Code.MEMORY_ALREADY_LOCAL), List.of(), "req-1");
        assertThat(lines.lines()).hasSize(1);

        decided(next, Outcome.MISALIGNED, reasons(Code.REMOTE, Code.CPUS_FULL), List.of(), "req-1");
        assertThat(lines.lines()).as("what has changed").hasSize(2);
    }

    @Test
    void thatAGuestStaysWhereTheFirstLookHasPutItIsNoNews() {
        decided(
                Trigger.TASK_ENDED,
                Outcome.DEFERRED,
                reasons(Code.RUNS_TOO_LONG, Code.NODE_OF_GPU, Code.MEMORY_FIXED_BY_VFIO),
                List.of("pinned 1 vCPU"),
                "req-1");
        decided(
                Trigger.TASK_ENDED,
                Outcome.DEFERRED,
                reasons(Code.RUNS_TOO_LONG, Code.CHOSEN, Code.MEMORY_FIXED_BY_VFIO),
                List.of(),
                "req-1");

        assertThat(lines.lines()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"NEEDS_START", "MEMORY_FIXED_BY_VFIO"})
    void aGuestThatWaitsForAStartIsToldWithWhatNeedsOne(Code needs) {
        decided(
                Trigger.STARTED,
                Outcome.DEFERRED,
                List.of(
                        new Reason(Code.NODE_OF_GPU, "its GPU is there"),
                        new Reason(needs, "it comes at a start only")),
                List.of("pinned 1 vCPU"),
                null);

        assertThat(lines.lines())
                .singleElement()
                .asString()
                .contains("deferred: its GPU is there; it comes at a start only; pinned 1 vCPU; 5 ms");
    }

    @ParameterizedTest
    @EnumSource(names = {"RUNS_TOO_LONG", "START_NEEDS_MISSING", "RESTARTS_SUSPENDED"})
    void aSweepDoesNotWarnAgainOfAGuestThatWaitsForItsNextStart(Code why) {
        decided(Trigger.TASK_ENDED, Outcome.DEFERRED, why, List.of(), "req-1");
        decided(Trigger.SWEEP, Outcome.DEFERRED, Code.RESTART_NOT_ALLOWED, List.of(), null);

        assertThat(lines.lines()).singleElement().asString().contains(why.word());
    }

    @Test
    void aGuestThatWaitsForItsNextStartIsToldWithWhatForbadeItsRestart() {
        decided(
                Trigger.TASK_ENDED,
                Outcome.DEFERRED,
                List.of(
                        new Reason(Code.NEEDS_START, "it needs a start"),
                        new Reason(Code.RESTART_NOT_ALLOWED, "libvirt answers too slowly"),
                        new Reason(Code.NODE_OF_GPU, "its GPU is there")),
                List.of("wrote the definition"),
                "req-1");

        assertThat(lines.lines())
                .singleElement()
                .asString()
                .contains("it needs a start; not restarted: libvirt answers too slowly; wrote the definition; 5 ms");
    }

    @Test
    void whatTheEndOfAnotherTaskBringsIsNoWarning() {
        decided(
                Trigger.TASK_ENDED,
                Outcome.DEFERRED,
                List.of(new Reason(Code.NEEDS_START, "it needs a start"), new Reason(Code.TASK_RUNNING, "a reboot")),
                List.of("wrote the definition"),
                "req-1");

        assertThat(lines.lines()).singleElement().asString().startsWith("INFO");
    }

    @Test
    void whatTheSecondMessageChangesIsTold() {
        decided(Trigger.TASK_ENDED, Outcome.ALIGNED, Code.ALREADY_ALIGNED, List.of(), "req-1");
        decided(Trigger.TASK_ENDED, Outcome.BOUND, Code.CHOSEN, List.of("restarted it"), "req-1");
        decided(Trigger.TASK_ENDED, Outcome.MISALIGNED, Code.REMOTE, List.of(), "req-1");

        assertThat(lines.lines()).hasSize(3);
    }

    @Test
    void theEndOfTheNextTaskIsToldThoughNothingHasChanged() {
        decided(Trigger.TASK_ENDED, Outcome.ALIGNED, Code.ALREADY_ALIGNED, List.of(), "req-1");
        decided(Trigger.TASK_ENDED, Outcome.ALIGNED, Code.ALREADY_ALIGNED, List.of(), "req-2");
        decided(Trigger.TASK_ENDED, Outcome.ALIGNED, Code.ALREADY_ALIGNED, List.of(), null);
        decided(Trigger.TASK_ENDED, Outcome.ALIGNED, Code.ALREADY_ALIGNED, List.of(), null);

        assertThat(lines.lines()).hasSize(4);
    }

    @ParameterizedTest
    @EnumSource(names = {"TASK_RUNNING", "RESCUE", "NOT_RUNNING", "NOVA_CHANGED_IT"})
    void whatNovasNextStepBringsIsNoWarning(Code code) {
        decided(Trigger.TASK_ENDED, Outcome.DEFERRED, code, List.of(), "req-1");

        assertThat(lines.lines()).singleElement().asString().startsWith("INFO");
    }

    @Test
    void ofADomainThatHasGoneUntoldNothingIsRemembered() {
        decided(Trigger.SWEEP, Outcome.MISALIGNED, Code.MEMORY_FULL, List.of(), null);
        decided(Trigger.TASK_ENDED, Outcome.MISALIGNED, Code.MEMORY_FULL, List.of(), "req-1");
        log.swept(Set.of(GUEST), Instant.EPOCH, Duration.ZERO);
        decided(Trigger.SWEEP, Outcome.MISALIGNED, Code.MEMORY_FULL, List.of(), null);
        decided(Trigger.TASK_ENDED, Outcome.MISALIGNED, Code.MEMORY_FULL, List.of(), "req-1");
        assertThat(lines.lines()).as("each told once").hasSize(2);

        log.swept(Set.of(), Instant.EPOCH, Duration.ZERO);
        decided(Trigger.SWEEP, Outcome.MISALIGNED, Code.MEMORY_FULL, List.of(), null);
        decided(Trigger.TASK_ENDED, Outcome.MISALIGNED, Code.MEMORY_FULL, List.of(), "req-1");
        assertThat(lines.lines()).as("another of that UUID is news").hasSize(4);
    }

    @Test
    void whatWaitsForANextStartThatNobodyHasAskedForIsAWarning() {
        decided(Trigger.SWEEP, Outcome.DEFERRED, Code.RESTART_NOT_ALLOWED, List.of(), null);
        decided(Trigger.TASK_ENDED, Outcome.DEFERRED, Code.HAS_WRITTEN, List.of(), "req-1");

        assertThat(lines.lines()).hasSize(2).allMatch(line -> line.startsWith("WARN"));
    }

    @Test
    void thatAGuestCanBeSuspendedNoMoreIsToldWhenItGetsItsRenderNode() {
        List<Reason> reasons = List.of(new Reason(Code.CHOSEN, "why"), Reason.NO_SUSPEND);
        BiConsumer<Outcome, List<String>> decide = (outcome, done) -> log.decided(new Decision(
                new BindResult(GUEST, "instance-1", outcome, reasons, IdSet.of(1), done, true, 5),
                outcome == Outcome.DEFERRED ? Trigger.STARTED : Trigger.TASK_ENDED,
                Instant.EPOCH,
                Instant.EPOCH,
                "req-1"));

        decide.accept(Outcome.DEFERRED, List.of("pinned 1 vCPU"));
        decide.accept(Outcome.BOUND, List.of("restarted it", "gave it /dev/dri/renderD128"));
        decide.accept(Outcome.BOUND, List.of());

        assertThat(lines.lines())
                .filteredOn(l -> l.contains("can be neither suspended nor live migrated"))
                .singleElement()
                .asString()
                .startsWith("INFO instance " + GUEST)
                .contains("render_node = none");
    }
}
