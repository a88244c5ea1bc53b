package org.novagpubinder.placement;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.IdSet;

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

    private static <V> Map<Integer, V> less(Map<Integer, V> all, Map<Integer, V> some) {
        Map<Integer, V> rest = new TreeMap<>(all);
        some.forEach(rest::remove);
        return rest;
    }
}
