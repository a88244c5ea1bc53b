package org.novagpubinder.binding.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Observer;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.restart.RestartGuard;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.placement.model.Outcome;

/** What a binding asks libvirt, in its order: each question is one to four round trips (RoundTripsIT), which is most of its time. */
class CallsOfABindingTest {
    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void aGuestRunsBesideItsGpu() throws Exception {
        rig = new BinderRig(root, Restart.NEVER);
        rig.age(1).memory(Map.of(1, 200_000L));
        rig.libvirt.running(guest("", renderNode(RENDER1)));
    }

    private List<String> asked(Trigger trigger, Outcome outcome) throws Exception {
        int before = rig.asked.calls().size();
        assertThat(rig.bind(trigger).outcome()).isEqualTo(outcome);
        return rig.asked.calls().subList(before, rig.asked.calls().size());
    }

    @Test
    void atTheEndOfATaskOfAGuestThatWasPinnedAtItsStart() throws Exception {
        rig.bind(Trigger.STARTED);

        assertThat(asked(Trigger.TASK_ENDED, Outcome.BOUND))
                .containsExactly(
                        "seek",
                        "liveXml",
                        "definition",
                        "running",
                        "lane",
                        "draftXml",
                        "stand",
                        "define",
                        "inactiveXml",
                        "setLiveRecord",
                        "vcpuPins",
                        "emulatorPin",
                        "iothreadPins");
    }

    @Test
    void inASweepOfAGuestThatIsBound() throws Exception {
        rig.bind(Trigger.TASK_ENDED);

        assertThat(asked(Trigger.SWEEP, Outcome.ALIGNED)).containsExactly("seek", "liveXml", "definition", "running");
    }

    @Test
    void inALookAtWhatAGuestsNextStartWouldMakeOfIt() throws Exception {
        Observation o = rig.get(Observer.class).observe(GUEST).orElseThrow();
        int before = rig.asked.calls().size();

        assertThat(rig.get(RestartGuard.class).lacks(rig.asked.libvirt(), o)).isEmpty();

        assertThat(rig.asked.calls().subList(before, rig.asked.calls().size()))
                .containsExactly("inactiveXml", "liveXml");
    }
}
