package org.novagpubinder.placement.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.testing.Hosts.GIB;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.model.Allocation;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.whatif.WhatIfAnswer.OnGpu;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** Which further guests with a GPU passed through, or a part of one, would be aligned. */
class WhatIfFixedGpusTest {
    private static final UUID MDEV = UUID.fromString("11111111-2222-3333-4444-555555555555");

    private final Limits limits = new Limits(null, 1, 0, GIB);

    @Test
    void aPassedThroughGpuIsOneGuestsAlone() {
        HostTopology host = Hosts.twoNodes()
                .vfioGpu("0000:42:00.0", 1)
                .vfioGpu("0000:43:00.0", 1)
                .gpu("0000:21:00.0", 0, "/dev/dri/renderD128")
                .build();
        WhatIf.Host taken = new WhatIf.Host(host, Occupancy.NONE, Set.of(PciAddress.parse("0000:43:00.0")));

        WhatIfAnswer answer = ask(taken, GuestTemplate.sized(4, 8 * GIB, 0, GpuUse.Kind.PCI, 1));

        assertThat(answer.together()).isEqualTo(1);
        assertThat(answer.gpus()).extracting(OnGpu::alone).containsExactly(0, 1, 0);
        assertThat(answer.gpus())
                .extracting(g -> g.stop().code())
                .containsExactly("host-driver", "given-out", "in-use");
    }

    @Test
    void virtualFunctionsAreGivenOutOneByOne() {
        HostTopology host = Hosts.twoNodes()
                .vfioGpu("0000:42:00.0", 1)
                .virtualFunction("0000:42:00.4", "0000:42:00.0", 1)
                .virtualFunction("0000:42:00.5", "0000:42:00.0", 1)
                .virtualFunction("0000:42:00.6", "0000:42:00.0", 1)
                .build();
        WhatIf.Host taken = new WhatIf.Host(host, Occupancy.NONE, Set.of(PciAddress.parse("0000:42:00.5")));

        WhatIfAnswer answer = ask(taken, GuestTemplate.sized(2, 4 * GIB, 0, GpuUse.Kind.PCI, 1));

        assertThat(answer.gpus()).singleElement().satisfies(g -> {
            assertThat(g.gpu().address()).hasToString("0000:42:00.0");
            assertThat(g.functions()).isEqualTo(3);
            assertThat(g.free()).isEqualTo(2);
            assertThat(g.alone()).isEqualTo(2);
            assertThat(g.share()).isEqualTo(2);
            assertThat(g.stop().code()).isEqualTo("given-out");
        });
    }

    @Test
    void aGuestWithTwoGpusGetsBothOnOneNode() {
        Hosts host = Hosts.twoNodes()
                .vfioGpu("0000:21:00.0", 0)
                .vfioGpu("0000:41:00.0", 1)
                .vfioGpu("0000:42:00.0", 1)
                .vfioGpu("0000:43:00.0", 1);

        WhatIfAnswer answer = ask(host, GuestTemplate.sized(4, 8 * GIB, 0, GpuUse.Kind.PCI, 2));

        assertThat(answer.together()).isEqualTo(1);
        assertThat(answer.gpus()).extracting(OnGpu::alone).containsExactly(0, 1, 1, 1);
        assertThat(answer.gpus().get(0).stop().code()).isEqualTo("too-few-gpus");
    }

    @Test
    void anotherGuestLikeOneThatIsThereTakesGpusOfItsModel() {
        HostTopology host = Hosts.twoNodes()
                .vfioGpu("0000:42:00.0", 1)
                .vfioGpu("0000:43:00.0", 1)
                .build();
        Guest guest = Guests.withPci("0000:42:00.0")
                .placedByNova(1, "16-19")
                .running(0, 8)
                .build();
        GuestTemplate like = GuestTemplate.like(host, guest).orElseThrow();

        assertThat(like.model()).isEqualTo("10de:2330");
        assertThat(like.guest().placed()).isFalse();
        assertThat(like.guest().running()).isNull();
        Occupancy others = Occupancy.of(host, List.of(Allocation.of(host, guest)));
        WhatIfAnswer answer = ask(new WhatIf.Host(host, others, Set.of()), like);
        assertThat(answer.gpus()).extracting(OnGpu::alone).containsExactly(0, 1);
        assertThat(ask(Hosts.twoRenderNodes(), new GuestTemplate(guest, GpuUse.Kind.PCI, 1, "8086:56c0"))
                        .stop()
                        .text())
                .isEqualTo("this host has no GPU 8086:56c0 that could be passed through");
    }

    @Test
    void aGuestWithoutAGpuIsNoTemplate() {
        assertThat(GuestTemplate.like(
                        Hosts.twoRenderNodes().build(), Guests.guest().build()))
                .isEmpty();
    }

    @Test
    void vgpusGoAsFarAsCpusAndMemory() {
        WhatIfAnswer answer = ask(
                Hosts.twoNodes()
                        .gpu("0000:21:00.0", 0, "/dev/dri/renderD128")
                        .gpu("0000:41:00.0", 1, "/dev/dri/renderD129")
                        .vfioGpu("0000:42:00.0", 1)
                        .mdev(MDEV, "0000:41:00.0"),
                GuestTemplate.sized(4, 8 * GIB, 0, GpuUse.Kind.MDEV, 1));

        // 0000:21:00.0 is as the parent of the mdev that there is; what is bound to vfio-pci is not
        assertThat(answer.gpus())
                .extracting(g -> g.gpu().address().toString())
                .containsExactly("0000:21:00.0", "0000:41:00.0");
        assertThat(answer.gpus()).extracting(OnGpu::alone).containsExactly(4, 4);
        assertThat(answer.gpus()).extracting(OnGpu::free).containsOnlyNulls();
        assertThat(answer.together()).isEqualTo(8);
    }

    private WhatIfAnswer ask(Hosts host, GuestTemplate template) {
        return ask(WhatIf.Host.empty(host.build()), template);
    }

    private WhatIfAnswer ask(WhatIf.Host host, GuestTemplate template) {
        WhatIfAnswer answer = new WhatIf(new Planner()).ask(host, template, limits);
        assertThat(answer.together())
                .isEqualTo(answer.gpus().stream().mapToInt(OnGpu::share).sum());
        return answer;
    }
}
