package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.steps.Steps;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** One log line a decision that an operator can act on; what only says the same again is for DEBUG. */
@Singleton
public final class DecisionLog implements DecisionListener {
    private static final Logger LOG = LoggerFactory.getLogger(DecisionLog.class);

    /** Nova is at work on the guest, and what it does next brings the rest. */
    private static final Set<Code> COMES_BY_ITSELF =
            Set.of(Code.TASK_RUNNING, Code.RESCUE, Code.NOT_RUNNING, Code.NOVA_CHANGED_IT);

    /** What a look says of the place that it takes, and of what it does: the next one finds it done. */
    private static final Set<Code> OF_ITS_WORK = Set.of(
            Code.NODE_OF_GPU,
            Code.CHOSEN,
            Code.SEVERAL_NODES,
            Code.CELLS_APART,
            Code.CELLS_TOGETHER,
            Code.LIVE,
            Code.MEMORY_ALREADY_LOCAL);

    /** What keeps a guest deferred; a plan tells it behind its place. */
    private static final Set<Code> KEEPS_WAITING = Set.of(
            Code.NEEDS_START,
            Code.MEMORY_FIXED_BY_VFIO,
            Code.MEMORY_PINNED,
            Code.MEMORY_IN_HUGE_PAGES,
            Code.MEMORY_IN_CELLS,
            Code.MEMORY_TOO_MUCH_TO_MOVE,
            Code.MEMORY_MODE_FIXED,
            Code.MEMORY_UNKNOWN);

    private final Map<UUID, String> told = new ConcurrentHashMap<>();
    private final Map<UUID, End> ends = new ConcurrentHashMap<>();

    /** How a guest stood at the end of a request of Nova's. */
    private record End(@Nullable String requestId, String standing) {}

    @Inject
    DecisionLog() {}

    @Override
    public void forgotten(UUID uuid) {
        told.remove(uuid);
        ends.remove(uuid);
    }

    @Override
    public void swept(Set<UUID> present, Instant began, Duration took) {
        // not every domain that goes is told of
        told.keySet().retainAll(present);
        ends.keySet().retainAll(present);
    }

    @Override
    public void decided(Decision decision) {
        BindResult r = decision.result();
        Trigger trigger = decision.trigger();
        String requestId = decision.requestId();
        // of one that waits for its next start anyway it is no news why it was not restarted
        String standing = r.outcome() + " "
                + codes(r, code -> !WhyNotRestarted.CODES.contains(code) && !OF_ITS_WORK.contains(code));
        boolean news = !standing.equals(told.put(r.uuid(), standing));
        // a start is only the first half: what could not be done then is told at the end of Nova's task
        boolean noteworthy =
                switch (trigger) {
                    case DEFINED, STARTED ->
                        !r.done().isEmpty()
                                || r.outcome() == Outcome.FAILED
                                || r.reasons().contains(Steps.BEFORE_START);
                    case SWEEP -> !r.done().isEmpty() || (news && r.outcome() != Outcome.ALIGNED && !waitsForNova(r));
                    case TASK_ENDED -> !again(decision, standing);
                    case COMMAND, COMMAND_WITH_RESTART -> true;
                };
        if (!noteworthy || (r.outcome() == Outcome.IGNORED && r.done().isEmpty())) {
            LOG.debug(
                    "instance {} ({}): {}: {}",
                    r.uuid(),
                    r.domain(),
                    r.outcome().word(),
                    codes(r));
            return;
        }
        String nodes = r.nodes().isEmpty() ? "" : " to node " + r.nodes();
        String done = r.done().isEmpty() ? "" : "; " + String.join(", ", r.done());
        String line = String.format(
                Locale.ROOT,
                "instance %s (%s): %s%s: %s%s%s%s; %d ms [%s]%s",
                r.uuid(),
                r.domain(),
                r.outcome().word(),
                r.outcome() == Outcome.BOUND ? nodes : "",
                r.reasons().get(0).text(),
                waitsFor(r),
                whyNotRestarted(r),
                done,
                r.millis(),
                codes(r),
                requestId == null ? "" : " " + requestId);
        // the same once more for programs: journald keeps them as fields (INSTANCE and REQUEST_ID it has of the
        // context)
        LOG.atLevel(level(r, trigger))
                .addKeyValue("domain", r.domain())
                .addKeyValue("outcome", r.outcome().word())
                .addKeyValue("reasons", codes(r))
                .addKeyValue("nodes", r.nodes())
                .addKeyValue("trigger", trigger.word())
                .addKeyValue("took_ms", decision.took().toMillis())
                .log(line);
        // at its start it gets pins alone, and the render node by the restart that follows
        if (r.outcome() == Outcome.BOUND && !r.done().isEmpty() && r.reasons().contains(Reason.NO_SUSPEND)) {
            LOG.info("instance {} ({}): {}", r.uuid(), r.domain(), Reason.NO_SUSPEND.text());
        }
    }

    /** With {@code notification_format = both} Nova tells each end twice: the second has nothing to add but more words. */
    private boolean again(Decision decision, String standing) {
        BindResult r = decision.result();
        End before = ends.put(r.uuid(), new End(decision.requestId(), standing));
        return before != null
                && before.requestId() != null
                && before.requestId().equals(decision.requestId())
                && r.done().isEmpty()
                && (r.outcome() == Outcome.ALIGNED || before.standing().equals(standing));
    }

    private static Level level(BindResult r, Trigger trigger) {
        return switch (r.outcome()) {
            case FAILED -> Level.ERROR;
            // what a start leaves open the end of Nova's task usually closes seconds later
            case MISALIGNED, REFUSED -> trigger == Trigger.STARTED ? Level.INFO : Level.WARN;
            case DEFERRED ->
                trigger == Trigger.STARTED
                                || waitsForNova(r)
                                || COMES_BY_ITSELF.contains(r.reasons().get(0).code())
                        ? Level.INFO
                        : Level.WARN;
            default -> Level.INFO;
        };
    }

    /** What a guest that is deferred waits for, if that does not come first anyway. */
    private static String waitsFor(BindResult r) {
        return r.outcome() != Outcome.DEFERRED
                        || KEEPS_WAITING.contains(r.reasons().get(0).code())
                ? ""
                : r.reasons().stream()
                        .filter(reason -> KEEPS_WAITING.contains(reason.code()))
                        .findFirst()
                        .map(reason -> "; " + reason.text())
                        .orElse("");
    }

    /** What else a restart would have needed, if it does not come first anyway. */
    private static String whyNotRestarted(BindResult r) {
        return r.reasons().stream()
                .skip(1)
                .filter(reason -> WhyNotRestarted.CODES.contains(reason.code()))
                .findFirst()
                .map(reason -> "; not restarted: " + reason.text())
                .orElse("");
    }

    /** The end of its task brings the rest. */
    private static boolean waitsForNova(BindResult r) {
        return r.outcome() == Outcome.DEFERRED
                && r.reasons().stream().anyMatch(reason -> reason.code() == Code.TASK_RUNNING);
    }

    private static String codes(BindResult r) {
        return codes(r, code -> true);
    }

    private static String codes(BindResult r, Predicate<Code> which) {
        return r.reasons().stream()
                .map(Reason::code)
                .filter(which)
                .map(Code::word)
                .distinct()
                .collect(Collectors.joining(","));
    }
}
