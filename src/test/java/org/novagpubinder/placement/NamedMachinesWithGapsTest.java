package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.placement.Machine.claimed;
import static org.novagpubinder.placement.Machine.loaded;
import static org.novagpubinder.placement.PlanAssert.assertPlan;
import static org.novagpubinder.placement.Planning.*;
import static org.novagpubinder.testing.Guests.withPci;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.inventory.GuestFactory;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.host.sysfs.GpuNodeOverride;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Machines;

/** As {@link NamedMachinesTest}, on machines that have nodes without CPUs or memory, GPUs without a node, or CPUs not for guests. */
class NamedMachinesWithGapsTest {
    @TempDir
    Path root;

    @Test
    void gh200TakesAGuestToTheGraceOfItsGpuAndNeverToGpuMemory() throws Exception {
        Machine gh200 = Machine.of(Machines.gh200(root));

        assertThat(gh200.host().nodes()).hasSize(18);
        assertPlan(gh200.plan(withPci("0009:01:00.0").size(32, 200)))
                .on(0)
                .mainlyBecause(Code.NODE_OF_GPU)
                .everythingPinnedTo(IdSet.range(0, 71))
                .memory(preferred(0), MemoryWhen.NEXT_START);
        Guests onMemoryNode = withPci("0019:01:00.0").size(32, 200);
        assertPlan(gh200.plan(onMemoryNode))
                .on(1)
                .mainlyBecause(Code.NODE_OF_GPU)
                .because(Code.NODE_WITHOUT_CPUS)
                .everythingPinnedTo(IdSet.range(72, 143))
                .memory(preferred(1), MemoryWhen.NEXT_START);
        assertPlan(gh200.plan(onMemoryNode, claimed(400, 1)))
                .on(0)
                .mainlyBecause(Code.REMOTE)
                .memory(preferred(0), MemoryWhen.NEXT_START);
        assertPlan(gh200.plan(withPci("0009:01:00.0").pci("0019:01:00.0").size(100, 700), REQUIRED))
                .on(0, 1)
                .because(Code.GPUS_APART)
                .memory(restrictive("0-1"), MemoryWhen.NEXT_START);
        assertPlan(gh200.plan(withPci("0009:01:00.0").size(100, 200), REQUIRED)).is(Outcome.REFUSED);
    }

    @Test
    void gh200BacksAGuestWithItsKernelsOwnHugePages() throws Exception {
        Machine gh200 = Machine.of(Machines.gh200(root));
        String xml = """
                <domain type='kvm'>
                  <name>instance-0000002a</name>
                  <uuid>8d1c0a52-7c4b-4d1f-9a55-2f1f8f7b2d10</uuid>
                  <memory unit='GiB'>%s</memory>
                  <memoryBacking><hugepages/></memoryBacking>
                  <vcpu>16</vcpu>
                  <os><type arch='aarch64' machine='virt'>hvm</type></os>
                  <devices>
                    <hostdev mode='subsystem' type='pci' managed='yes'>
                      <source><address domain='0x0019' bus='0x01' slot='0x00' function='0x0'/></source>
                    </hostdev>
                  </devices>
                </domain>
                """;

        Guest fits = new GuestFactory().guest(new DomainXml().read(xml.formatted(192)), gh200.host());
        assertThat(fits.hugePageKiB()).isEqualTo(512 * 1024);
        assertPlan(new Planner().plan(gh200.host(), fits, Occupancy.NONE, PREFERRED, LIMITS))
                .on(1)
                .memory(preferred(1), MemoryWhen.NEXT_START);
        Guest tooBig = new GuestFactory().guest(new DomainXml().read(xml.formatted(193)), gh200.host());
        assertPlan(new Planner().plan(gh200.host(), tooBig, Occupancy.NONE, REQUIRED, LIMITS))
                .is(Outcome.REFUSED)
                .because(Code.HUGE_PAGES_SHORT);
    }

    @Test
    void xeonMaxInFlatModeKeepsGuestsOffItsHbm() throws Exception {
        Machine max = Machine.of(Machines.xeonMax(root));
        Guests guest = withPci("0000:29:00.0").size(16, 40);

        assertThat(max.host().nodes()).hasSize(16);
        assertPlan(max.plan(guest))
                .on(1)
                .mainlyBecause(Code.NODE_OF_GPU)
                .everythingPinnedTo(IdSet.parse("14-27,126-139"))
                .memory(preferred(1), MemoryWhen.NEXT_START);
        assertPlan(max.plan(guest, claimed(100, 1)))
                .on(0)
                .mainlyBecause(Code.REMOTE)
                .memory(preferred(0), MemoryWhen.NEXT_START);
        assertPlan(max.plan(withPci("0000:29:00.0").size(40, 150)))
                .on(0, 1)
                .because(Code.SEVERAL_NODES)
                .everythingPinnedTo(IdSet.parse("0-27,112-139"));
        assertPlan(max.plan(withPci("0000:29:00.0").pci("0000:3a:00.0").size(40, 150), REQUIRED))
                .on(1, 3)
                .memory(restrictive("1,3"), MemoryWhen.NEXT_START);
        assertPlan(max.plan(withPci("0000:29:00.0").pci("0000:ca:00.0").size(40, 150), REQUIRED))
                .on(1, 7)
                .memory(restrictive("1,7"), MemoryWhen.NEXT_START);
    }

    @Test
    void r740WhoseFirmwareTellsNoNodeNeedsTheOperatorsWord() throws Exception {
        Machine silent = Machine.of(Machines.r740(root));
        Guests guest = withPci("0000:d8:00.0").size(8, 32);

        assertPlan(silent.plan(guest))
                .is(Outcome.IGNORED)
                .mainlyBecause(Code.NODE_UNKNOWN)
                .saying("add 0000:d8:00.0=NODE to gpu_nodes")
                .changesNothing(guest.build());
        assertPlan(silent.plan(guest, REQUIRED)).is(Outcome.REFUSED).mainlyBecause(Code.NODE_UNKNOWN);
        Machine told = Machine.of(
                Machines.r740(root), new GpuNodeOverride("0000:3?:*", 0), new GpuNodeOverride("0000:d?:*", 1));
        assertPlan(told.plan(guest))
                .is(Outcome.DEFERRED)
                .on(1)
                .mainlyBecause(Code.NODE_OF_GPU)
                .everythingPinnedTo(told.host().node(1).orElseThrow().cpus());
        assertThat(told.host().node(1).orElseThrow().cpus().contains(0)).isFalse();
    }

    @Test
    void r740WithIsolatedCpusKeepsVcpusOffThemUnlessNovaHasThem() throws Exception {
        Machine r740 = Machine.of(Machines.r740(root).isolated("8-79"), new GpuNodeOverride("0000:d8:*", 1));
        Guests guest = withPci("0000:d8:00.0").size(4, 16);

        assertPlan(r740.plan(guest)).on(1).everythingPinnedTo(IdSet.of(1, 3, 5, 7));
        assertPlan(r740.plan(withPci("0000:d8:00.0").size(8, 16)))
                .on(0, 1)
                .because(Code.SEVERAL_NODES)
                .everythingPinnedTo(IdSet.range(0, 7));
        assertPlan(r740.plan(withPci("0000:d8:00.0").cpuset("70-79")))
                .on(1)
                .everythingPinnedTo(IdSet.of(71, 73, 75, 77, 79));
        assertPlan(r740.plan(guest, limitedTo("0-19")))
                .on(1)
                .everythingPinnedTo(IdSet.of(1, 3, 5, 7, 9, 11, 13, 15, 17, 19));
    }

    @Test
    void epycWithANodeWithoutDimmsRunsTheGuestBesideItsGpuOnMemoryOfTheNextNode() throws Exception {
        Machine epyc = Machine.of(Machines.memorylessNode(root));
        Guests guest = withPci("0000:41:00.0").size(8, 32);

        assertPlan(epyc.plan(guest))
                .on(1)
                .mainlyBecause(Code.NODE_OF_GPU)
                .because(Code.NODE_WITHOUT_MEMORY)
                .everythingPinnedTo(IdSet.parse("16-31,80-95"))
                .memory(preferred(0), MemoryWhen.NEXT_START);
        assertPlan(epyc.plan(guest, REQUIRED))
                .on(1)
                .because(Code.NODE_WITHOUT_MEMORY)
                .memory(restrictive("0"), MemoryWhen.NEXT_START);
        assertPlan(epyc.plan(guest, loaded(128, 1)))
                .on(0)
                .mainlyBecause(Code.REMOTE)
                .memory(preferred(0), MemoryWhen.NEXT_START);
        assertPlan(epyc.plan(guest, claimed(240, 0)))
                .on(2)
                .mainlyBecause(Code.REMOTE)
                .memory(preferred(2), MemoryWhen.NEXT_START);
    }
}
