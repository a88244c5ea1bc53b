package org.novagpubinder.domain;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.Outcome;
import org.novagpubinder.placement.Tuning;

/**
 * The record that a bound domain carries in its metadata, namespace {@code urn:nova-gpu-binder:binding:1}; the only state
 * that the binder has.
 *
 * @param version of the binder that wrote it
 * @param host nova.conf's host that it was made on; a record from another host is foreign
 * @param time when it was written
 * @param state how far the binding is
 * @param outcome how the guest stands
 * @param reasons the codes of the reasons, most important first
 * @param nodes the nodes that it is bound to
 * @param set what we set: the part of the domain's tuning that is ours
 * @param before what stood in place of it
 * @param displayAdded whether we added the display with GL
 * @param accel3dBefore what the video's acceleration said of 3D before we added the display: yes, no, or empty if nothing;
 *     null if there was no acceleration, or no display was added
 * @param extraSpecs the {@code gpu_binder:} extra specs that the binding was made by, so that a look without a notification
 *     knows them
 * @param start start of the QEMU process that we made by our one restart, clock ticks since boot
 *     (/proc/PID/stat field 22); 0 if we made none. While the restart is under way: of the process that it ends
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
        @Nullable String accel3dBefore,
        Map<String, String> extraSpecs,
        long start) {
    /** Namespace of the element. */
    public static final String NAMESPACE = "urn:nova-gpu-binder:binding:1";

    /** Prefix that libvirt gives the element where it writes it. */
    public static final String PREFIX = "gpubinder";

    public BindingRecord {
        reasons = List.copyOf(reasons);
        extraSpecs = Map.copyOf(extraSpecs);
    }

    /** What of a record from another host means anything here: what was set, and what stood there before. */
    public BindingRecord fromElsewhere() {
        return new BindingRecord(
                version,
                host,
                time,
                State.SET,
                Outcome.DEFERRED,
                List.of(),
                nodes,
                set,
                before,
                displayAdded,
                accel3dBefore,
                extraSpecs,
                0);
    }

    /** The same after its restart has made the process that started then. */
    public BindingRecord settled(long start) {
        return new BindingRecord(
                version,
                host,
                time,
                State.SET,
                outcome,
                reasons,
                nodes,
                set,
                before,
                displayAdded,
                accel3dBefore,
                extraSpecs,
                start);
    }

    /** The record of the definition that was there before a restart which failed; marked still. */
    public BindingRecord wayBack() {
        return new BindingRecord(
                version,
                host,
                time,
                State.RESTARTING,
                Outcome.FAILED,
                reasons,
                IdSet.empty(),
                Tuning.NONE,
                Tuning.NONE,
                false,
                null,
                extraSpecs,
                start);
    }

    /** How far a binding is. */
    public enum State {
        /** The definition says what we want, the running domain what could be done live. */
        SET,
        /** Between destroy and create: whoever finds this starts the domain. */
        RESTARTING
    }
}
