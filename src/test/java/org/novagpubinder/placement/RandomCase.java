package org.novagpubinder.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.Gpu;
import org.novagpubinder.host.HostTopology;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.host.PciAddress;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** A random machine with a random guest, others on it, and a policy: everything that a real one could be, and worse. */
record RandomCase(HostTopology host, Guest guest, Occupancy others, Policy policy, Limits limits) {
    static RandomCase of(long seed) {
        Random r = new Random(seed);
        HostTopology host = host(r);
        List<IdSet> somewhere = new ArrayList<>(List.of(IdSet.of(300)));
        host.nodes().forEach(n -> somewhere.add(n.cpus()));
        Limits limits = new Limits(
                r.nextInt(3) > 0 ? null : some(r, host.onlineCpus().union(IdSet.of(299))),
                one(r, List.of(1.0, 1.5, 4.0, 16.0)),
                r.nextInt(3) * Hosts.GIB,
                r.nextInt(5) * Hosts.GIB);
        Policy policy = new Policy(one(r, List.of(PolicyMode.values())), r.nextInt(4) == 0);
        Occupancy others = others(r, host);
        Guests guests = guest(r, host, somewhere);
        Guest guest = guests.build();
        if (!guest.placed() && r.nextInt(3) == 0) {
            // bound by an earlier plan, when the others were others
            Plan earlier = new Planner().plan(host, guest, others(r, host), policy, limits);
            if (earlier.changes()) {
                guest = guests.bound(earlier).build();
            }
        }
        return new RandomCase(host, guest, others, policy, limits);
    }

    private static HostTopology host(Random r) {
        Hosts hosts = Hosts.host();
        int nodes = 1 + r.nextInt(6);
        List<Integer> ids = new ArrayList<>();
        int id = 0;
        for (int i = 0; i < nodes; i++) {
            id += r.nextInt(5) == 0 ? 3 : 1;
            ids.add(id);
            IdSet cpus = IdSet.range(i * 8, i * 8 + 7);
            long memory = r.nextInt(8) == 0 ? 0 : 4 + r.nextInt(60);
            hosts.node(id, r.nextInt(6) == 0 ? "" : some(r, cpus).toString(), memory);
            if (memory > 0) {
                hosts.free(id, r.nextInt((int) memory + 1)).hugePages(id, 2048, 8192, r.nextInt(8193));
            }
            hosts.socket(r.nextInt(4) == 0 ? -1 : i / 2, id);
        }
        for (int a : ids) {
            for (int b : ids) {
                if (a < b) {
                    hosts.distance(a, b, 11 + r.nextInt(4) * 10);
                }
            }
        }
        for (int g = 0; g < r.nextInt(6); g++) {
            Integer node =
                    switch (r.nextInt(8)) {
                        case 0 -> null;
                        case 1 -> 77;
                        default -> ids.get(r.nextInt(ids.size()));
                    };
            boolean render = r.nextBoolean();
            hosts.gpu(
                    String.format("0000:%02x:00.0", 0x20 + g),
                    node,
                    render ? "/dev/dri/renderD" + (128 + g) : null,
                    g > 0 && r.nextInt(5) == 0 ? "0000:20:00.0" : null,
                    r.nextInt(3) == 0 ? r.nextInt(16) * Hosts.GIB : null);
        }
        if (r.nextInt(4) == 0) {
            hosts.isolated(some(r, IdSet.range(0, 15)).toString());
        }
        return hosts.build();
    }

    private static Guests guest(Random r, HostTopology host, List<IdSet> somewhere) {
        Guests guest = Guests.guest()
                .size(1 + r.nextInt(r.nextInt(4) == 0 ? 40 : 8), 1 + r.nextInt(r.nextInt(4) == 0 ? 150 : 12));
        for (int i = 0; i < r.nextInt(4); i++) {
            Gpu gpu = host.gpus().isEmpty()
                    ? null
                    : host.gpus().get(r.nextInt(host.gpus().size()));
            switch (r.nextInt(4)) {
                case 0 -> guest.gpu(new GpuUse(GpuUse.Kind.RENDER_NODE, null, null));
                case 1 -> guest.renderNode("/dev/dri/renderD" + (128 + r.nextInt(6)));
                case 2 -> guest.pci(gpu == null ? "0000:99:00.0" : gpu.address().toString());
                default -> guest.gpu(new GpuUse(GpuUse.Kind.MDEV, gpu == null ? null : gpu.address(), "an-mdev"));
            }
        }
        if (r.nextInt(3) == 0) {
            guest.iothreads(1, 2);
        }
        if (r.nextInt(6) == 0) {
            guest.hugePages(2048);
        }
        if (r.nextInt(6) == 0) {
            guest.cpuset(some(r, host.onlineCpus().union(IdSet.of(298))).toString());
        }
        if (r.nextBoolean()) {
            guest.canShowRenderNode();
        }
        if (r.nextInt(4) == 0) {
            guest.pinned(anyOf(r, somewhere));
        }
        if (r.nextInt(5) == 0) {
            guest.emulator(anyOf(r, somewhere));
        }
        if (r.nextInt(8) == 0) {
            guest.iothreadPin(2, anyOf(r, somewhere));
        }
        if (r.nextInt(8) == 0) {
            guest.memory(one(r, List.of(MemoryMode.values())), r.nextInt(4) == 0 ? "" : "0-" + r.nextInt(4));
        }
        if (r.nextBoolean()) {
            guest.running(
                    IdSet.range(0, 5).stream().mapToLong(n -> r.nextInt(6)).toArray());
        }
        if (r.nextInt(3) == 0) {
            guest.open("/dev/dri/renderD" + (128 + r.nextInt(6)));
        }
        if (r.nextInt(6) == 0) {
            guest.otherDevice("0000:20:00.0");
        }
        return guest;
    }

    private static String anyOf(Random r, List<IdSet> sets) {
        IdSet set = sets.get(r.nextInt(sets.size()));
        return set.isEmpty() ? "0" : set.toString();
    }

    private static Occupancy others(Random r, HostTopology host) {
        Map<PciAddress, Integer> users = new HashMap<>();
        host.gpus().forEach(g -> users.put(g.physical(), r.nextInt(3)));
        Map<Integer, Double> load = new HashMap<>();
        Map<Integer, Long> claimed = new HashMap<>();
        host.nodes().forEach(n -> {
            load.put(n.id(), r.nextInt(24) / 2.0);
            claimed.put(n.id(), r.nextInt(8) * Hosts.GIB);
        });
        return new Occupancy(users, load, claimed, Map.of());
    }

    private static <T> T one(Random r, List<T> of) {
        return of.get(r.nextInt(of.size()));
    }

    private static IdSet some(Random r, IdSet set) {
        return IdSet.of(set.stream().filter(i -> r.nextInt(4) > 0));
    }

    /** The CPUs that a thread of this guest may be pinned to, worked out anew. */
    IdSet allowed() {
        IdSet cpus = host.onlineCpus();
        @Nullable IdSet named = limits.cpus();
        cpus = named == null ? cpus.minus(host.isolatedCpus()) : cpus.intersect(named);
        @Nullable IdSet cpuset = guest.cpuset();
        return cpuset == null ? cpus : cpus.intersect(cpuset);
    }

    private IdSet memoryNodes(IdSet nodes) {
        return IdSet.of(nodes.stream().map(n -> host.node(n).orElseThrow().memoryKiB() > 0 ? n : nearest(n)));
    }

    private int nearest(int node) {
        return host.nodes().stream()
                .filter(n -> n.memoryKiB() > 0 && !n.cpus().isEmpty())
                .map(n -> n.id())
                .min(java.util.Comparator.<Integer>comparingInt(id -> host.distance(node, id))
                        .thenComparingInt(id -> id))
                .orElse(node);
    }

    /** Memory that the guest can have on those nodes, worked out anew, KiB. */
    long room(IdSet nodes) {
        long room = 0;
        for (int id : memoryNodes(nodes).ids()) {
            var node = host.node(id).orElseThrow();
            Guest.@Nullable Running running = guest.running();
            room += running == null ? 0 : running.residentKiB().getOrDefault(id, 0L);
            if (guest.hugePageKiB() > 0) {
                room += node.hugePages().stream()
                        .filter(p -> p.sizeKiB() == guest.hugePageKiB())
                        .mapToLong(p -> p.free() * p.sizeKiB())
                        .sum();
            } else {
                long left = node.freeKiB()
                        - limits.reservedKiB()
                        - others.claimedKiB().getOrDefault(id, 0L);
                room += Math.max(0, left);
            }
        }
        return room;
    }
}
