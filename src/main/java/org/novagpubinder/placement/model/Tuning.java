package org.novagpubinder.placement.model;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;

/**
 * Everything of a domain that the binder may set: what is in force, what a plan wants, and what stood there before are
 * all of this one shape.
 *
 * @param vcpuPins {@code <vcpupin>} by vCPU; absent vCPUs have none
 * @param emulator {@code <emulatorpin>}; null without
 * @param iothreadPins {@code <iothreadpin>} by iothread; absent ones have none
 * @param memory {@code <numatune><memory>}; null without
 * @param memnodes {@code <numatune><memnode>} by guest cell
 * @param renderNode path of the render node that the definition names; null if it names none
 */
public record Tuning(
        Map<Integer, IdSet> vcpuPins,
        @Nullable IdSet emulator,
        Map<Integer, IdSet> iothreadPins,
        @Nullable MemoryPlacement memory,
        Map<Integer, MemoryPlacement> memnodes,
        @Nullable String renderNode) {

    /** Nothing set at all. */
    public static final Tuning NONE = new Tuning(Map.of(), null, Map.of(), null, Map.of(), null);

    public Tuning {
        vcpuPins = Map.copyOf(vcpuPins);
        iothreadPins = Map.copyOf(iothreadPins);
        memnodes = Map.copyOf(memnodes);
    }

    /** This tuning less every part that is the same in {@code other}. */
    public Tuning without(Tuning other) {
        return new Tuning(
                less(vcpuPins, other.vcpuPins),
                Objects.equals(emulator, other.emulator) ? null : emulator,
                less(iothreadPins, other.iothreadPins),
                Objects.equals(memory, other.memory) ? null : memory,
                less(memnodes, other.memnodes),
                Objects.equals(renderNode, other.renderNode) ? null : renderNode);
    }

    /** This tuning with every part that {@code over} sets taken from there. */
    public Tuning with(Tuning over) {
        return new Tuning(
                more(vcpuPins, over.vcpuPins),
                over.emulator == null ? emulator : over.emulator,
                more(iothreadPins, over.iothreadPins),
                over.memory == null ? memory : over.memory,
                more(memnodes, over.memnodes),
                over.renderNode == null ? renderNode : over.renderNode);
    }

    /** This tuning without a render node. */
    public Tuning withoutRenderNode() {
        return new Tuning(vcpuPins, emulator, iothreadPins, memory, memnodes, null);
    }

    /** The parts of this tuning that {@code mask} sets, whatever it sets them to. */
    public Tuning only(Tuning mask) {
        return new Tuning(
                kept(vcpuPins, mask.vcpuPins),
                mask.emulator == null ? null : emulator,
                kept(iothreadPins, mask.iothreadPins),
                mask.memory == null ? null : memory,
                kept(memnodes, mask.memnodes),
                mask.renderNode == null ? null : renderNode);
    }

    /**
     * What lies under a binding: every part that still is what we {@code set} becomes what it was {@code before}; a part
     * that somebody else has changed since is theirs and stays.
     */
    public Tuning undone(Tuning set, Tuning before) {
        Tuning rest = without(set);
        Tuning stillOurs = only(set).without(rest.only(set));
        return rest.with(before.only(stillOurs));
    }

    private static <V> Map<Integer, V> more(Map<Integer, V> some, Map<Integer, V> over) {
        Map<Integer, V> all = new TreeMap<>(some);
        all.putAll(over);
        return all;
    }

    private static <V> Map<Integer, V> kept(Map<Integer, V> some, Map<Integer, V> mask) {
        Map<Integer, V> rest = new TreeMap<>(some);
        rest.keySet().retainAll(mask.keySet());
        return rest;
    }

    private static <V> Map<Integer, V> less(Map<Integer, V> all, Map<Integer, V> some) {
        Map<Integer, V> rest = new TreeMap<>(all);
        some.forEach((key, value) -> rest.remove(key, value));
        return rest;
    }
}
