package org.novagpubinder.domain.record;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Worded;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;

/**
 * The record that a bound domain carries in its metadata, namespace {@code urn:nova-gpu-binder:binding:1}; the only state
 * that the binder has.
 *
 * <p>Who finds a record, finds one of these: of this host, which holds as it is; of another host, which a live migration
 * has brought along ({@link #fromElsewhere}); of an older version, which lacks what had not been invented then and is read
 * as if it said so; of a newer version, with a word that this one does not know: then nothing is done to the domain, neither
 * bound nor released, since what this version does not understand it could not undo ({@link RecordXml.Reading#unknown}); or
 * none, because it was cut off or written by hand: then nothing of the domain counts as ours, and what is in its definition
 * stays. libvirt keeps the first element of a namespace (virxml.c:virXMLNodeSanitizeNamespaces), so of two records the
 * first holds. What a record says was set, and the domain no longer has, somebody else has changed: it is theirs
 * ({@link Tuning#undone}).
 *
 * @param version of the binder that wrote it
 * @param host nova.conf's host that it was made on; a record from another host is foreign
 * @param state how far the binding is
 * @param reasons the codes of the reasons, most important first
 * @param nodes the nodes that it is bound to
 * @param set what we set: the part of the domain's tuning that is ours
 * @param before what stood in place of it
 * @param displayAdded whether we added the display with GL
 * @param videoBefore what the video said of 3D before we added the display; NONE if no display was added
 * @param extraSpecs the {@code gpu_binder:} extra specs that the binding was made by, so that a look without a notification
 *     knows them
 * @param start start of the QEMU process that we made by our one restart, clock ticks since boot
 *     (/proc/PID/stat field 22); 0 if we made none. While the restart is under way: of the process that it ends
 * @param boot the boot of the host that {@code start} counts from (/proc/sys/kernel/random/boot_id); null if there is no
 *     start, or an older version has written it. Of a mark it is what {@code marked} counts from too
 * @param tried when its start was last tried; null if the restart is not under way, or if that was when {@code time} says.
 *     By the host's clock as it was at {@code time}, whatever it was set to since
 * @param marked when {@code time} was, clock ticks since boot, which nobody sets; 0 if the restart is not under way, or an
 *     older version has written it
 * @param newer the element that it was read from, in the namespace without a prefix, if a newer version has written into it
 *     what this one does not know: that stays whenever it is written again. Null if all is known
 */
public record BindingRecord(
        String version,
        String host,
        Instant time,
        State state,
        Outcome outcome,
        List<String> reasons,
        IdSet nodes,
        Tuning set,
        Tuning before,
        boolean displayAdded,
        VideoState videoBefore,
        Map<String, String> extraSpecs,
        long start,
        @Nullable String boot,
        @Nullable Instant tried,
        long marked,
        @Nullable String newer) {
    /** What the namespaces of all versions' records begin with; a number follows, raised when the form changes altogether. */
    public static final String NAMESPACES = "urn:nova-gpu-binder:binding:";

    public static final String NAMESPACE = NAMESPACES + "1";

    /** Prefix that libvirt gives the element where it writes it. */
    public static final String PREFIX = "gpubinder";

    public BindingRecord {
        reasons = List.copyOf(reasons);
        videoBefore = displayAdded ? videoBefore : VideoState.NONE;
        extraSpecs = Map.copyOf(extraSpecs);
        tried = state == State.RESTARTING ? tried : null;
        marked = state == State.RESTARTING ? marked : 0;
        boot = start == 0 && marked == 0 ? null : boot;
    }

    /** The same without its start, which another boot's count of ticks would take for one of its own. */
    public BindingRecord withoutStart() {
        Copy copy = new Copy();
        copy.start = 0;
        copy.tried = null;
        return copy.made();
    }

    /** What of a record from another host means anything here: what was set, and what stood there before. */
    public BindingRecord fromElsewhere() {
        Copy copy = new Copy();
        copy.state = State.SET;
        copy.outcome = Outcome.DEFERRED;
        copy.reasons = List.of();
        copy.start = 0;
        return copy.made();
    }

    /** The same mark of a restart whose start is tried then; what Nova has begun since counts from its first time still. */
    public BindingRecord triedAt(Instant now) {
        Copy copy = new Copy();
        copy.tried = now;
        return copy.made();
    }

    /** When somebody was last at work on it: a clock that was set back may have put an older version's first time after the last. */
    public Instant latest() {
        return tried == null || tried.isBefore(time) ? time : tried;
    }

    /** Whether it says of the guest how it is to be treated, and nothing was set. */
    public boolean isNote() {
        return set.equals(Tuning.NONE) && !displayAdded;
    }

    /** The same with something else in place of what we set. */
    public BindingRecord withBefore(Tuning other) {
        Copy copy = new Copy();
        copy.before = other;
        return copy.made();
    }

    /**
     * What an operator's release leaves behind.
     *
     * @param version of the binder that writes it
     * @param host that it is left on
     * @param rest what of the binding the running domain has until its next start
     */
    public BindingRecord released(String version, String host, Instant time, Tuning rest) {
        Copy copy = new Copy();
        copy.version = version;
        copy.host = host;
        copy.time = time;
        copy.state = State.RELEASED;
        copy.outcome = Outcome.IGNORED;
        copy.reasons = List.of("released");
        copy.nothingSet();
        copy.set = rest;
        return copy.made();
    }

    /**
     * The same after its restart has made the process that started then.
     *
     * @param start its clock ticks since boot; 0 if there is none
     * @param boot the boot of the host that they count from; null if there is no start
     */
    public BindingRecord settled(long start, @Nullable String boot) {
        Copy copy = new Copy();
        copy.state = State.SET;
        copy.start = start;
        copy.boot = boot;
        return copy.made();
    }

    /** The record of the definition that was there before a restart which failed; marked still. */
    public BindingRecord wayBack() {
        Copy copy = new Copy();
        copy.state = State.RESTARTING;
        copy.outcome = Outcome.FAILED;
        copy.nothingSet();
        return copy.made();
    }

    /** A record that is like this one but for what is changed here. */
    private final class Copy {
        private String version = BindingRecord.this.version;
        private String host = BindingRecord.this.host;
        private Instant time = BindingRecord.this.time;
        private State state = BindingRecord.this.state;
        private Outcome outcome = BindingRecord.this.outcome;
        private List<String> reasons = BindingRecord.this.reasons;
        private IdSet nodes = BindingRecord.this.nodes;
        private Tuning set = BindingRecord.this.set;
        private Tuning before = BindingRecord.this.before;
        private boolean displayAdded = BindingRecord.this.displayAdded;
        private long start = BindingRecord.this.start;
        private @Nullable String boot = BindingRecord.this.boot;
        private @Nullable Instant tried = BindingRecord.this.tried;

        void nothingSet() {
            nodes = IdSet.empty();
            set = Tuning.NONE;
            before = Tuning.NONE;
            displayAdded = false;
        }

        BindingRecord made() {
            return new BindingRecord(
                    version,
                    host,
                    time,
                    state,
                    outcome,
                    reasons,
                    nodes,
                    set,
                    before,
                    displayAdded,
                    videoBefore,
                    extraSpecs,
                    start,
                    boot,
                    tried,
                    marked,
                    newer);
        }
    }

    public enum State implements Worded {
        /** The definition says what we want, the running domain what could be done live. */
        SET,
        /** Between destroy and create: whoever finds this starts the domain. */
        RESTARTING,
        /**
         * An operator has taken the binding off. The daemon leaves the guest alone at its sweeps and at its starts, until a
         * task of Nova's on the instance ends or an operator binds it; most tasks of Nova's write the definition anew anyway,
         * without the record. {@code set} is what only the next start can take away. On another host it means nothing: there
         * nobody has taken anything off.
         */
        RELEASED
    }
}
