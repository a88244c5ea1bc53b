package org.novagpubinder.binding.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.report.WhatIfs.Inhabited;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.whatif.GuestTemplate;
import org.novagpubinder.placement.whatif.WhatIf;
import org.novagpubinder.placement.whatif.WhatIfAnswer;
import org.novagpubinder.placement.whatif.WhatIfAnswer.OnGpu;

/** What of a host is free for further guests. */
class WhatIfsTest {
    private static final PciAddress VFIO_GPU = PciAddress.parse("0000:42:00.0");

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.NEVER);
    }

    @Test
    void aRunningGuestTakesItsGpuAndItsCpus() throws Exception {
        rig.libvirt.running(BinderRig.guest(BinderRig.placedOn(1), BinderRig.vfio()));

        Inhabited seen = rig.get(WhatIfs.class).look();

        assertThat(seen.host().taken()).containsExactly(VFIO_GPU);
        assertThat(seen.host().others().users(VFIO_GPU)).isEqualTo(1);
        assertThat(seen.host().others().vcpuLoad()).containsEntry(1, 2.0);
        assertThat(seen.find(BinderRig.GUEST).orElseThrow().guest().placed()).isTrue();
        assertThat(ask(seen, GpuUse.Kind.PCI).together()).isZero();
        // the ratio is 4: three more of two vCPUs beside the one that is there, four on the other node
        assertThat(ask(seen, GpuUse.Kind.RENDER_NODE).gpus())
                .extracting(OnGpu::alone)
                .containsExactly(4, 3);
    }

    @Test
    void aGuestThatIsShutOffKeepsItsPassedThroughGpuButNoCpus() throws Exception {
        rig.libvirt.defined(BinderRig.guest(BinderRig.placedOn(1), BinderRig.vfio()));

        Inhabited seen = rig.get(WhatIfs.class).look();

        assertThat(seen.host().taken()).containsExactly(VFIO_GPU);
        assertThat(seen.host().others().vcpuLoad()).isEmpty();
        assertThat(ask(seen, GpuUse.Kind.PCI).together()).isZero();
    }

    @Test
    void aRenderNodeIsTakenByNobody() throws Exception {
        rig.libvirt.running(BinderRig.guest("", BinderRig.renderNode(BinderRig.RENDER0)));

        assertThat(rig.get(WhatIfs.class).look().host().taken()).isEmpty();
    }

    @Test
    void aDomainThatIsGoneMeanwhileIsNotCounted() throws Exception {
        rig.libvirt.defined(BinderRig.guest("", BinderRig.vfio()));
        rig.libvirt.failing("liveXml", Kind.NO_DOMAIN, "gone");

        Inhabited seen = rig.get(WhatIfs.class).look();

        assertThat(seen.neighbours()).isEmpty();
        assertThat(ask(seen, GpuUse.Kind.PCI).together()).isEqualTo(1);
    }

    private WhatIfAnswer ask(Inhabited seen, GpuUse.Kind kind) {
        return new WhatIf(new Planner())
                .ask(seen.host(), GuestTemplate.sized(2, 64 << 10, 0, kind, 1), rig.get(Limits.class));
    }
}
