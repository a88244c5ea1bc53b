package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.placedOn;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.report.FilePreviews;
import org.novagpubinder.binding.report.Preview;
import org.novagpubinder.binding.report.Previews;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;

/** A guest is stopped only when all that its start needs is there now. */
class StartNeedsBindingTest {
    private static final UUID SECRET = UUID.fromString("11111111-9a35-4c49-8e7c-2ac14dcb7d11");
    private static final String TPM = "<tpm model='tpm-crb'><backend type='emulator' version='2.0'><encryption secret='"
            + SECRET + "'/></backend></tpm>";

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW);
        rig.age(1).memory(Map.of(0, 200_000L));
        for (String program : new String[] {"swtpm", "swtpm_setup", "swtpm_ioctl"}) {
            rig.tree.file("usr/bin/" + program, "");
        }
        rig.tree.file("var/lib/libvirt/swtpm/" + GUEST + "/tpm2/tpm2-00.permall", "");
    }

    private BindResult binds(String devices) throws Exception {
        rig.libvirt.running(guest("", vfio() + devices));
        return rig.bind(Trigger.TASK_ENDED);
    }

    private void isLeftRunning(BindResult result, String because) throws Exception {
        assertThat(rig.libvirt.calls()).doesNotContain("destroy", "create");
        assertThat(rig.libvirt.find(GUEST).orElseThrow().active()).isTrue();
        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).contains("start-needs-missing");
        assertThat(result.reasons()).anySatisfy(r -> assertThat(r.text()).contains(because));
    }

    @Test
    void aGuestWithATpmWhoseSecretIsGoneIsNotStopped() throws Exception {
        isLeftRunning(
                binds(TPM),
                "its emulated TPM's secret " + SECRET
                        + " is not defined in libvirt: Nova defines it only for its own start");
    }

    @Test
    void aGuestWithATpmWhoseSecretIsThereIsBoundByOneRestart() throws Exception {
        rig.libvirt.definesSecret(SECRET);
        BindResult result = binds(TPM);
        assertThat(result.restarted()).as("%s", result).isTrue();
        assertThat(rig.libvirt.find(GUEST).orElseThrow().active()).isTrue();
    }

    @Test
    void aSecretThatGoesWhileTheDefinitionIsWrittenStopsNobody() throws Exception {
        rig.libvirt.definesSecret(SECRET);
        rig.libvirt.before("define", () -> rig.libvirt.undefinesSecret(SECRET));
        BindResult result = binds(TPM);
        assertThat(rig.libvirt.calls()).doesNotContain("destroy", "create");
        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
    }

    @Test
    void aRenderNodeThatGoesWhileTheDefinitionIsWrittenIsNotLeftInIt() throws Exception {
        rig.libvirt.running(guest(placedOn(1), renderNode(RENDER0)));
        rig.libvirt.before("define", () -> rig.tree.without("dev/dri/renderD129"));

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(rig.libvirt.calls()).doesNotContain("destroy", "create");
        assertThat(rig.libvirt.inactiveXml(GUEST)).contains(RENDER0).doesNotContain(RENDER1, "restarting");
        assertThat(rig.record().set()).as("nothing of ours is left").isEqualTo(Tuning.NONE);
    }

    @Test
    void aDefinitionThatCannotBePutBackLosesItsMarkAllTheSame() throws Exception {
        rig.libvirt.running(guest(placedOn(1), renderNode(RENDER0)));
        rig.libvirt.before("define", () -> {
            rig.tree.without("dev/dri/renderD129");
            rig.libvirt.before(
                    "define",
                    () -> rig.libvirt.failing("define", LibvirtFailure.Kind.ERROR, "no space left on device"));
        });

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(rig.libvirt.calls()).doesNotContain("destroy", "create");
        assertThat(rig.libvirt.inactiveXml(GUEST)).doesNotContain("restarting");
    }

    private void takesMillis(String call, long millis) {
        rig.libvirt.before(call, () -> {
            rig.steady.updateAndGet(t -> t.plusMillis(millis));
            takesMillis(call, millis);
        });
    }

    @ParameterizedTest
    @CsvSource({"secret, 500, true", "secret, 3000, false", "activity, 100, true", "activity, 500, false"})
    void whatAStartNeedsMayBeLookedAtSlowlyButNotWhatTheGuestDoes(String call, long millis, boolean restarted)
            throws Exception {
        rig.libvirt.definesSecret(SECRET);
        takesMillis(call, millis);

        rig.libvirt.running(guest("", vfio() + TPM));
        BindResult result = rig.get(Binder.class)
                .bind(GUEST, Occasion.of(Trigger.COMMAND_WITH_RESTART), Flavor.UNKNOWN)
                .orElseThrow();

        assertThat(result.restarted()).as("%s", result).isEqualTo(restarted);
        assertThat(rig.libvirt.calls().contains("destroy")).isEqualTo(restarted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<disk type='file'><source file='/var/lib/nova/instances/a/disk'/><target dev='vda'/></disk>",
                "<interface type='bridge'><source bridge='qbr1'/><target dev='tap0'/></interface>",
                "<interface type='network'><source network='n'/><target dev='tap0'/></interface>",
                "<serial type='unix'><source mode='connect' path='/run/serial1'/></serial>",
                "<rng model='virtio'><backend model='random'>/dev/hwrng9</backend></rng>"
            })
    void aGuestOfWhichAnythingIsMissingIsNotStopped(String device) throws Exception {
        isLeftRunning(binds(device), "it could not be started again: ");
    }

    @Test
    void aLibvirtThatCannotSayIsNoLeaveToStop() throws Exception {
        rig.libvirt.failing("secret", LibvirtFailure.Kind.BUSY, "timed out");
        isLeftRunning(binds(TPM), "as far as libvirt can say (timed out)");
    }

    @Test
    void aPlanTellsItBeforehandEvenOfAGuestThatRunsTooLong() throws Exception {
        rig.age(30);
        rig.libvirt.running(guest("", vfio() + TPM));
        Preview preview =
                rig.get(Previews.class).online(GUEST, Optional.empty()).orElseThrow();
        assertThat(preview.restart()).isFalse();
        assertThat(preview.plan().reasons().stream().map(r -> r.code().word()))
                .contains("runs-too-long", "start-needs-missing");
    }

    @Test
    void aPlanTellsItOfAGuestThatOnlyWaitsForItsNextStart() throws Exception {
        rig.age(60).memory(Map.of(0, 40_000_000L));
        rig.libvirt.running(
                guest(
                        "",
                        renderNode(RENDER1)
                                + "<disk type='file'><source file='/var/lib/nova/instances/a/disk'/><target dev='vda'/></disk>"));
        Preview preview =
                rig.get(Previews.class).online(GUEST, Optional.empty()).orElseThrow();
        assertThat(preview.plan().reasons().stream().map(r -> r.code().word()))
                .contains("memory-too-much-to-move", "start-needs-missing");
    }

    @Test
    void aPlanForAFileTellsWhatIsNotKnownAndLooksAtNoFiles() throws Exception {
        FilePreviews previews = rig.get(FilePreviews.class);
        var topology = rig.get(Topologies.class).now();
        var limits = rig.get(org.novagpubinder.placement.model.Limits.class);
        String running = guest(placedOn(1), renderNode(RENDER0) + TPM).replace("<domain type", "<domain id='1' type");

        assertThat(previews.of(running, topology, Map.of(), limits).restart())
                .as("a secret of another host cannot be missed")
                .isTrue();
        Preview unknown = previews.of(running.replace("<tpm", "<teleporter/><tpm"), topology, Map.of(), limits);
        assertThat(unknown.restart()).isFalse();
        assertThat(unknown.plan().outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(unknown.plan().reasons())
                .anySatisfy(r -> assertThat(r.text()).contains("<teleporter> is not known"));
    }
}
