package org.novagpubinder.binding.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.placedOn;
import static org.novagpubinder.binding.life.BinderRig.renderNode;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Reason.Code;

/** A plan for a guest of a file promises no restart that the daemon would never make. */
class FilePreviewsTest {
    @TempDir
    Path root;

    private Preview planned(Restart restart, String devices) throws Exception {
        BinderRig rig = new BinderRig(root, restart);
        String running =
                guest(placedOn(1), renderNode(RENDER0) + devices).replace("<domain type", "<domain id='1' type");
        return rig.get(FilePreviews.class)
                .of(running, rig.get(Topologies.class).now(), Map.of(), rig.get(Limits.class));
    }

    /** What the daemon has bound, and somebody has dumped, on whichever host: it is no placement of Nova's. */
    @Test
    void whatItsRecordSaysWasSetIsNotNovas() throws Exception {
        BinderRig rig = new BinderRig(root, Restart.BOOT_WINDOW);
        FilePreviews previews = rig.get(FilePreviews.class);
        HostTopology host = rig.get(Topologies.class).now();
        Limits limits = rig.get(Limits.class);
        Map<String, String> required = Map.of("gpu_binder:policy", "required");

        String bound = previews.of(guest("", renderNode(RENDER0)), host, required, limits)
                .definition();

        for (String text : List.of(bound, bound.replace("cmp-a", "cmp-b"))) {
            Preview again = previews.of(text, host, Map.of(), limits);
            assertThat(again.plan().outcome()).isEqualTo(Outcome.ALIGNED);
            assertThat(again.plan().reasons()).noneMatch(r -> r.text().contains("Nova has placed it"));
            assertThat(again.definition()).isNull();
            assertThat(again.chosen().policy().mode()).isEqualTo(PolicyMode.REQUIRED);
        }
        assertThat(previews.of(bound.replace("state=\"set\"", "state=\"dreaming\""), host, Map.of(), limits)
                        .plan()
                        .reasons())
                .anyMatch(r -> r.text().contains("Nova has placed it"));
    }

    @Test
    void aGuestThatHasJustStartedIsRestartedForItsRenderNode() throws Exception {
        assertThat(planned(Restart.BOOT_WINDOW, "").restart()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "NEVER, '', RESTART_NOT_ALLOWED",
        "BOOT_WINDOW, <disk type='file'><source file='/x/disk.rescue'/><target dev='vda'/></disk>, RESCUE",
        "BOOT_WINDOW, <interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/></interface>, MAY_HAVE_WRITTEN",
        "BOOT_WINDOW, <filesystem type='mount'><source dir='/x'/><target dir='y'/></filesystem>, MAY_HAVE_WRITTEN"
    })
    void whatForbidsEveryRestartIsTold(Restart restart, String devices, Code why) throws Exception {
        Preview preview = planned(restart, devices);

        assertThat(preview.restart()).isFalse();
        assertThat(preview.plan().outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(preview.plan().reasons()).anyMatch(r -> r.code() == why);
        boolean rescued = why == Code.RESCUE;
        assertThat(preview.pinsNow()).isEqualTo(rescued);
        assertThat(preview.definition() == null)
                .as("of a rescue nothing is written")
                .isEqualTo(rescued);
    }
}
