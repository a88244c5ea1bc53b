package org.novagpubinder.placement.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.Planning.passing;
import static org.novagpubinder.testing.Hosts.GIB;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.model.Allocation;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.whatif.WhatIfAnswer.OnGpu;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** Which further guests with a render node would be aligned. */
class WhatIfTest {
    private Limits limits = new Limits(null, 1, 0, GIB);

    @Test
    void guestsComeUntilTheCpusBesideAGpuAreTaken() {
        WhatIfAnswer answer = ask(Hosts.twoRenderNodes(), rendering(4, 8));

        assertThat(answer.together()).isEqualTo(8);
        assertThat(answer.stop().code()).isEqualTo("no-capacity");
        assertThat(answer.gpus()).hasSize(2).allSatisfy(g -> {
            assertThat(g.alone()).isEqualTo(4);
            assertThat(g.share()).isEqualTo(4);
            assertThat(g.stop().code()).isEqualTo("cpus-full");
            assertThat(g.stop().text()).contains("16.0 of 16.0");
        });
    }

    @Test
    void guestsComeUntilTheMemoryBesideAGpuIsTaken() {
        WhatIfAnswer answer = ask(Hosts.twoRenderNodes().free(1, 20), rendering(1, 8));

        assertThat(answer.gpus()).extracting(OnGpu::alone).containsExactly(8, 2);
        assertThat(answer.gpus()).extracting(g -> g.stop().code()).containsOnly("memory-full");
        assertThat(answer.together()).isEqualTo(10);
    }

    @Test
    void ofAGpuThatNovaPassesThroughNoGuestGetsTheRenderNode() {
        limits = passing("0000:41:00.0", true);
        WhatIfAnswer answer = ask(Hosts.twoRenderNodes(), rendering(1, 8));

        assertThat(answer.gpus()).extracting(OnGpu::alone).containsExactly(7, 0);
        assertThat(answer.gpus().get(1).stop().code()).isEqualTo("no-render-node");
        assertThat(answer.gpus().get(1).stop().text()).contains("which Nova passes through");
        assertThat(answer.together()).isEqualTo(7);
    }

    @Test
    void hugePagesAreGivenOutUntilTheyAreShort() {
        GuestTemplate template = GuestTemplate.sized(1, 8 * GIB, GIB, GpuUse.Kind.RENDER_NODE, 1);

        WhatIfAnswer answer =
                ask(Hosts.twoRenderNodes().hugePages(0, GIB, 32, 20).hugePages(1, GIB, 32, 7), template);

        assertThat(answer.gpus()).extracting(OnGpu::alone).containsExactly(2, 0);
        assertThat(answer.gpus()).extracting(g -> g.stop().code()).containsOnly("huge-pages-short");
        assertThat(answer.together()).isEqualTo(2);
    }

    @Test
    void aGuestThatIsTooBigForANodeIsNotAlignedAnywhere() {
        WhatIfAnswer answer = ask(Hosts.twoRenderNodes(), rendering(20, 8));

        assertThat(answer.together()).isZero();
        assertThat(answer.gpus()).extracting(g -> g.stop().code()).containsOnly("cpus-full");
    }

    @Test
    void whatOthersHoldIsNotThereForThem() {
        HostTopology host = Hosts.twoRenderNodes().build();
        Occupancy others = new Occupancy(
                Map.of(PciAddress.parse("0000:41:00.0"), 3), Map.of(1, 13.0), Map.of(0, 60 * GIB), Map.of());

        WhatIfAnswer answer = ask(new WhatIf.Host(host, others, Set.of()), rendering(2, 2));

        assertThat(answer.gpus()).extracting(OnGpu::alone).containsExactly(2, 1);
        assertThat(answer.gpus()).extracting(OnGpu::users).containsExactly(0, 3);
        assertThat(answer.gpus()).extracting(g -> g.stop().code()).containsExactly("memory-full", "cpus-full");
    }

    @Test
    void gpusOfOneNodeShareWhatItHas() {
        WhatIfAnswer answer = ask(
                Hosts.twoNodes()
                        .gpu("0000:21:00.0", 0, "/dev/dri/renderD128")
                        .gpu("0000:22:00.0", 0, "/dev/dri/renderD129"),
                rendering(4, 8));

        assertThat(answer.gpus()).extracting(OnGpu::alone).containsExactly(4, 4);
        assertThat(answer.together()).isEqualTo(4);
        assertThat(answer.gpus()).extracting(OnGpu::share).containsExactly(2, 2);
    }

    @Test
    void aGpuOfUnknownNodeIsToldWithTheRemedy() {
        WhatIfAnswer answer = ask(
                Hosts.twoNodes()
                        .gpu("0000:21:00.0", 0, "/dev/dri/renderD128")
                        .gpu("0000:81:00.0", null, "/dev/dri/renderD129"),
                rendering(4, 8));

        assertThat(answer.together()).isEqualTo(4);
        assertThat(answer.gpus().get(1).alone()).isZero();
        assertThat(answer.gpus().get(1).stop().code()).isEqualTo("node-unknown");
        assertThat(answer.gpus().get(1).stop().text()).contains("add 0000:81:00.0=NODE to gpu_nodes");
    }

    @Test
    void onAHostOfOneNodeRoomCountsTooThoughThereIsNothingToChoose() {
        WhatIfAnswer answer = ask(
                Hosts.host()
                        .node(0, "0-15", 64)
                        .gpu("0000:21:00.0", 0, "/dev/dri/renderD128")
                        .gpu("0000:41:00.0", null, "/dev/dri/renderD129"),
                rendering(4, 8));

        assertThat(answer.together()).isEqualTo(4);
        assertThat(answer.gpus()).extracting(OnGpu::alone).containsExactly(4, 4);
        assertThat(answer.gpus()).extracting(OnGpu::share).containsExactly(2, 2);
        assertThat(answer.gpus()).extracting(g -> g.stop().code()).containsOnly("cpus-full");
    }

    @Test
    void tinyGuestsAreNotCountedForEver() {
        limits = new Limits(null, 1000, 0, GIB);
        WhatIfAnswer answer = ask(Hosts.twoRenderNodes(), GuestTemplate.sized(1, 1024, 0, GpuUse.Kind.RENDER_NODE, 1));

        assertThat(answer.together()).isEqualTo(WhatIfCount.MOST_TOGETHER);
        assertThat(answer.stop().code()).isEqualTo("counted-enough");
        assertThat(answer.gpus()).extracting(OnGpu::alone).containsOnly(WhatIfCount.MOST_BESIDE_A_GPU);
    }

    @Test
    void theCountIsWhatThePlannerWouldDoOneGuestAfterTheOther() {
        HostTopology host = Hosts.twoRenderNodes().free(0, 30).build();
        GuestTemplate template = rendering(3, 7);
        Occupancy others = Occupancy.NONE;
        int planned = 0;
        while (true) {
            Guest guest = Guests.withDisplay().size(3, 7).build();
            Plan plan = new Planner().plan(host, guest, others, new Policy(PolicyMode.REQUIRED, false), limits);
            if (plan.outcome() == Outcome.REFUSED) {
                break;
            }
            others = others.plus(host, Allocation.of(host, guest, plan));
            planned++;
        }
        assertThat(ask(WhatIf.Host.empty(host), template).together())
                .isEqualTo(planned)
                .isPositive();
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

    private static GuestTemplate rendering(int vcpus, long gib) {
        return GuestTemplate.sized(vcpus, gib * GIB, 0, GpuUse.Kind.RENDER_NODE, 1);
    }
}
