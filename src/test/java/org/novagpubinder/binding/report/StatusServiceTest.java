package org.novagpubinder.binding.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.faults.GuestKind;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

class StatusServiceTest {
    @TempDir
    Path root;

    private BinderRig rig;
    private StatusService status;

    @BeforeEach
    void host() throws Exception {
        rig = new BinderRig(root, Restart.BOOT_WINDOW);
        rig.libvirt.running(GuestKind.RENDER_NODE.definition);
        status = rig.get(StatusService.class);
    }

    @Test
    void aDomainThatLibvirtIsBusyWithIsToldAndHidesNoOther() throws Exception {
        rig.libvirt.failing("liveXml", Kind.BUSY, "cannot acquire state change lock");

        assertThat(status.all()).singleElement().satisfies(s -> {
            assertThat(s.domain()).isEqualTo("instance-5b0d1a9e");
            assertThat(s.outcome()).isEqualTo(Outcome.DEFERRED);
            assertThat(s.reasons().get(0).code()).isEqualTo(Reason.Code.LIBVIRT_BUSY);
            assertThat(s.reasons().get(0).text()).contains("cannot acquire state change lock");
        });
        assertThat(status.all()).singleElement().satisfies(s -> assertThat(s.gpus())
                .hasSize(1));
    }

    /** libvirt 11.0 to 11.4 lets the XML of a domain in a job be waited for. */
    @Test
    void aDomainThatLibvirtDoesNotAnswerForIsToldBusyAndIsNotAskedForTwice() throws Exception {
        CountDownLatch job = new CountDownLatch(1);
        UUID busy = rig.libvirt.running(GuestKind.RENDER_NODE.definition.replace("5b0d1a9e", "5b0d1aff"));
        rig.libvirt.busyWith(busy, job);
        try {
            assertThat(status.all())
                    .satisfiesExactlyInAnyOrder(s -> assertThat(s.gpus()).hasSize(1), s -> assertThat(s.reasons())
                            .extracting(Reason::code)
                            .containsExactly(Reason.Code.LIBVIRT_BUSY));
            assertThat(status.all()).hasSize(2);
        } finally {
            job.countDown();
        }
        await().untilAsserted(() -> assertThat(status.all())
                .flatExtracting(DomainStatus::reasons)
                .extracting(Reason::code)
                .doesNotContain(Reason.Code.LIBVIRT_BUSY));
    }

    @Test
    void aGuestThatIsOffIsNoTrouble() throws Exception {
        rig.libvirt.stops(BinderRig.GUEST);

        assertThat(status.all()).singleElement().satisfies(s -> {
            assertThat(s.outcome()).isEqualTo(Outcome.OFF);
            assertThat(s.reasons().get(0).code()).isEqualTo(Reason.Code.NOT_RUNNING);
            assertThat(Exit.of(s.outcome())).isZero();
        });
        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.OFF);
    }

    @Test
    void aRescueDomainIsShownAndSaysSo() throws Exception {
        rig.libvirt.running(BinderRig.guest(
                "",
                BinderRig.renderNode(BinderRig.RENDER0)
                        + "<disk type='file' device='disk'><source file='/var/lib/nova/instances/x/disk.rescue'/>"
                        + "<target dev='vda'/></disk>"));

        assertThat(status.all()).singleElement().satisfies(s -> {
            assertThat(s.outcome()).isEqualTo(Outcome.DEFERRED);
            assertThat(s.reasons().get(0).code()).isEqualTo(Reason.Code.RESCUE);
        });
    }

    @Test
    void aLibvirtThatIsAwayIsNoStandingOfADomain() {
        rig.libvirt.failing("liveXml", Kind.CONNECTION, "libvirt closed the connection");

        assertThatThrownBy(status::all).isInstanceOf(LibvirtFailure.class).hasMessage("libvirt closed the connection");
    }

    @Test
    void aGuestWithGpusOnAllNodesIsBoundToAllCpus() throws Exception {
        rig.libvirt.deletes(BinderRig.GUEST);
        rig.tree.pci(
                "0000:22:00.0", d -> d.pciClass("030200").driver("vfio-pci").node(0));
        rig.age(60).memory(Map.of(0, 131_072L, 1, 131_072L));
        rig.libvirt.running(
                BinderRig.guest("", BinderRig.vfio() + BinderRig.vfio().replace("0x42", "0x22")));
        rig.bind(Trigger.SWEEP);
        assertThat(status.all()).singleElement().satisfies(s -> assertThat(s.outcome())
                .isEqualTo(Outcome.BOUND));

        rig.libvirt.destroy(BinderRig.GUEST);
        rig.libvirt.create(BinderRig.GUEST);
        assertThat(status.all()).singleElement().satisfies(s -> {
            assertThat(s.outcome()).isEqualTo(Outcome.BOUND);
            assertThat(s.reasons().get(0).code()).isEqualTo(Reason.Code.ALREADY_ALIGNED);
        });
    }
}
