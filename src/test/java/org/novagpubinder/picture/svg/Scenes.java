package org.novagpubinder.picture.svg;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.binding.report.LastOutcome;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.notification.SubscriptionState;
import org.novagpubinder.placement.load.GpuSlots;
import org.novagpubinder.placement.load.HostLoad;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.testing.Hosts;

/** Hosts with guests, to be drawn. */
public final class Scenes {
    public static final Instant AT = Instant.parse("2026-11-23T20:15:03Z");

    /** Names that a tenant may choose to do harm, or for fun. */
    static final List<String> HOSTILE = List.of(
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "</style></title></svg><script>alert(2)</script>",
            "' onmouseover='alert(3)",
            "&lt;b&gt; &amp; ]]> <!-- -->",
            "W".repeat(200),
            "größe 🚀 名前名前名前名前名前名前名前名前名前名前名前名前",
            "שלום עולם مرحبا بالعالم",
            "a\u202egnp.exe\u2066\u200b\u0000\u001b[2J\r\n\u0085\u2028b\ud800\uffff",
            "z\u0310\u0311\u0312\u0313\u0314\u0315".repeat(30),
            "{{7*7}} ${jndi:ldap://x} %s %n {0}",
            " ");

    private static final List<Outcome> OUTCOMES = List.of(Outcome.values());

    private static final long GIB_OF_A_NODE = 256;

    private Scenes() {}

    /** Two nodes with two GPUs: one guest of each kind of standing. */
    public static HostPicture small() {
        HostTopology host = Hosts.twoRenderNodes()
                .distance(0, 1, 21)
                .free(0, 41)
                .free(1, 12)
                .hugePages(1, 1 << 20, 16, 4)
                .bmc("0000:05:00.0", 0)
                .build();
        List<DomainStatus> guests = List.of(
                guest(1, Outcome.BOUND, gpu(host, 1), 1, Map.of(1, 16L), "render-farm-7", Code.NODE_OF_GPU),
                guest(2, Outcome.ALIGNED, gpu(host, 0), 0, Map.of(0, 8L), "cad-lena", Code.ALREADY_ALIGNED),
                guest(3, Outcome.MISALIGNED, gpu(host, 0), 1, Map.of(0, 1L, 1, 7L), "train-b", Code.PLACED_BY_NOVA),
                guest(4, Outcome.DEFERRED, gpu(host, 1), 0, Map.of(0, 4L), "desktop-19", Code.RUNS_TOO_LONG),
                guest(5, Outcome.BOUND, gpu(host, 1), 1, Map.of(1, 16L), "render-farm-8", Code.NODE_OF_GPU),
                off(6, gpu(host, 0)));
        return picture(
                "cmp-gpu-07.example.org",
                host,
                guests.stream().map(g -> told(host, g)).toList());
    }

    /** So many nodes, GPUs spread over them, and guests. */
    public static HostPicture of(int nodes, int gpus, int guests) {
        Hosts hosts = Hosts.host();
        for (int n = 0; n < nodes; n++) {
            hosts.node(n, sixteen(n) + "," + sixteen(nodes + n), GIB_OF_A_NODE);
        }
        int perSocket = Math.max(1, nodes / 2);
        for (int a = 0; a < nodes; a++) {
            hosts.socket(a / perSocket, a);
            for (int b = a + 1; b < nodes; b++) {
                hosts.distance(a, b, a / perSocket == b / perSocket ? 12 : 32);
            }
        }
        for (int g = 0; g < gpus; g++) {
            String address = String.format("0000:%02x:00.0", 16 + 8 * g);
            int node = g * nodes / Math.max(1, gpus);
            if (g % 3 == 2) {
                hosts.vfioGpu(address, node);
            } else {
                hosts.gpu(address, node, "/dev/dri/renderD" + (128 + g));
            }
        }
        List<DomainStatus> all = guests(hosts.build(), guests);
        for (int n = 0; n < nodes; n++) {
            long used = 7 + n + 8 * on(n, all);
            hosts.free(n, Math.max(0, GIB_OF_A_NODE - used));
        }
        return picture("host-" + nodes + "-" + gpus + "-" + guests, hosts.build(), all);
    }

    private static String sixteen(int n) {
        return n * 16 + "-" + (n * 16 + 15);
    }

    private static long on(int node, List<DomainStatus> guests) {
        return guests.stream()
                .filter(DomainStatus::running)
                .filter(g -> g.vcpuNodes().contains(node))
                .count();
    }

    /** Guests on that host, most of them beside their GPU. */
    static List<DomainStatus> guests(HostTopology host, int count) {
        Random random = new Random(42);
        List<DomainStatus> all = new ArrayList<>();
        List<Node> nodes =
                host.nodes().stream().filter(n -> !n.cpus().isEmpty()).toList();
        Set<PciAddress> given = new HashSet<>();
        for (int i = 0; i < count; i++) {
            GpuUse use = host.gpus().isEmpty()
                    ? absent()
                    : freeOr(host, given, gpu(host, random.nextInt(host.gpus().size())));
            int there = use.gpu().flatMap(host::gpu).flatMap(Gpu::node).orElse(0);
            List<Node> others = nodes.stream().filter(n -> n.id() != there).toList();
            int elsewhere = others.isEmpty()
                    ? there
                    : others.get(random.nextInt(others.size())).id();
            Outcome outcome = random.nextInt(4) > 0 ? Outcome.BOUND : OUTCOMES.get(random.nextInt(OUTCOMES.size()));
            if (outcome == Outcome.OFF) {
                all.add(off(i, use));
                continue;
            }
            boolean beside = outcome == Outcome.BOUND || outcome == Outcome.ALIGNED;
            all.add(guest(
                    i,
                    outcome,
                    use,
                    beside ? there : elsewhere,
                    beside
                            ? Map.of(there, 8L)
                            : there == elsewhere ? Map.of(there, 8L) : Map.of(there, 3L, elsewhere, 5L),
                    i % 5 == 0 ? null : "vm-" + i,
                    switch (outcome) {
                        case REFUSED -> Code.MEMORY_FULL;
                        case FAILED -> Code.RESTART_FAILED;
                        case MISALIGNED -> Code.PLACED_BY_NOVA;
                        case DEFERRED -> Code.RUNS_TOO_LONG;
                        case IGNORED -> Code.POLICY_OFF;
                        default -> Code.NODE_OF_GPU;
                    }));
        }
        return all;
    }

    /** That GPU; if it is a whole one and another guest has it, one with a render node, if there is any. */
    private static GpuUse freeOr(HostTopology host, Set<PciAddress> given, GpuUse use) {
        if (use.kind() != GpuUse.Kind.PCI || given.add(use.gpu().orElseThrow())) {
            return use;
        }
        int before = host.gpus().stream()
                .filter(Gpu::bindable)
                .map(Gpu::address)
                .toList()
                .indexOf(use.gpu().orElseThrow());
        return IntStream.rangeClosed(0, before)
                .mapToObj(i -> gpu(host, before - i))
                .filter(u -> u.kind() == GpuUse.Kind.RENDER_NODE)
                .findFirst()
                .orElse(use);
    }

    /** Names that are no names. */
    public static HostPicture hostile() {
        HostTopology host = Hosts.twoRenderNodes().build();
        List<DomainStatus> guests = new ArrayList<>();
        for (int i = 0; i < HOSTILE.size(); i++) {
            String name = HOSTILE.get(i);
            DomainStatus g = guest(
                    i, OUTCOMES.get(i % OUTCOMES.size()), gpu(host, i % 2), i % 2, Map.of(0, 1L), name, Code.LIVE);
            guests.add(new DomainStatus(
                    g.uuid(),
                    i % 3 == 0 ? name : g.domain(),
                    name,
                    i != 4,
                    name,
                    List.of(new GpuUse(GpuUse.Kind.MDEV, g.gpus().get(0).address(), name)),
                    g.gpuNodes(),
                    g.vcpuNodes(),
                    g.emulatorNodes(),
                    g.residentKiB(),
                    name,
                    g.outcome(),
                    List.of(new Reason(Code.POLICY_INVALID, "extra spec '" + name + "'")),
                    null));
        }
        Map<PciAddress, String> names = new HashMap<>();
        host.gpus().forEach(g -> names.put(g.address(), HOSTILE.get(0) + HOSTILE.get(5)));
        HostPicture p = picture(HOSTILE.get(2), host, guests);
        return new HostPicture(
                HOSTILE.get(2),
                host,
                names,
                p.load(),
                guests,
                null,
                p.decisions(),
                p.histories(),
                new ServiceStatus(
                        false,
                        HOSTILE.get(0),
                        new SubscriptionState(SubscriptionState.Kind.WAITING, HOSTILE.get(1)),
                        false,
                        false),
                AT);
    }

    /** The picture of a host that is well. */
    static HostPicture picture(String name, HostTopology host, List<DomainStatus> guests) {
        Map<PciAddress, String> names = new HashMap<>();
        host.gpus().forEach(g -> names.put(g.address(), g.bindable() ? "NVIDIA H100 SXM5 80GB" : "ASPEED"));
        ServiceStatus service = new ServiceStatus(
                true,
                "libvirt at qemu:///system",
                new SubscriptionState(
                        SubscriptionState.Kind.SUBSCRIBED,
                        "subscribed to exchange nova by queue nova-gpu-binder.cmp-gpu-07 at rabbit-1.example.org:5672"),
                true,
                false);
        return new HostPicture(
                name, host, names, load(host, guests), guests, null, decisions(guests), histories(guests), service, AT);
    }

    private static HostLoad load(HostTopology host, List<DomainStatus> guests) {
        Map<Integer, Double> vcpus = new HashMap<>();
        Map<Integer, GpuSlots> slots = new HashMap<>();
        Set<PciAddress> taken = guests.stream()
                .filter(DomainStatus::running)
                .flatMap(g -> g.gpus().stream())
                .flatMap(use -> use.gpu().stream())
                .collect(Collectors.toSet());
        for (Node node : host.nodes()) {
            if (!node.cpus().isEmpty()) {
                vcpus.put(node.id(), 2.0 * on(node.id(), guests));
            }
            List<PciAddress> whole = host.gpus().stream()
                    .filter(g -> g.bindable() && g.renderNode() == null)
                    .filter(g -> g.node().filter(n -> n == node.id()).isPresent())
                    .map(Gpu::address)
                    .toList();
            int used = (int) whole.stream().filter(taken::contains).count();
            if (!whole.isEmpty()) {
                slots.put(node.id(), new GpuSlots(used, whole.size() - used));
            }
        }
        return new HostLoad(Map.of(), vcpus, slots);
    }

    private static Map<UUID, GuestHistory> histories(List<DomainStatus> guests) {
        Map<UUID, GuestHistory> all = new HashMap<>();
        for (DomainStatus g : guests) {
            long seed = g.uuid().getLeastSignificantBits() & 0xff;
            List<GuestHistory.Entry> entries = new ArrayList<>();
            if (seed % 3 != 0) {
                entries.add(new GuestHistory.Entry(
                        AT.minusSeconds(3600 * (12 + seed % 20)), Outcome.DEFERRED, "task-ended", List.of()));
                entries.add(new GuestHistory.Entry(
                        AT.minusSeconds(3600 * (5 + seed % 6)),
                        Outcome.BOUND,
                        "started",
                        List.of("pinned 2 vCPUs", "wrote the definition")));
            }
            entries.add(new GuestHistory.Entry(since(g), g.outcome(), "sweep", List.of()));
            all.put(g.uuid(), new GuestHistory(entries));
        }
        return all;
    }

    private static List<Decision> decisions(List<DomainStatus> guests) {
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < Math.min(50, guests.size()); i++) {
            DomainStatus g = guests.get(i);
            List<String> done = g.outcome() == Outcome.BOUND
                    ? List.of("pinned 2 vCPUs", "pinned the emulator threads", "wrote the definition")
                    : List.of();
            decisions.add(new Decision(
                    new BindResult(
                            g.uuid(), g.domain(), g.outcome(), g.reasons(), g.gpuNodes(), done, i % 4 == 0, 37 + i),
                    List.of(Trigger.TASK_ENDED, Trigger.STARTED, Trigger.SWEEP).get(i % 3),
                    AT.minusSeconds(60L * i + 2),
                    AT.minusSeconds(60L * i),
                    i % 2 == 0 ? "req-5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11" : null));
        }
        return decisions;
    }

    static GpuUse gpu(HostTopology host, int index) {
        Gpu gpu = host.gpus().stream().filter(Gpu::bindable).toList().get(index);
        return gpu.renderNode() == null
                ? new GpuUse(GpuUse.Kind.PCI, gpu.address(), gpu.address().toString())
                : new GpuUse(GpuUse.Kind.RENDER_NODE, gpu.address(), gpu.renderNode());
    }

    private static GpuUse absent() {
        return new GpuUse(GpuUse.Kind.PCI, null, "0000:99:00.0");
    }

    private static DomainStatus guest(
            int id, Outcome outcome, GpuUse gpu, int node, Map<Integer, Long> gib, String name, Code why) {
        Map<Integer, Long> kib = new HashMap<>();
        gib.forEach((n, g) -> kib.put(n, g << 20));
        String text =
                switch (why) {
                    case PLACED_BY_NOVA ->
                        "Nova has placed it on node " + node + ", and its placement is never changed";
                    case RUNS_TOO_LONG ->
                        "it runs for 3,012 s, and a restart is only allowed in the first 10 s; from its "
                                + "next start on it is beside its GPU";
                    case MEMORY_FULL ->
                        "node " + node + " is not beside its GPU, and the node beside it has no room for its 8.0 GiB";
                    case RESTART_FAILED ->
                        "libvirt refused to start it with its binding; it runs on, and its former definition holds";
                    case POLICY_OFF -> "policy off: it is left alone";
                    default -> "its GPU is on node " + node;
                };
        return new DomainStatus(
                new UUID(0x5b0d1a9e9a354c49L, 0x8e7c2ac14dcb0000L + id),
                String.format("instance-%08x", id + 1),
                name,
                true,
                "gpu.large",
                List.of(gpu),
                IdSet.of(node),
                IdSet.of(node),
                IdSet.of(node),
                kib,
                gpu.text(),
                outcome,
                List.of(new Reason(why, text)),
                null);
    }

    /** With the node of its GPU, and what the daemon has told of it. */
    private static DomainStatus told(HostTopology host, DomainStatus g) {
        return new DomainStatus(
                g.uuid(),
                g.domain(),
                g.instanceName(),
                g.running(),
                g.flavor(),
                g.gpus(),
                IdSet.of(host.gpu(g.gpus().get(0).gpu().orElseThrow())
                        .flatMap(Gpu::node)
                        .orElseThrow()),
                g.vcpuNodes(),
                g.emulatorNodes(),
                g.residentKiB(),
                g.renderNode(),
                g.outcome(),
                g.reasons(),
                new LastOutcome(
                        g.uuid(), g.domain(), g.outcome(), g.reasons(), "sweep", AT.minusSeconds(30), since(g)));
    }

    private static Instant since(DomainStatus g) {
        return AT.minusSeconds(600 * (1 + (g.uuid().getLeastSignificantBits() & 0xff) % 20));
    }

    /** A guest of that name, beside its GPU. */
    static DomainStatus named(int id, String name) {
        HostTopology host = small().topology();
        return guest(id, Outcome.BOUND, gpu(host, 0), 0, Map.of(0, 8L), name, Code.NODE_OF_GPU);
    }

    private static DomainStatus off(int id, GpuUse gpu) {
        return new DomainStatus(
                new UUID(0x5b0d1a9e9a354c49L, 0x8e7c2ac14dcb0000L + id),
                String.format("instance-%08x", id + 1),
                "archive",
                false,
                "gpu.large",
                List.of(gpu),
                IdSet.of(0),
                IdSet.of(0),
                IdSet.of(0),
                Map.of(),
                gpu.text(),
                Outcome.OFF,
                List.of(new Reason(Code.NOT_RUNNING, "it is shut off")),
                null);
    }
}
