package org.novagpubinder.binding.release;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;

/**
 * What of a binding is on a domain, and what of it a running domain keeps until its next start.
 *
 * @param tuning what of the live XML is not what it would be without us
 * @param words what of it the guest can tell, such as "the render node /dev/dri/renderD129"; empty if it can tell nothing
 */
public record RemainingBinding(Tuning tuning, List<String> words) {
    static final RemainingBinding NONE = new RemainingBinding(Tuning.NONE, List.of());

    public RemainingBinding {
        words = List.copyOf(words);
    }

    /** Whether a record tells of something of ours on the domain; of what none tells {@link UnrecordedTuning} knows. */
    public static boolean recorded(Observation o) {
        return o.record() != null || o.recordTrouble() != null || liveRecord(o);
    }

    /** Whether the running domain still has a record that its definition has no more. */
    static boolean liveRecord(Observation o) {
        DomainDefinition live = o.live();
        return live != null
                && live.record() != null
                && RecordXml.read(live.record()).unknown().isEmpty();
    }

    /**
     * What was set in the running domain: the record of its definition, or if somebody has written that anew, its own. Empty
     * if there is none that can be used.
     */
    public static Optional<BindingRecord> inForce(Observation o) {
        DomainDefinition live = o.live();
        return live != null && o.record() == null && o.recordTrouble() == null && liveRecord(o)
                ? RecordXml.found(live.record())
                : o.ours();
    }

    /** The record without what stood before it on another host and cannot be here: with it the domain would not start. */
    static BindingRecord asOfHere(BindingRecord r, HostTopology host) {
        Tuning b = r.before();
        IdSet cpus = host.onlineCpus();
        MemoryPlacement memory =
                b.memory() == null || host.nodeIds().containsAll(b.memory().nodeset()) ? b.memory() : null;
        Map<Integer, MemoryPlacement> memnodes = new HashMap<>(b.memnodes());
        memnodes.values().removeIf(m -> !host.nodeIds().containsAll(m.nodeset()));
        String renderNode =
                b.renderNode() == null || host.gpuOfRenderNode(b.renderNode()).isPresent() ? b.renderNode() : null;
        return r.withBefore(new Tuning(b.pins().where(cpus::containsAll), memory, memnodes, renderNode));
    }

    /**
     * What the running domain keeps.
     *
     * @param live it, after all was taken off that can be
     * @param under the tuning that it would have without us
     * @param record what was set; null without
     */
    static RemainingBinding of(DomainDefinition live, Tuning under, @Nullable BindingRecord record, HostTopology host) {
        Tuning set = record == null ? Tuning.NONE : record.set();
        Tuning more = live.tuning().without(under);
        boolean memory = more.memory() != null && (set.memory() != null || under.memory() == null);
        // libvirt writes the render node that it has chosen by itself into the live XML only
        boolean renderNode = set.renderNode() != null && Objects.equals(set.renderNode(), more.renderNode());
        Tuning rest = new Tuning(
                more.pins(), memory ? more.memory() : null, more.memnodes(), renderNode ? more.renderNode() : null);
        List<String> words = new ArrayList<>();
        if (renderNode) {
            words.add("the render node " + rest.renderNode());
        }
        if (record != null && record.displayAdded() && live.display() != null) {
            words.add("the display that was added");
        }
        MemoryPlacement m = rest.memory();
        if (m != null
                && !(m.mode() == MemoryMode.RESTRICTIVE && m.nodeset().containsAll(PinRestorer.everywhere(host)))) {
            words.add("memory " + m.mode().word() + " on node " + m.nodeset());
        }
        if (!rest.memnodes().isEmpty()) {
            words.add("the nodes of its guest cells");
        }
        return new RemainingBinding(rest, words);
    }
}
