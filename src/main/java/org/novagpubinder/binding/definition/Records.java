package org.novagpubinder.binding.definition;

import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.VideoState;
import org.novagpubinder.host.common.OwnVersion;
import org.novagpubinder.host.proc.HostBoot;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;

/** Makes records of bindings. */
public record Records(BinderConfig config, Clock clock, HostBoot hostBoot) {
    /** Far below the minute for which a mark is young to another daemon (RestartMark), and rare enough to cost nothing. */
    private static final Duration RENEWED_AFTER = Duration.ofSeconds(5);

    @Inject
    public Records {}

    /** The boot of this host that starts count from; null if it is not known. */
    public @Nullable String boot() {
        return hostBoot.id().orElse(null);
    }

    /** nova.conf's host: records of another one are foreign. */
    public String host() {
        return config.host();
    }

    /** The record of a plan that is carried out. */
    public BindingRecord of(
            Plan plan,
            State state,
            Outcome outcome,
            List<Reason> reasons,
            Tuning before,
            boolean displayAdded,
            VideoState videoBefore,
            Map<String, String> extraSpecs,
            long start) {
        return new BindingRecord(
                OwnVersion.word(),
                host(),
                now(state),
                state,
                outcome,
                codes(reasons),
                plan.nodes(),
                plan.ours(),
                before,
                displayAdded,
                videoBefore,
                extraSpecs,
                start,
                boot(),
                null,
                state == State.RESTARTING ? hostBoot.ticks().orElse(0L) : 0,
                null);
    }

    /**
     * The record of a restart that failed: what was set before it still is, and the start that must not be tried again.
     *
     * @param old the record of the former definition; null without
     */
    public BindingRecord ofFailure(
            @Nullable BindingRecord old, List<Reason> reasons, Map<String, String> extraSpecs, long start) {
        return former(now(State.SET), null, 0, State.SET, Outcome.FAILED, old, reasons, extraSpecs, start, boot());
    }

    /**
     * The record of a former definition that was put back before the guest was stopped: nothing was tried.
     *
     * @param old the record of that definition; null without
     */
    public BindingRecord ofPutBack(@Nullable BindingRecord old, List<Reason> reasons, Map<String, String> extraSpecs) {
        return former(now(State.SET), null, 0, State.SET, Outcome.DEFERRED, old, reasons, extraSpecs, 0, boot());
    }

    /**
     * The mark of the way back of a restart.
     *
     * @param mark the one that it has so far: what Nova has begun since then is its affair, on the way back too
     * @param old the record of the definition to go back to; null without
     */
    public BindingRecord ofWayBack(
            BindingRecord mark,
            @Nullable BindingRecord old,
            List<Reason> reasons,
            Map<String, String> extraSpecs,
            long start) {
        return former(
                mark.time(),
                nowOf(mark),
                mark.marked(),
                State.RESTARTING,
                Outcome.FAILED,
                old,
                reasons,
                extraSpecs,
                start,
                // what cannot be read now, for too many open files, say, was read then
                mark.boot());
    }

    private BindingRecord former(
            Instant time,
            @Nullable Instant tried,
            long marked,
            State state,
            Outcome outcome,
            @Nullable BindingRecord old,
            List<Reason> reasons,
            Map<String, String> extraSpecs,
            long start,
            @Nullable String boot) {
        return new BindingRecord(
                OwnVersion.word(),
                host(),
                time,
                state,
                outcome,
                codes(reasons),
                old == null ? IdSet.empty() : old.nodes(),
                old == null ? Tuning.NONE : old.set(),
                old == null ? Tuning.NONE : old.before(),
                old != null && old.displayAdded(),
                old == null ? VideoState.NONE : old.videoBefore(),
                extraSpecs,
                start,
                boot,
                tried,
                marked,
                null);
    }

    /**
     * The record that an operator's release leaves.
     *
     * @param old the record of the binding; null without
     * @param rest what of it the running domain has until its next start
     */
    public BindingRecord released(@Nullable BindingRecord old, Tuning rest) {
        Instant now = now(State.RELEASED);
        BindingRecord binding = old != null
                ? old
                : former(now, null, 0, State.SET, Outcome.BOUND, null, List.of(), Map.of(), 0, boot());
        return binding.released(OwnVersion.word(), host(), now, rest);
    }

    /** Whether writing the new record over the old one would tell nothing new. */
    public static boolean same(@Nullable BindingRecord a, BindingRecord b) {
        return a != null
                && a.state() == b.state()
                && a.outcome() == b.outcome()
                && a.reasons().equals(b.reasons())
                && a.nodes().equals(b.nodes())
                && a.set().equals(b.set())
                && a.before().equals(b.before())
                && a.displayAdded() == b.displayAdded()
                && Objects.equals(a.videoBefore(), b.videoBefore())
                && a.extraSpecs().equals(b.extraSpecs())
                && a.start() == b.start()
                && Objects.equals(a.boot(), b.boot());
    }

    /**
     * Whether both are of one and the same act of writing; a soft reboot or unrescue brings an older one back. The way back of a
     * restart keeps the time of its mark, and differs in its outcome.
     */
    public static boolean sameWriting(BindingRecord a, BindingRecord b) {
        return a.state() == b.state()
                && a.outcome() == b.outcome()
                && a.host().equals(b.host())
                && a.time().equals(b.time());
    }

    /**
     * The mark of a restart under way, if it looks older than the work on it is: whoever finds the guest off by it must not take
     * it for one of long ago. Empty while it is young enough.
     */
    public Optional<BindingRecord> renewed(BindingRecord mark) {
        Instant now = nowOf(mark);
        Duration age = Duration.between(mark.latest(), now).abs();
        return age.compareTo(RENEWED_AFTER) <= 0 ? Optional.empty() : Optional.of(mark.triedAt(now));
    }

    /** How long ago the mark was written, by the kernel's clock; empty if that is not known, or was in another boot. */
    Optional<Duration> sinceMarked(BindingRecord mark) {
        return mark.marked() == 0 || !Objects.equals(mark.boot(), boot())
                ? Optional.empty()
                : hostBoot.uptime().map(now -> now.minusMillis(mark.marked() * HostBoot.MILLIS_PER_TICK));
    }

    /** How long ago the restart began that the mark is of: for so long the guest may be off, as it is stopped right then. */
    public Duration age(BindingRecord mark) {
        return Duration.between(mark.time(), nowOf(mark));
    }

    /** Now, by the clock as it was when the mark was written. */
    Instant nowOf(BindingRecord mark) {
        return sinceMarked(mark).map(mark.time()::plus).orElseGet(() -> now(State.RESTARTING));
    }

    /** People read it in seconds; what is compared with the time of a message of Nova's is exact. */
    private Instant now(State state) {
        return clock.instant().truncatedTo(state == State.RESTARTING ? ChronoUnit.MILLIS : ChronoUnit.SECONDS);
    }

    private static List<String> codes(List<Reason> reasons) {
        return reasons.stream().map(r -> r.code().word()).distinct().toList();
    }
}
