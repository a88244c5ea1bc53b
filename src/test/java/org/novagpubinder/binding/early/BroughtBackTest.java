package org.novagpubinder.binding.early;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.early.EarlyRig.NOVAS;
import static org.novagpubinder.binding.life.BinderRig.GUEST;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.life.Nova;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.testing.ScriptedLibvirt;

/** A definition that Nova has undefined in the moment of ours, which has made it again. */
class BroughtBackTest {
    private final EarlyRig early;
    private final BinderRig rig;
    private final ScriptedLibvirt libvirt;
    private final Nova nova;

    BroughtBackTest(@TempDir Path root) {
        early = new EarlyRig(root);
        rig = early.rig;
        libvirt = early.libvirt;
        nova = early.nova;
    }

    @AfterEach
    void stop() {
        early.rig.close();
    }

    private void undefinedInThatMoment(String request) throws Exception {
        nova.says(request, "create.start");
        libvirt.define(NOVAS);
        libvirt.before("define", () -> libvirt.deletes(GUEST));
        nova.libvirt(Kind.DEFINED);
        assertThat(libvirt.find(GUEST)).as("our define has made it again").isPresent();
    }

    @Test
    void aDomainThatNovaUndefinesInThatMomentIsNotBroughtBack() throws Exception {
        undefinedInThatMoment("req-1");

        nova.libvirt(Kind.UNDEFINED, Kind.DEFINED).says("req-1", "create.error");
        rig.get(EarlyOutcomes.class).waits(GUEST);
        assertThat(libvirt.find(GUEST)).isEmpty();
    }

    /** Its end may be lost with the broker: then the task counts for an hour. */
    @Test
    void whatWasBroughtBackIsUndefinedHoweverLateNovasTaskEnds() throws Exception {
        undefinedInThatMoment("req-1");
        nova.libvirt(Kind.UNDEFINED);
        rig.steady.updateAndGet(t -> t.plus(Duration.ofMinutes(30)));
        rig.get(EarlyOutcomes.class).waits(GUEST);
        assertThat(libvirt.find(GUEST))
                .as("Nova may be about to define it anew")
                .isPresent();

        rig.steady.updateAndGet(t -> t.plus(Duration.ofMinutes(31)));
        rig.get(EarlyOutcomes.class).waits(GUEST);
        assertThat(libvirt.find(GUEST)).isEmpty();
    }

    @Test
    void whatADaemonBeforeHasBroughtBackIsUndefinedWhenNovaHasGivenTheInstanceUp() throws Exception {
        for (String last : List.of("create.error", "delete.end")) {
            undefinedInThatMoment("req-" + last);

            EventRouter next = rig.anotherDaemon().getInstance(EventRouter.class);
            next.begins();
            CountDownLatch acknowledged = new CountDownLatch(1);
            Action action = last.equals("delete.end") ? Action.FORGET : Action.IGNORE;
            next.handle(Events.of("instance." + last, action, GUEST, "req-" + last), acknowledged::countDown);
            assertThat(acknowledged.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(libvirt.find(GUEST)).as(last).isEmpty();
            rig.get(EarlyStarts.class).settle(GUEST);
        }
    }

    @Test
    void aDefinitionThatNovaHasLeftOffIsNotTakenAway() throws Exception {
        early.definesIn("resize_finish");
        early.starts();
        libvirt.stops(GUEST);
        rig.get(EarlyOutcomes.class).gaveUp(GUEST);
        rig.get(EarlyOutcomes.class).waits(GUEST);
        assertThat(libvirt.find(GUEST)).isPresent();
    }
}
