package org.novagpubinder.binding.life;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.host.topology.IdSet;

/** What happens to the host of a {@link RandomLife}. */
final class RandomHost {
    private static final String GROUP = "sys/fs/cgroup/machine.slice/";
    private static final List<String> GPUS = List.of(
            "sys/bus/pci/devices/0000:21:00.0",
            "sys/bus/pci/devices/0000:41:00.0",
            "sys/bus/pci/devices/0000:42:00.0",
            "sys/bus/pci/devices/0000:22:00.0",
            "sys/bus/mdev/devices/" + RandomGuests.VGPU);

    private final RandomLife life;
    private final Random random;
    private final BinderRig rig;
    private @Nullable IdSet limit;

    RandomHost(RandomLife life) {
        this.life = life;
        this.random = life.random;
        this.rig = life.rig;
    }

    Map<String, RandomLife.Happening> happenings() {
        Map<String, RandomLife.Happening> all = new LinkedHashMap<>();
        all.put("CPUs are switched", this::switched);
        all.put("a node's memory fills up or gets free", this::full);
        all.put("the guests' cgroup gets other CPUs and nodes", () -> {
            limited(IdSet.parse(life.guests.any("0-3", "0-1", "2-3", "0-2")));
            rig.tree.file(GROUP + "cpuset.mems.effective", life.guests.any("0-1", "0-1", "0", "1") + "\n");
        });
        all.put("the clock is set", () -> rig.wall.set(Duration.ofMinutes(random.nextInt(240) - 120)));
        all.put("a GPU is gone for a moment", () -> gone(Duration.ofSeconds(20)));
        all.put("a GPU is gone for long", () -> gone(Duration.ofMinutes(2)));
        return all;
    }

    private void switched() throws Exception {
        rig.tree.file("sys/devices/system/cpu/online", life.guests.any("0-3", "0-2", "0,2-3", "0-1", "2-3"));
        limited(limit);
    }

    /** The cgroup of guests has those CPUs that are online, all of these if it were none; null without such a cgroup. */
    private void limited(@Nullable IdSet cpus) throws Exception {
        limit = cpus;
        if (cpus != null) {
            IdSet online = rig.get(Topologies.class).now().onlineCpus();
            IdSet left = cpus.intersect(online);
            rig.tree.file(GROUP + "cpuset.cpus.effective", (left.isEmpty() ? online : left) + "\n");
        }
    }

    private void full() {
        int node = random.nextInt(2);
        rig.tree.node(node, node == 0 ? "0-1" : "2-3", 8, random.nextInt(8));
    }

    /** A reset takes it out of sysfs; the sweeps come by meanwhile. */
    private void gone(Duration time) throws Exception {
        Path gpu = rig.tree.root().resolve(GPUS.get(random.nextInt(GPUS.size())));
        Path away = rig.tree.root().resolve("gone");
        life.trail.add("gone: " + gpu.getFileName());
        move(gpu, away);
        life.look(Trigger.SWEEP);
        rig.passes(time);
        life.look(Trigger.SWEEP);
        move(away, gpu);
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to);
    }
}
