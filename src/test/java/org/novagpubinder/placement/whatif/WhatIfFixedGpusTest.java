package org.novagpubinder.placement.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.testing.Hosts.GIB;

import java.util.List;
import java.util.Map;
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
        assertThat(answer.gpus())
                .extracting(g -> g.stop().text())
                .containsExactly("its render node is the host's", "then a guest has it", "it is in use");
        assertThat(answer.stop().text()).isEqualTo("no GPU has room for one more beside it");
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
            assertThat(g.stop().text()).isEqualTo("then no function is left");
        });

        WhatIf.Host full = taken.without(Set.of(PciAddress.parse("0000:42:00.4"), PciAddress.parse("0000:42:00.6")));
        WhatIfAnswer none = ask(full, GuestTemplate.sized(2, 4 * GIB, 0, GpuUse.Kind.PCI, 1));
        assertThat(none.gpus()).extracting(g -> g.stop().text()).containsExactly("all its 3 functions are in use");
        assertThat(none.stop().text()).isEqualTo("no GPU has room for one beside it");
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

    @Test
    void vgpusOfATypeGoAsFarAsTheDriverMakesThem() {
        HostTopology host = Hosts.twoRenderNodes().build();
        PciAddress gpu = PciAddress.parse("0000:21:00.0");
        Occupancy others = new Occupancy(Map.of(gpu, 2), Map.of(), Map.of(), Map.of());
        WhatIf.Host vgpus =
                new WhatIf.Host(host, others, Set.of()).with(Map.of(gpu, 3, PciAddress.parse("0000:41:00.0"), 0));

        WhatIfAnswer answer = ask(vgpus, GuestTemplate.sized(1, GIB, 0, GpuUse.Kind.MDEV, 1));

        assertThat(answer.together()).isEqualTo(3);
        assertThat(answer.gpus()).extracting(OnGpu::functions).containsExactly(5, 1);
        assertThat(answer.gpus()).extracting(OnGpu::free).containsExactly(3, 0);
        assertThat(answer.gpus())
                .extracting(g -> g.stop().text())
                .containsExactly("then no function is left", "it can have no more of that type");
    }

    @Test
    void vgpusOfVirtualFunctionsAreToldOfTheCardThatTheyArePartsOf() {
        HostTopology host = Hosts.twoNodes()
                .gpu("0000:41:00.0", 1, null)
                .gpu("0000:41:00.4", 1, null, "0000:41:00.0", null)
                .gpu("0000:41:00.5", 1, null, "0000:41:00.0", null)
                .mdev(MDEV, "0000:41:00.4")
                .build();
        WhatIf.Host vgpus = WhatIf.Host.empty(host)
                .with(Map.of(PciAddress.parse("0000:41:00.4"), 0, PciAddress.parse("0000:41:00.5"), 1));

        WhatIfAnswer answer = ask(vgpus, GuestTemplate.sized(1, GIB, 0, GpuUse.Kind.MDEV, 1));

        assertThat(addresses(answer)).containsExactly("0000:41:00.0");
        assertThat(answer.gpus()).extracting(OnGpu::share).containsExactly(1);
    }

    @Test
    void whereNoVgpuIsYetAnyGpuOfAHostDriverMayHaveSome() {
        Hosts host = Hosts.twoNodes()
                .gpu("0000:21:00.0", 0, "/dev/dri/renderD128")
                .vfioGpu("0000:42:00.0", 1)
                .gpu("0000:61:00.0", 1, "/dev/dri/renderD129")
                .virtualFunction("0000:61:00.4", "0000:61:00.0", 1);

        assertThat(addresses(ask(host, GuestTemplate.sized(4, 8 * GIB, 0, GpuUse.Kind.MDEV, 1))))
                .as("neither one that is passed through, nor one that is divided")
                .containsExactly("0000:21:00.0");
    }

    @Test
    void whatHasVgpusTellsWhichGpusCanHaveThemUnlessAModelIsNamed() {
        Hosts host = Hosts.twoNodes()
                .gpu("0000:21:00.0", 0, "/dev/dri/renderD128")
                .gpu("0000:41:00.0", 1, "/dev/dri/renderD129")
                .gpu("0000:41:00.4", 1, "/dev/dri/renderD130", "0000:41:00.0", null)
                .gpu("0000:41:00.5", 1, "/dev/dri/renderD131", "0000:41:00.0", null)
                .mdev(MDEV, "0000:41:00.4");
        GuestTemplate any = GuestTemplate.sized(4, 8 * GIB, 0, GpuUse.Kind.MDEV, 1);

        assertThat(addresses(ask(host, any)))
                .as("virtual functions have them here")
                .containsExactly("0000:41:00.0");
        assertThat(addresses(ask(host, new GuestTemplate(any.guest(), GpuUse.Kind.MDEV, 1, "10de:2330"))))
                .containsExactly("0000:21:00.0", "0000:41:00.0");
    }

    @Test
    void theNextGuestGetsTheGpuWithTheFewestUsers() {
        Hosts host = Hosts.twoNodes()
                .gpu("0000:21:00.0", 0, "/dev/dri/renderD128")
                .gpu("0000:22:00.0", 0, "/dev/dri/renderD129")
                .mdev(MDEV, "0000:21:00.0");
        Occupancy others = new Occupancy(Map.of(PciAddress.parse("0000:21:00.0"), 2), Map.of(), Map.of(), Map.of());

        WhatIfAnswer answer = ask(
                new WhatIf.Host(host.build(), others, Set.of()),
                GuestTemplate.sized(4, 8 * GIB, 0, GpuUse.Kind.MDEV, 1));

        assertThat(answer.gpus()).extracting(OnGpu::share).containsExactly(1, 3);
    }

    @Test
    void tinyGuestsWithAVgpuAreNotCountedForEver() {
        HostTopology host = Hosts.twoRenderNodes().mdev(MDEV, "0000:21:00.0").build();

        WhatIfAnswer answer = new WhatIf(new Planner())
                .ask(
                        WhatIf.Host.empty(host),
                        GuestTemplate.sized(1, 1024, 0, GpuUse.Kind.MDEV, 1),
                        new Limits(null, 1000, 0, GIB));

        assertThat(answer.together()).isEqualTo(WhatIfCount.MOST_TOGETHER);
        assertThat(answer.stop().code()).isEqualTo("counted-enough");
    }

    private static List<String> addresses(WhatIfAnswer answer) {
        return answer.gpus().stream().map(g -> g.gpu().address().toString()).toList();
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
