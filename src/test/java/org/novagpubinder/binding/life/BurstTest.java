package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.guest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.host.topology.IdSet;

/** Many guests that start at the same time. */
class BurstTest {
    /** Unpinned they count half on each node, and all but one of them must leave room there. */
    private static final int GUESTS = 14;

    @TempDir
    Path root;

    @Test
    void guestsThatStartTogetherAreSpreadOverTheNodes() throws Exception {
        BinderRig rig = new BinderRig(root, Restart.NEVER);
        List<UUID> guests = new ArrayList<>();
        for (int i = 0; i < GUESTS; i++) {
            UUID uuid = new UUID(7, i);
            rig.libvirt.running(guest("", "<graphics type='egl-headless'/>")
                    .replace(GUEST.toString(), uuid.toString())
                    .replace("<vcpu>2</vcpu>", "<vcpu>1</vcpu>"));
            guests.add(uuid);
        }
        Binder binder = rig.get(Binder.class);
        ExecutorService threads = Executors.newFixedThreadPool(GUESTS);
        try {
            List<Future<Optional<BindResult>>> results = new ArrayList<>();
            for (UUID uuid : guests) {
                results.add(threads.submit(() -> binder.bind(uuid, Trigger.STARTED, Flavor.UNKNOWN)));
            }
            for (Future<Optional<BindResult>> r : results) {
                assertThat(r.get()).isPresent();
            }
        } finally {
            threads.shutdownNow();
        }
        Map<Map<Integer, IdSet>, Integer> guestsByPins = new HashMap<>();
        for (UUID uuid : guests) {
            guestsByPins.merge(rig.libvirt.vcpuPins(uuid), 1, Integer::sum);
        }
        assertThat(guestsByPins)
                .isEqualTo(Map.of(Map.of(0, IdSet.of(0, 1)), GUESTS / 2, Map.of(0, IdSet.of(2, 3)), GUESTS / 2));
    }
}
