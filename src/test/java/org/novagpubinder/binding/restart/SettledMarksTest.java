package org.novagpubinder.binding.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.restarts.RestartFailures;

class SettledMarksTest {
    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() throws Exception {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(60).memory(Map.of(1, 200_000L));
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED, Map.of());
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void aGuestWhoseDaemonEndedOnTheWayBackIsRememberedAsFailed() throws Exception {
        rig.libvirt.setRecord(GUEST, RecordXml.write(rig.record().wayBack()));

        assertThat(rig.get(RestartRecords.class).settled(GUEST).orElseThrow().ours())
                .hasValueSatisfying(ours -> assertThat(ours.state()).isEqualTo(State.SET));

        assertThat(rig.get(RestartFailures.class).remembered(GUEST))
                .map(Reason::code)
                .hasValue(Reason.Code.RESTART_FAILED);
    }

    @Test
    void aGuestWithoutAMarkIsOnlyLookedAt() throws Exception {
        int before = rig.libvirt.calls().size();

        assertThat(rig.get(RestartRecords.class).settled(GUEST)).isPresent();

        assertThat(rig.libvirt.calls()).hasSize(before);
        assertThat(rig.get(RestartFailures.class).remembered(GUEST)).isEmpty();
    }
}
