package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.codes;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Pins;
import org.novagpubinder.placement.model.Tuning;

/**
 * Guests of any kind, to which anything happens: one sweep brings what there is to do to its end, the next ones find nothing,
 * and a release gives back what stood there. The same seed gives the same life; {@code -Dlives=N} for more of them, from
 * {@code -Dlives.from=SEED} on.
 */
class RandomLivesTest {
    /** As long as a guest may go off by a restart that libvirt did not answer. */
    private static final Duration LATE_DEATH = Duration.ofMinutes(4);

    @TempDir
    Path root;

    private @Nullable RandomLife life;

    static LongStream seeds() {
        long from = Integer.getInteger("lives.from", 0);
        return LongStream.range(from, from + Integer.getInteger("lives", 30));
    }

    @AfterEach
    void close() {
        if (life != null) {
            life.close();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aGuestSettlesWhateverHappensToItAndIsReleasedWholly(long seed) throws Exception {
        RandomLife guest = new RandomLife(root, seed);
        life = guest;
        guest.look(Trigger.TASK_ENDED);
        for (int steps = guest.random.nextInt(6); steps > 0; steps--) {
            guest.happens();
            guest.look(Trigger.SWEEP);
        }
        settles(guest);
        itsNextStartIsPossible(guest);
        guest.daemons(Releaser.class).release(GUEST);
        guest.isReleased();
        guest.itRuns();
    }

    private static void settles(RandomLife guest) throws Exception {
        BinderRig rig = guest.rig;
        rig.passes(LATE_DEATH);
        guest.look(Trigger.SWEEP);
        BindResult last = guest.look(Trigger.SWEEP);
        List<String> calls = rig.libvirt.calls();
        int moves = rig.migrations.size();

        BindResult again = guest.look(Trigger.SWEEP);

        assertThat(rig.libvirt.calls()).as("%s", guest.trail).isEqualTo(calls);
        assertThat(rig.migrations).as("%s", guest.trail).hasSize(moves);
        assertThat(codes(again)).as("%s", guest.trail).isEqualTo(codes(last));
        guest.itRuns();
        assertThat(guest.marked()).as("%s", guest.trail).isFalse();
    }

    /** libvirt refuses a start with a pin of which no CPU is online, or with a render node that is not there; Nova's own are Nova's. */
    private static void itsNextStartIsPossible(RandomLife guest) throws Exception {
        Tuning novas = RandomLife.tuning(guest.novas);
        Tuning ours = RandomLife.tuning(guest.rig.libvirt.inactiveXml(GUEST)).without(novas);
        IdSet cpus = guest.rig.get(Topologies.class).now().pinnableCpus();
        Predicate<IdSet> refused = pin -> !cpus.isEmpty() && !pin.intersects(cpus);
        if (novas.pins().where(refused).equals(Pins.NONE)) {
            assertThat(ours.pins().where(refused)).as("%s", guest.trail).isEqualTo(Pins.NONE);
        }
        assertThat(ours.renderNode()).as("%s", guest.trail).isIn(null, RENDER0, RENDER1);
    }
}
