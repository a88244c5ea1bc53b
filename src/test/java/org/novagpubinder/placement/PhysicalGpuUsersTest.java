package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.PlanAssert.assertPlan;
import static org.novagpubinder.placement.Planning.*;
import static org.novagpubinder.testing.Guests.withDisplay;
import static org.novagpubinder.testing.Guests.withMdev;
import static org.novagpubinder.testing.Guests.withPci;
import static org.novagpubinder.testing.Hosts.twoNodes;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.Allocation;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** Whose card it is that a guest uses: functions of one slot, virtual functions and vGPUs are users of one card. */
class PhysicalGpuUsersTest {
    private static final PciAddress CARD = PciAddress.parse("0000:41:00.0");
    private static final UUID VGPU = UUID.fromString("c7c9a2a0-5b5e-4a3f-9f62-0d8a3b1c2d3e");

    private static Hosts host() {
        return twoNodes()
                .vfioGpu("0000:41:00.0", 1)
                .vfioGpu("0000:41:00.1", 1)
                .virtualFunction("0000:41:00.4", "0000:41:00.0", 1)
                .virtualFunction("0000:41:02.3", "0000:41:00.0", 1)
                .mdev(VGPU, "0000:41:00.4");
    }

    private static Occupancy users(HostTopology host, Guests... guests) {
        List<Allocation> holdings = new ArrayList<>();
        for (Guests guest : guests) {
            holdings.add(Allocation.of(host, guest.build()));
        }
        return Occupancy.of(host, holdings);
    }

    @Test
    void aGuestWithSeveralFunctionsOfACardIsOneUserOfIt() {
        HostTopology host = host().build();

        Occupancy held = users(host, withPci("0000:41:00.0").pci("0000:41:00.1").pci("0000:41:02.3"));
        assertThat(held.gpuUsers()).containsOnlyKeys(CARD).containsEntry(CARD, 1);
    }

    @Test
    void guestsWithPartsOfACardAreItsUsersTogether() {
        HostTopology host = host().build();

        Occupancy held = users(
                host,
                withPci("0000:41:00.1"),
                withPci("0000:41:00.4"),
                withPci("0000:41:02.3"),
                withMdev(VGPU, "0000:41:00.4"));
        assertThat(held.gpuUsers()).containsOnlyKeys(CARD).containsEntry(CARD, 4);
        assertThat(held.users(PciAddress.parse("0000:41:00.4"))).isZero();
    }

    @Test
    void aRenderNodeOfACardWhosePartsOthersHaveIsTakenLast() {
        Hosts host = twoNodes()
                .gpu("0000:21:00.0", 0, D128)
                .virtualFunction("0000:21:00.4", "0000:21:00.0", 0)
                .gpu("0000:41:00.0", 1, D129);

        assertPlan(plan(host, withDisplay())).renderNode(D128).on(0);
        assertPlan(plan(host, withDisplay(), users(host.build(), withPci("0000:21:00.4"))))
                .renderNode(D129)
                .on(1);
    }
}
