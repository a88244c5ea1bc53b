package org.novagpubinder.placement.model;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;

/**
 * Everything of a domain that the binder may set: what is in force, what a plan wants, and what stood there before are
 * all of this one shape.
 *
 * @param pins of its threads
 * @param memory {@code <numatune><memory>}; null without
 * @param memnodes {@code <numatune><memnode>} by guest cell
 * @param renderNode path of the render node that the definition names; null if it names none
 */
public record Tuning(
        Pins pins,
        @Nullable MemoryPlacement memory,
        Map<Integer, MemoryPlacement> memnodes,
        @Nullable String renderNode) {

    public static final Tuning NONE = new Tuning(Pins.NONE, null, Map.of(), null);

    public Tuning {
        memnodes = Map.copyOf(memnodes);
    }

    public Tuning(
            Map<Integer, IdSet> vcpus,
            @Nullable IdSet emulator,
            Map<Integer, IdSet> iothreads,
            @Nullable MemoryPlacement memory,
            Map<Integer, MemoryPlacement> memnodes,
            @Nullable String renderNode) {
        this(new Pins(vcpus, emulator, iothreads), memory, memnodes, renderNode);
    }

    /** This tuning less every part that is the same in {@code other}. */
    public Tuning without(Tuning other) {
        return new Tuning(
                pins.without(other.pins),
                Objects.equals(memory, other.memory) ? null : memory,
                Pins.less(memnodes, other.memnodes),
                Objects.equals(renderNode, other.renderNode) ? null : renderNode);
    }

    /** This tuning with every part that {@code over} sets taken from there. */
    public Tuning with(Tuning over) {
        return new Tuning(
                pins.with(over.pins),
                over.memory == null ? memory : over.memory,
                Pins.more(memnodes, over.memnodes),
                over.renderNode == null ? renderNode : over.renderNode);
    }

    public Tuning withPins(Pins other) {
        return new Tuning(other, memory, memnodes, renderNode);
    }

    public Tuning withMemory(@Nullable MemoryPlacement other, Map<Integer, MemoryPlacement> cells) {
        return new Tuning(pins, other, cells, renderNode);
    }

    public Tuning withRenderNode(@Nullable String other) {
        return new Tuning(pins, memory, memnodes, other);
    }

    /** The parts of this tuning that {@code mask} sets, whatever it sets them to. */
    public Tuning only(Tuning mask) {
        return new Tuning(
                pins.only(mask.pins),
                mask.memory == null ? null : memory,
                Pins.kept(memnodes, mask.memnodes),
                mask.renderNode == null ? null : renderNode);
    }

    /** Whether it says where memory is to be. */
    public boolean placesMemory() {
        return memory != null || !memnodes.isEmpty();
    }

    /** The nodes that it names for memory, cell by cell or for all of it; empty if none. */
    public IdSet memoryNodes() {
        return memnodes.values().stream()
                .map(MemoryPlacement::nodeset)
                .reduce(memory == null ? IdSet.empty() : memory.nodeset(), IdSet::union);
    }

    /**
     * What lies under a binding: every part that still is what we {@code set} becomes what it was {@code before}; a part
     * that somebody else has changed since is theirs and stays.
     */
    public Tuning undone(Tuning set, Tuning before) {
        return without(set).with(before.only(same(set)));
    }

    /** The parts of this tuning that are the same in {@code other}. */
    public Tuning same(Tuning other) {
        return without(without(other));
    }
}
