package org.novagpubinder.binding.early;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.inventory.HostAllocations;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.placement.model.Occupancy;

class RehearsalTest {
    @TempDir
    Path root;

    private BinderRig rig;

    @AfterEach
    void stop() {
        rig.get(RestartWatch.class).close();
        rig.get(DomainQueues.class).close();
    }

    @Test
    void definitionsAreMadeForAGuestOfWhichNothingIsLeft() throws Exception {
        rig = new BinderRig(root, Restart.BOOT_WINDOW);
        HostTopology host = rig.get(Topologies.class).now();
        assertThat(rig.get(Rehearsal.class).run(host)).isPositive();
        assertThat(rig.libvirt.calls()).isEmpty();
        assertThat(rig.get(HostAllocations.class).without(BinderRig.GUEST, HostAllocations.View.NOBODY, host))
                .isEqualTo(Occupancy.NONE);
    }
}
