package org.novagpubinder.binding.early;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.decision.BindingCounters.EarlyResult;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Nova;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.host.proc.QemuProcess;

/** A render node is given to a guest before its start only where one has worked. */
class ProvenStartsTest {
    private static final String VIRTIO = "<video><model type='virtio'/></video>";

    private final EarlyRig early;
    private final BinderRig rig;

    ProvenStartsTest(@TempDir Path root) {
        early = new EarlyRig(root);
        rig = early.rig;
    }

    @AfterEach
    void stop() {
        early.rig.close();
    }

    @Test
    void aGuestThatRunsByAnOlderQemuProvesNothingOfTheNew() throws Exception {
        DomainDefinition live = new DomainXml().read(guest("", renderNode(RENDER1)));
        ProvenStarts proven = rig.get(ProvenStarts.class);

        proven.runs(live, new QemuProcess(1000, 1, 3_600_000));
        assertThat(proven.worked(live, RENDER1)).isFalse();

        rig.wall.set(Duration.ofHours(2));
        proven.runs(live, new QemuProcess(1001, 2, 60_000));
        assertThat(proven.worked(live, RENDER1)).isTrue();
    }

    @Test
    void aRenderNodeWithWhichAStartHasFailedHasToBeProvenAnew() throws Exception {
        DomainDefinition live = new DomainXml().read(guest("", renderNode(RENDER1)));
        ProvenStarts proven = rig.get(ProvenStarts.class);
        proven.started(live, RENDER1);
        assertThat(proven.worked(live, RENDER1)).isTrue();

        rig.wall.set(Duration.ofHours(2));
        proven.failed(RENDER1);
        assertThat(proven.worked(live, RENDER1)).isFalse();
        assertThat(rig.anotherDaemon().getInstance(ProvenStarts.class).worked(live, RENDER1))
                .as("to the next daemon neither")
                .isFalse();
        rig.wall.set(Duration.ofMinutes(1));
        proven.runs(live, new QemuProcess(1000, 1, 600_000));
        assertThat(proven.worked(live, RENDER1))
                .as("it has run since before that")
                .isFalse();
        proven.runs(live, new QemuProcess(1001, 2, 10_000));
        assertThat(proven.worked(live, RENDER1)).isTrue();
    }

    /** Where QEMU's modules are packaged apart, what the one needs may be missing to the other. */
    @Test
    void aDisplayWithout3dProvesNothingForOneThatIsAdded() throws Exception {
        DomainDefinition headless = read(renderNode(RENDER1) + VIRTIO);
        DomainDefinition spice = read("<graphics type='spice'><gl enable='yes' rendernode='" + RENDER1
                + "'/></graphics>" + VIRTIO.replace("/></video>", "><acceleration accel3d='yes'/></model></video>"));
        DomainDefinition added = read(VIRTIO);
        ProvenStarts proven = rig.get(ProvenStarts.class);
        proven.started(headless, RENDER1);
        proven.started(spice, RENDER1);
        assertThat(proven.worked(headless, RENDER1)).isTrue();
        assertThat(proven.worked(spice, RENDER1)).isTrue();
        assertThat(proven.worked(added, RENDER1)).isFalse();

        rig.wall.set(Duration.ofHours(2));
        proven.runs(
                read(renderNode(RENDER1)
                        + VIRTIO.replace("/></video>", "><acceleration accel3d='yes'/></model></video>")),
                new QemuProcess(1001, 2, 60_000));
        assertThat(proven.worked(added, RENDER1)).as("as it will be").isTrue();
        proven.failed(RENDER1);
        assertThat(proven.worked(added, RENDER1)).isFalse();
        assertThat(proven.worked(spice, RENDER1)).isFalse();
    }

    private static DomainDefinition read(String devices) throws Exception {
        return new DomainXml().read(guest("", devices));
    }

    @Test
    void aRenderNodeThatNoGuestHasStartedWithIsNotTried() throws Exception {
        Nova nova = early.nova.flavor(Map.of("gpu_binder:render_node", "auto"));
        String virtio = guest("", VIRTIO);
        nova.says("req-1", "create.start");
        early.defines(virtio);
        assertThat(early.definition()).isEqualTo(virtio);
        assertThat(early.count("create", EarlyResult.LEFT_OUT)).isOne();
        early.starts();
        nova.says("req-1", "create.end");
        assertThat(early.calls("destroy")).as("given by the one restart").isOne();
        assertThat(early.tuning().renderNode()).isNotNull();

        nova.says("req-2", "reboot.start");
        early.undefines();
        early.defines(virtio);
        assertThat(early.tuning().renderNode()).as("it has worked since").isNotNull();
        early.starts();
        nova.says("req-2", "reboot.end");
        assertThat(early.calls("destroy")).isOne();
        assertThat(early.count("reboot", EarlyResult.WON)).isOne();
    }
}
