package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.Machine.claimed;
import static org.novagpubinder.placement.Machine.loaded;
import static org.novagpubinder.placement.PlanAssert.assertPlan;
import static org.novagpubinder.placement.Planning.*;
import static org.novagpubinder.testing.Guests.withPci;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Allocation;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;
import org.novagpubinder.testing.Machines;
import org.novagpubinder.testing.SysfsTree;

/** From a machine's sysfs to the plan, on machines that one can buy and whose every node has CPUs and memory. */
class NamedMachinesTest {
    @TempDir
    Path root;

    @Test
    void epycWithFourNodesASocketKeepsAGuestOnTheSocketOfItsGpu() throws Exception {
        Machine epyc = Machine.of(Machines.epycNps4(root));
        Guests guest = withPci("0000:41:00.0").size(16, 64);

        assertPlan(epyc.plan(guest))
                .on(1)
                .is(Outcome.DEFERRED)
                .mainlyBecause(Code.NODE_OF_GPU)
                .everythingPinnedTo(IdSet.parse("16-31,144-159"))
                .memory(preferred(1), MemoryWhen.NEXT_START);
        assertPlan(epyc.plan(guest, loaded(120, 1)))
                .on(0)
                .mainlyBecause(Code.REMOTE)
                .everythingPinnedTo(IdSet.parse("0-15,128-143"))
                .memory(preferred(0), MemoryWhen.NEXT_START);
        assertPlan(epyc.plan(guest, loaded(120, 0, 1, 2))).on(3).mainlyBecause(Code.REMOTE);
        assertPlan(epyc.plan(guest, loaded(128, 0, 1, 2, 3))).on(4).mainlyBecause(Code.REMOTE);
        assertPlan(epyc.plan(guest, loaded(128, 1), REQUIRED, LIMITS))
                .is(Outcome.REFUSED)
                .because(Code.CPUS_FULL);
    }

    @Test
    void epycSpreadsAGuestOverNodesOfItsGpusSocketBeforeItCrossesToTheOther() throws Exception {
        Machine epyc = Machine.of(Machines.epycNps4(root));
        Guests guest = withPci("0000:41:00.0").size(16, 64);

        assertPlan(epyc.plan(guest, loaded(120, 0, 1, 2, 3))).on(0, 1).because(Code.SEVERAL_NODES);
        assertPlan(epyc.plan(guest, claimed(80, 0, 1, 2, 3))).on(0, 1).because(Code.SEVERAL_NODES);
        assertPlan(epyc.plan(guest, claimed(105, 0, 1, 2, 3)))
                .on(0, 1, 2, 3)
                .because(Code.SEVERAL_NODES)
                .everythingPinnedTo(IdSet.parse("0-63,128-191"));
        assertPlan(epyc.plan(guest, claimed(115, 0, 1, 2, 3))).on(4).mainlyBecause(Code.REMOTE);
    }

    @Test
    void dgx2GivesAGuestWithGpusOfBothSocketsBoth() throws Exception {
        Machine dgx2 = Machine.of(Machines.dgx2(root));
        Guests both = withPci("0000:3b:00.0").pci("0000:b7:00.0").size(12, 256);

        assertThat(dgx2.host().gpus()).hasSize(16);
        assertPlan(dgx2.plan(both)).on(0, 1).because(Code.GPUS_APART).everythingPinnedTo(IdSet.range(0, 95));
        assertPlan(dgx2.plan(both, REQUIRED)).on(0, 1).memory(restrictive("0-1"), MemoryWhen.NEXT_START);
        assertPlan(dgx2.plan(withPci("0000:e0:00.0").pci("0000:e7:00.0").size(12, 256)))
                .on(1)
                .mainlyBecause(Code.NODE_OF_GPU)
                .everythingPinnedTo(IdSet.parse("24-47,72-95"));
        Guests all = Guests.guest().size(92, 1400);
        dgx2.host().gpus().forEach(g -> all.pci(g.address().toString()));
        assertPlan(dgx2.plan(all)).on(0, 1).because(Code.GPUS_APART);
    }

    @Test
    void dgx2GivesEachCellOfAGuestASocket() throws Exception {
        Machine dgx2 = Machine.of(Machines.dgx2(root));
        Guests guest = withPci("0000:3b:00.0")
                .pci("0000:b7:00.0")
                .size(24, 256)
                .cells(
                        new GuestCell(0, IdSet.range(0, 11), 128 * Hosts.GIB, 0),
                        new GuestCell(1, IdSet.range(12, 23), 128 * Hosts.GIB, 0));

        Plan plan = dgx2.plan(guest);
        assertPlan(plan).on(0, 1).because(Code.CELLS_APART);
        Tuning target = plan.target();
        for (int vcpu = 0; vcpu < 24; vcpu++) {
            assertThat(target.pins().vcpus())
                    .as("%s", plan)
                    .containsEntry(vcpu, IdSet.parse(vcpu < 12 ? "0-23,48-71" : "24-47,72-95"));
        }
        assertThat(target.memnodes()).as("%s", plan).isEqualTo(Map.of(0, preferred(0), 1, preferred(1)));
        assertThat(target.pins().emulator()).as("%s", plan).isEqualTo(IdSet.range(0, 95));
    }

    @Test
    void dgxA100SharesItsNodesAmongEightGuestsSocketBySocket() throws Exception {
        Machine dgx = Machine.of(Machines.dgxA100(root));
        Limits noOvercommit = new Limits(null, 1.0, Hosts.GIB, Hosts.GIB);
        Occupancy others = Occupancy.NONE;
        List<Integer> nodes = new ArrayList<>();
        for (var gpu : dgx.host().gpus()) {
            Guests guest = withPci(gpu.address().toString()).size(32, 100);
            Plan plan = dgx.plan(guest, others, PREFERRED, noOvercommit);
            assertThat(plan.nodes().size()).as("%s", plan).isEqualTo(1);
            nodes.add(plan.nodes().first());
            others = others.plus(dgx.host(), Allocation.of(dgx.host(), guest.build(), plan));
        }

        // the first of each pair of GPUs takes their node, the second goes to a node beside it that has no GPU
        assertThat(nodes).containsExactly(3, 0, 1, 2, 7, 4, 5, 6);
    }

    @Test
    void dgxA100GivesTwoGpusOfOneSocketTheirTwoNodes() throws Exception {
        Machine dgx = Machine.of(Machines.dgxA100(root));

        assertPlan(dgx.plan(withPci("0000:07:00.0").pci("0000:47:00.0")))
                .on(1, 3)
                .because(Code.GPUS_APART)
                .everythingPinnedTo(IdSet.parse("16-31,48-63,144-159,176-191"));
        assertPlan(dgx.plan(withPci("0000:07:00.0").pci("0000:0f:00.0"))).on(3).mainlyBecause(Code.NODE_OF_GPU);
        assertPlan(dgx.plan(withPci("0000:07:00.0").size(48, 100))).on(0, 3).because(Code.SEVERAL_NODES);
    }

    @Test
    void power9HasSparseNodesAndSomeThatAreGpusMemory() throws Exception {
        Machine power9 = Machine.of(Machines.power9(root));
        Guests guest = withPci("0104:04:00.0").size(12, 64);

        assertThat(power9.host().nodeIds()).hasToString("0,8,16,24,252-255");
        assertPlan(power9.plan(guest))
                .on(16)
                .mainlyBecause(Code.NODE_OF_GPU)
                .everythingPinnedTo(power9.host().node(16).orElseThrow().cpus())
                .memory(preferred(16), MemoryWhen.NEXT_START);
        assertThat(power9.plan(guest).target().pins().emulator())
                .as("one thread a core")
                .hasToString(everyFourth(160, 240));
        assertPlan(power9.plan(guest, claimed(200, 16))).on(0).mainlyBecause(Code.REMOTE);
        assertPlan(power9.plan(withPci("0104:04:00.0").size(24, 64), loaded(8, 0)))
                .on(8, 16)
                .because(Code.SEVERAL_NODES);
        assertPlan(power9.plan(withPci("0104:04:00.0").size(24, 64), REQUIRED)).is(Outcome.REFUSED);
    }

    private static String everyFourth(int from, int to) {
        List<Integer> cpus = new ArrayList<>();
        for (int cpu = from; cpu < to; cpu += 4) {
            cpus.add(cpu);
        }
        return IdSet.of(cpus).toString();
    }

    @Test
    void eightSocketsHoldABigGuestOnTheBoardOfItsGpu() throws Exception {
        Machine xeon = Machine.of(Machines.eightSockets(root));
        Guests guest = withPci("0005:3b:00.0").size(150, 1500);

        assertPlan(xeon.plan(guest)).on(4, 5, 6).because(Code.SEVERAL_NODES);
        assertPlan(xeon.plan(guest, loaded(40, 4))).on(5, 6, 7).because(Code.SEVERAL_NODES);
        assertPlan(xeon.plan(withPci("0005:3b:00.0").size(250, 1500)))
                .on(0, 4, 5, 6, 7)
                .because(Code.SEVERAL_NODES);
        assertPlan(xeon.plan(withPci("0005:3b:00.0").size(8, 32), loaded(224, 5)))
                .on(4)
                .mainlyBecause(Code.REMOTE);
        assertPlan(xeon.plan(guest, REQUIRED)).is(Outcome.REFUSED);
    }

    @Test
    void aWorkstationOfOneSocketLeavesNothingToChoose() throws Exception {
        Guests display = Guests.withRenderNode(D128).size(16, 64);

        leavesNothingToChoose(Machines.workstation(root), display);
    }

    @Test
    void aHybridDesktopIsOneNodeThatPinsNobodyToItsEfficiencyCores() throws Exception {
        SysfsTree tree = Machines.hybridDesktop(root);
        leavesNothingToChoose(tree, withPci("0000:01:00.0").size(8, 32));
        Machine desktop = Machine.of(tree);

        assertThat(desktop.host().gpus()).hasSize(2);
        Plan plan = desktop.plan(Guests.guest().canShowRenderNode(), ADD_RENDER_NODE);
        assertPlan(plan).renderNode(D128).mainlyBecause(Code.SINGLE_NODE);
        assertThat(plan.target().pins().vcpus()).isEmpty();
        assertThat(plan.target().memory()).isNull();
    }

    private static void leavesNothingToChoose(SysfsTree tree, Guests guest) throws HostReadException {
        assertPlan(Machine.of(tree).plan(guest))
                .is(Outcome.ALIGNED)
                .on(0)
                .mainlyBecause(Code.SINGLE_NODE)
                .changesNothing(guest.build());
    }
}
