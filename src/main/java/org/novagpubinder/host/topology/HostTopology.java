package org.novagpubinder.host.topology;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The nodes and GPUs of a host at one moment.
 *
 * @param nodes ascending by id
 * @param gpus every display controller and accelerator, ascending by address
 * @param mdevs the mediated devices that are parts of PCI functions
 * @param pciNodes the node of every PCI function whose node is known, GPU or not: what a guest's NIC or NVMe hangs on
 * @param isolatedCpus CPUs taken out of the scheduler's balancing by isolcpus=
 * @param hugePageKiB size of the huge pages that a guest gets which names none (Hugepagesize of /proc/meminfo), KiB; 0 if
 *     the kernel tells none
 * @param names what else the render nodes are called
 * @param placeless the PCI functions whose node is not known
 * @param otherMdevs the mediated devices that are parts of something else: no GPU's
 * @param guestCpus the CPUs that the cgroup of guests has; null if it does not tell
 * @param withheld the nodes with CPUs that the cgroup of guests has, but not with their memory
 */
public record HostTopology(
        List<Node> nodes,
        List<Gpu> gpus,
        List<Mdev> mdevs,
        Map<PciAddress, Integer> pciNodes,
        IdSet isolatedCpus,
        long hugePageKiB,
        RenderNodeNames names,
        Set<PciAddress> placeless,
        Set<UUID> otherMdevs,
        @Nullable IdSet guestCpus,
        IdSet withheld) {

    /** Distance of a node to itself, and what stands in where the kernel tells no distances. */
    public static final int LOCAL_DISTANCE = 10;

    /** Linux' REMOTE_DISTANCE: between two nodes where the kernel tells no distances. */
    public static final int REMOTE_DISTANCE = 20;

    public HostTopology {
        nodes = nodes.stream().sorted(Comparator.comparingInt(Node::id)).toList();
        gpus = gpus.stream().sorted(Comparator.comparing(Gpu::address)).toList();
        mdevs = List.copyOf(mdevs);
        pciNodes = Map.copyOf(pciNodes);
        placeless = Set.copyOf(placeless);
        otherMdevs = Set.copyOf(otherMdevs);
    }

    /** A host whose render nodes have one name each, and all of whose other PCI functions have a node. */
    public HostTopology(
            List<Node> nodes,
            List<Gpu> gpus,
            List<Mdev> mdevs,
            Map<PciAddress, Integer> pciNodes,
            IdSet isolatedCpus,
            long hugePageKiB) {
        this(
                nodes,
                gpus,
                mdevs,
                pciNodes,
                isolatedCpus,
                hugePageKiB,
                RenderNodeNames.NONE,
                Set.of(),
                Set.of(),
                null,
                IdSet.empty());
    }

    /** The same host with other GPUs, or the same GPUs told otherwise. */
    public HostTopology withGpus(List<Gpu> others) {
        return with(others, guestCpus, withheld);
    }

    /** The same host for guests in another cgroup. */
    public HostTopology withGuestCpus(IdSet cpus, IdSet withheldMemory) {
        return with(gpus, cpus, withheldMemory);
    }

    private HostTopology with(List<Gpu> otherGpus, @Nullable IdSet cpus, IdSet withheldMemory) {
        return new HostTopology(
                nodes,
                otherGpus,
                mdevs,
                pciNodes,
                isolatedCpus,
                hugePageKiB,
                names,
                placeless,
                otherMdevs,
                cpus,
                withheldMemory);
    }

    /** The same host where the render node that the path leads to is called so; the host itself if it leads to none. */
    public HostTopology calling(@Nullable String path) {
        if (path == null) {
            return this;
        }
        return gpuOfRenderNode(path)
                .filter(g -> !path.equals(g.renderNode()))
                .map(g -> withGpus(gpus.stream()
                        .map(o -> o.equals(g) ? o.withRenderNode(path) : o)
                        .toList()))
                .orElse(this);
    }

    public Optional<Node> node(int id) {
        return Optional.ofNullable(find(id));
    }

    private @Nullable Node find(int id) {
        int low = 0;
        int high = nodes.size() - 1;
        while (low <= high) {
            int middle = (low + high) / 2;
            Node node = nodes.get(middle);
            if (node.id() == id) {
                return node;
            }
            if (node.id() < id) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    public IdSet nodeIds() {
        return IdSet.of(nodes.stream().mapToInt(Node::id));
    }

    public IdSet onlineCpus() {
        IdSet cpus = IdSet.empty();
        for (Node node : nodes) {
            cpus = cpus.union(node.cpus());
        }
        return cpus;
    }

    /**
     * The online CPUs to which guests can be pinned: of another one libvirt refuses the pin, and a start with it. Those of a node
     * whose memory guests cannot have are none, for nobody is placed there.
     */
    public IdSet pinnableCpus() {
        IdSet cpus = cgroupCpus();
        for (Node node : nodes) {
            cpus = withheld.contains(node.id()) ? cpus.minus(node.presentCpus()) : cpus;
        }
        return cpus;
    }

    /** The online CPUs that the cgroup of guests has, whether with their node's memory or not. */
    public IdSet cgroupCpus() {
        IdSet online = onlineCpus();
        return guestCpus == null ? online : online.intersect(guestCpus);
    }

    /**
     * Where libvirt lets threads run that have no pin (qemu_process.c:qemuProcessGetAllCpuAffinity).
     *
     * @param cpuset what their domain says of its vCPUs; null if it says nothing
     */
    public IdSet floatingCpus(@Nullable IdSet cpuset) {
        if (cpuset != null) {
            return cpuset;
        }
        // those too that have no memory of their own for guests: nobody is placed there, but who has no pin runs there
        IdSet free = cgroupCpus();
        IdSet balanced = free.minus(isolatedCpus);
        return balanced.isEmpty() ? free : balanced;
    }

    /** The nodes that the CPUs belong to, those that are off for now too; CPUs that are absent belong to none. */
    public IdSet nodesOf(IdSet cpus) {
        int[] ids = new int[nodes.size()];
        int count = 0;
        for (Node node : nodes) {
            if (node.presentCpus().intersects(cpus)) {
                ids[count++] = node.id();
            }
        }
        return IdSet.of(Arrays.copyOf(ids, count));
    }

    /** The kernel's distance between two nodes; {@link #REMOTE_DISTANCE} where it tells none. */
    public int distance(int from, int to) {
        Node node = find(from);
        Integer told = node == null ? null : node.distances().get(to);
        return told != null ? told : from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE;
    }

    /** The smallest distance between a node of one set and a node of the other; 0 if one is empty. */
    public int distance(IdSet from, IdSet to) {
        int least = Integer.MAX_VALUE;
        for (int f = from.first(); f >= 0; f = from.next(f + 1)) {
            for (int t = to.first(); t >= 0; t = to.next(t + 1)) {
                least = Math.min(least, distance(f, t));
            }
        }
        return least == Integer.MAX_VALUE ? 0 : least;
    }

    /** The node itself if it is one of those asked for, else the nearest of them: all that are as near. */
    public IdSet nearest(int from, Predicate<Node> which) {
        IdSet nearest = IdSet.empty();
        for (Node node : nodes) {
            if (which.test(node)) {
                IdSet one = IdSet.of(node.id());
                if (node.id() == from) {
                    return one;
                }
                int order = nearest.isEmpty() ? -1 : distance(from, node.id()) - distance(from, nearest.first());
                nearest = order < 0 ? one : order == 0 ? nearest.union(one) : nearest;
            }
        }
        return nearest;
    }

    /** Whether there is such a PCI function, of whatever kind. */
    public boolean has(PciAddress address) {
        return pciNodes.containsKey(address)
                || placeless.contains(address)
                || gpu(address).isPresent();
    }

    public Optional<Gpu> gpu(PciAddress address) {
        int low = 0;
        int high = gpus.size() - 1;
        while (low <= high) {
            int middle = (low + high) / 2;
            Gpu gpu = gpus.get(middle);
            int order = gpu.address().compareTo(address);
            if (order == 0) {
                return Optional.of(gpu);
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return Optional.empty();
    }

    /** The GPU that has that render node, by whichever of its names. */
    public Optional<Gpu> gpuOfRenderNode(String path) {
        for (Gpu gpu : gpus) {
            if (path.equals(gpu.renderNode())) {
                return Optional.of(gpu);
            }
        }
        return names.gpu(path).flatMap(this::gpu);
    }

    /** Whether no render node of that name is there, of whatever kind. */
    public boolean lacksRenderNode(String path) {
        return gpuOfRenderNode(path).isEmpty() && !names.isNoGpus(path);
    }

    /** The PCI function that the mediated device is a part of, GPU or not; empty if there is no such device. */
    public Optional<PciAddress> parentOfMdev(UUID uuid) {
        return mdevs.stream().filter(m -> m.uuid().equals(uuid)).findFirst().map(Mdev::parent);
    }
}
