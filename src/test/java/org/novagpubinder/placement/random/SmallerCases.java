package org.novagpubinder.placement.random;

import static org.novagpubinder.placement.random.With.with;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Tuning;

/** The cases that are a step smaller than a case: something taken away, halved, or made ordinary. */
final class SmallerCases {
    private SmallerCases() {}

    static Stream<RandomCase> of(RandomCase c) {
        Stream<HostTopology> hosts = hosts(c.host());
        Stream<Guest> guests = guests(c.guest());
        return Stream.of(
                        hosts.map(host -> with(c, "host", host)),
                        guests.map(guest -> with(with(c, "guest", guest), "base", base(c, guest))),
                        others(c.others()).map(others -> with(c, "others", others)),
                        limits(c.limits()).map(limits -> with(c, "limits", limits)),
                        // the policy that asks for less
                        Stream.of(
                                        new Policy(c.policy().mode(), false),
                                        new Policy(
                                                PolicyMode.PREFERRED, c.policy().addRenderNode()))
                                .map(policy -> with(c, "policy", policy)))
                .flatMap(s -> s)
                .filter(smaller -> !smaller.equals(c));
    }

    private static Tuning base(RandomCase c, Guest smaller) {
        return smaller.tuning().equals(Tuning.NONE) ? Tuning.NONE : c.base();
    }

    private static Stream<HostTopology> hosts(HostTopology host) {
        Stream<HostTopology> fewerNodes = lessOne(host.nodes()).map(nodes -> {
            IdSet left = IdSet.of(nodes.stream().mapToInt(Node::id));
            List<Gpu> gpus = host.gpus().stream()
                    .filter(g -> g.nodeId() == null || g.nodeId() == 77 || left.contains(g.nodeId()))
                    .toList();
            Map<Object, Integer> pci = new HashMap<>(host.pciNodes());
            pci.values().removeIf(n -> !left.contains(n));
            List<Node> cut = nodes.stream()
                    .map(n -> with(n, "distances", only(n.distances(), left)))
                    .toList();
            return with(with(with(host, "nodes", cut), "gpus", gpus), "pciNodes", pci);
        });
        Stream<HostTopology> plainerNodes = IntStream.range(0, host.nodes().size())
                .boxed()
                .flatMap(i -> nodes(host.nodes().get(i)).map(n -> {
                    List<Node> nodes = new ArrayList<>(host.nodes());
                    nodes.set(i, n);
                    return with(host, "nodes", nodes);
                }));
        return Stream.of(
                        fewerNodes,
                        lessOne(host.gpus()).map(gpus -> with(host, "gpus", gpus)),
                        Stream.of(
                                with(host, "isolatedCpus", IdSet.empty()),
                                with(host, "mdevs", List.of()),
                                with(host, "pciNodes", Map.of())),
                        plainerNodes)
                .flatMap(s -> s);
    }

    private static Map<Integer, Integer> only(Map<Integer, Integer> distances, IdSet nodes) {
        Map<Integer, Integer> left = new HashMap<>(distances);
        left.keySet().removeIf(n -> !nodes.contains(n));
        return left;
    }

    private static Stream<Node> nodes(Node n) {
        return Stream.of(
                with(n, "hugePages", List.of()),
                with(n, "freeKiB", n.memoryKiB()),
                with(n, "socket", Math.max(n.socket(), 0)));
    }

    private static Stream<Guest> guests(Guest g) {
        int half = g.vcpus() / 2;
        List<GuestCell> halfVcpus = g.cells().stream()
                .map(c -> with(c, "vcpus", IdSet.of(c.vcpus().stream().filter(v -> v < half))))
                .toList();
        List<GuestCell> halfMemory = g.cells().stream()
                .map(c -> with(c, "memoryKiB", c.memoryKiB() / 2))
                .toList();
        Guest.@Nullable Running running = g.running();
        List<Guest> all = new ArrayList<>(List.of(
                with(with(g, "tuning", Tuning.NONE), "ours", Tuning.NONE),
                with(g, "cells", List.of()),
                with(g, "hugePageKiB", 0L),
                with(
                        g,
                        "cells",
                        g.cells().stream().map(c -> with(c, "hugePageKiB", 0L)).toList()),
                with(g, "running", null),
                with(g, "iothreads", IdSet.empty()),
                with(g, "otherDevices", List.of()),
                with(g, "vfio", false),
                with(g, "canShowRenderNode", false),
                with(g, "numad", false),
                with(g, "cpuset", null),
                with(g, "plugged", IdSet.range(0, g.vcpus() - 1))));
        lessOne(g.gpus()).forEach(gpus -> all.add(with(g, "gpus", gpus)));
        if (half > 0) {
            Guest fewer = with(with(g, "vcpus", half), "plugged", IdSet.range(0, Math.min(half, g.currentVcpus()) - 1));
            all.add(with(fewer, "cells", halfVcpus));
        }
        if (g.memoryKiB() > 1 << 20) {
            all.add(with(with(g, "memoryKiB", g.memoryKiB() / 2), "cells", halfMemory));
        }
        if (running != null) {
            all.add(with(g, "running", with(running, "residentKiB", Map.of())));
            all.add(with(g, "running", with(running, "openRenderNode", null)));
        }
        tunings(g.tuning()).forEach(t -> all.add(with(with(g, "tuning", t), "ours", g.ours())));
        return all.stream();
    }

    private static Stream<Tuning> tunings(Tuning t) {
        return Stream.of(
                t.withPins(with(t.pins(), "emulator", null)),
                t.withPins(with(t.pins(), "iothreads", Map.of())),
                with(t, "memory", null),
                with(t, "memnodes", Map.of()),
                with(t, "renderNode", null));
    }

    private static Stream<Occupancy> others(Occupancy o) {
        return Stream.of(
                        Stream.of(Occupancy.NONE),
                        Stream.of("gpuUsers", "vcpuLoad", "claimedKiB", "claimedHugeKiB")
                                .map(n -> with(o, n, Map.of())),
                        lessOne(o.gpuUsers()).map(m -> with(o, "gpuUsers", m)),
                        lessOne(o.vcpuLoad()).map(m -> with(o, "vcpuLoad", m)),
                        lessOne(o.claimedKiB()).map(m -> with(o, "claimedKiB", m)),
                        lessOne(o.claimedHugeKiB()).map(m -> with(o, "claimedHugeKiB", m)))
                .flatMap(s -> s);
    }

    private static Stream<Limits> limits(Limits l) {
        return Stream.of(
                with(l, "cpus", null),
                with(l, "reservedKiB", 0L),
                with(l, "maxLiveMoveKiB", 0L),
                with(l, "cpuAllocationRatio", 16.0));
    }

    private static <T> Stream<List<T>> lessOne(List<T> all) {
        return IntStream.range(0, all.size()).mapToObj(i -> {
            List<T> rest = new ArrayList<>(all);
            rest.remove(i);
            return rest;
        });
    }

    private static <K, V> Stream<Map<K, V>> lessOne(Map<K, V> all) {
        Collection<K> keys = all.keySet();
        return keys.stream().map(key -> {
            Map<K, V> rest = new HashMap<>(all);
            rest.remove(key);
            return rest;
        });
    }
}
