package org.novagpubinder.placement.model;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;

/**
 * On which CPUs the threads of a guest may run. A thread that is not named has no pin.
 *
 * @param vcpus {@code <vcpupin>} by vCPU
 * @param emulator {@code <emulatorpin>}; null without
 * @param iothreads {@code <iothreadpin>} by iothread
 */
public record Pins(Map<Integer, IdSet> vcpus, @Nullable IdSet emulator, Map<Integer, IdSet> iothreads) {
    public static final Pins NONE = new Pins(Map.of(), null, Map.of());

    public Pins {
        vcpus = Map.copyOf(vcpus);
        iothreads = Map.copyOf(iothreads);
    }

    /** The same of emulator and iothreads, with those of vCPUs instead of what it has of these. */
    public Pins withVcpus(Map<Integer, IdSet> others) {
        return new Pins(others, emulator, iothreads);
    }

    /** These pins where the running guest has others. Threads that it does not have, such as unplugged vCPUs, are left out. */
    public Pins diff(Pins running) {
        return only(running).without(running);
    }

    /** These pins less those that are the same in {@code other}. */
    public Pins without(Pins other) {
        return new Pins(
                less(vcpus, other.vcpus),
                Objects.equals(emulator, other.emulator) ? null : emulator,
                less(iothreads, other.iothreads));
    }

    /** These pins with those of {@code over} instead, where it has any. */
    public Pins with(Pins over) {
        return new Pins(
                more(vcpus, over.vcpus),
                over.emulator == null ? emulator : over.emulator,
                more(iothreads, over.iothreads));
    }

    /** The pins of those threads that {@code mask} pins, wherever it pins them to. */
    public Pins only(Pins mask) {
        return new Pins(
                kept(vcpus, mask.vcpus), mask.emulator == null ? null : emulator, kept(iothreads, mask.iothreads));
    }

    /** The pins of those threads that {@code mask} does not pin. */
    public Pins except(Pins mask) {
        Map<Integer, IdSet> v = new TreeMap<>(vcpus);
        v.keySet().removeAll(mask.vcpus.keySet());
        Map<Integer, IdSet> i = new TreeMap<>(iothreads);
        i.keySet().removeAll(mask.iothreads.keySet());
        return new Pins(v, mask.emulator == null ? emulator : null, i);
    }

    /** Those that leave less than every choice: one to all the CPUs that a thread has without a pin is none. */
    public Pins narrowerThan(IdSet all) {
        return where(cpus -> !cpus.containsAll(all));
    }

    public Pins where(Predicate<IdSet> cpus) {
        Map<Integer, IdSet> v = new TreeMap<>(vcpus);
        v.values().removeIf(cpus.negate());
        Map<Integer, IdSet> i = new TreeMap<>(iothreads);
        i.values().removeIf(cpus.negate());
        return new Pins(v, emulator == null || !cpus.test(emulator) ? null : emulator, i);
    }

    /** Pins of the same threads, all to these CPUs. */
    public Pins allTo(IdSet cpus) {
        Map<Integer, IdSet> v = new TreeMap<>(vcpus);
        v.replaceAll((id, pin) -> cpus);
        Map<Integer, IdSet> i = new TreeMap<>(iothreads);
        i.replaceAll((id, pin) -> cpus);
        return new Pins(v, emulator == null ? null : cpus, i);
    }

    /** All CPUs that the vCPUs are pinned to; empty if none is. */
    public IdSet vcpuCpus() {
        return vcpus.values().stream().reduce(IdSet.empty(), IdSet::union);
    }

    static <V> Map<Integer, V> more(Map<Integer, V> some, Map<Integer, V> over) {
        Map<Integer, V> all = new TreeMap<>(some);
        all.putAll(over);
        return all;
    }

    static <V> Map<Integer, V> kept(Map<Integer, V> some, Map<Integer, V> mask) {
        Map<Integer, V> rest = new TreeMap<>(some);
        rest.keySet().retainAll(mask.keySet());
        return rest;
    }

    static <V> Map<Integer, V> less(Map<Integer, V> all, Map<Integer, V> some) {
        Map<Integer, V> rest = new TreeMap<>(all);
        some.forEach((key, value) -> rest.remove(key, value));
        return rest;
    }
}
