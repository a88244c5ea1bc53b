package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.host.topology.IdSet;

/** A host that has CPUs of both kinds: cpu_shared_set and cpu_dedicated_set. */
class DedicatedCpusTest {
    @TempDir
    Path root;

    /** Nova counts them apart, and only the shared ones by cpu_allocation_ratio. */
    @Test
    void vcpusOnDedicatedCpusTakeNoRoomFromTheSharedOnes() throws Exception {
        BinderRig rig = new BinderRig(
                root,
                Restart.NEVER,
                "cpu_allocation_ratio = 1.0",
                "[compute]",
                "cpu_shared_set = 0,2",
                "cpu_dedicated_set = 1,3");
        rig.libvirt.running(guest("""
                        <cputune><vcpupin vcpu='0' cpuset='3'/><emulatorpin cpuset='3'/></cputune>
                        <numatune><memory mode='strict' nodeset='1'/></numatune>""", "")
                .replace("<vcpu>2<", "<vcpu>1<")
                .replace(GUEST.toString(), "5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d99")
                .replace("instance-00000001", "instance-00000002"));
        rig.age(60).memory(Map.of(1, 200_000L));
        rig.libvirt.running(guest("", vfio()).replace("<vcpu>2<", "<vcpu cpuset='0,2'>1<"));

        assertThat(rig.get(Binder.class)
                        .plan(GUEST, Occasion.of(Trigger.SWEEP), Flavor.UNKNOWN)
                        .orElseThrow()
                        .plan()
                        .nodes())
                .isEqualTo(IdSet.of(1));
    }
}
