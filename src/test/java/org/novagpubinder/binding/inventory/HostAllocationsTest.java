package org.novagpubinder.binding.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.placedOn;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.policy.Policies;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.testing.LogLines;

class HostAllocationsTest {
    private static final UUID SOMEBODY = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d99");
    private static final PciAddress GPU1 = PciAddress.parse("0000:41:00.0");
    private static final PciAddress VFIO_GPU = PciAddress.parse("0000:42:00.0");
    private static final long MEMORY_KIB = 262_144;

    @TempDir
    Path root;

    private BinderRig rig;
    private HostAllocations allocations;
    private HostTopology host;

    @BeforeEach
    void host() throws Exception {
        rig = new BinderRig(root, Restart.BOOT_WINDOW);
        allocations = rig.get(HostAllocations.class);
        host = rig.get(Topologies.class).now();
    }

    private Occupancy now() throws Exception {
        return allocations.without(SOMEBODY, allocations.look(host), host);
    }

    @Test
    void aRunningDomainHoldsItsGpuItsVcpusAndTheMemoryItHasNotTouched() throws Exception {
        rig.memory(Map.of(1, 200_000L)).age(60);
        rig.libvirt.running(guest(placedOn(1), vfio()));

        Occupancy o = now();

        assertThat(o.users(VFIO_GPU)).isEqualTo(1);
        assertThat(o.vcpuLoad()).isEqualTo(Map.of(1, 2.0));
        assertThat(o.claimedKiB(1, 0)).isEqualTo(MEMORY_KIB - 200_000);
        assertThat(o.claimedKiB(0, 0)).isZero();
        assertThat(allocations.assigned()).containsExactly(VFIO_GPU);
    }

    @Test
    void aMemoryDeviceCountsOnTheNodeThatItNames() throws Exception {
        String device = "<memory model='dimm'><source><nodemask>0</nodemask></source>"
                + "<target><size unit='KiB'>65536</size></target></memory>";
        rig.memory(Map.of(0, 32_768L, 1, (MEMORY_KIB - 65_536) / 2L)).age(60);
        rig.libvirt.running(guest(placedOn(1), device));

        Occupancy o = now();

        assertThat(o.claimedKiB(0, 0)).isEqualTo(32_768);
        assertThat(o.claimedKiB(1, 0)).isEqualTo((MEMORY_KIB - 65_536) / 2);
    }

    @Test
    void theGuestThatIsPlannedForIsLeftOutAndNotRead() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        rig.libvirt.running(guest(placedOn(1), vfio()));
        rig.libvirt.before("liveXml", reads::incrementAndGet);

        assertThat(allocations.others(GUEST, host).holdings()).isEmpty();
        assertThat(reads).hasValue(0);
        assertThat(allocations.look(host).holdings()).containsOnlyKeys(GUEST);
        assertThat(reads).hasValue(1);
    }

    @Test
    void aGuestThatWasBoundCountsAsItWasWhileLibvirtIsBusyWithIt() throws Exception {
        rig.memory(Map.of(1, 200_000L)).age(60);
        rig.libvirt.running(guest(placedOn(1), vfio()));
        rig.get(Binder.class).bind(GUEST, Trigger.SWEEP, Flavor.UNKNOWN);
        CountDownLatch job = new CountDownLatch(1);
        rig.libvirt.busyWith(GUEST, job);

        assertThat(now().users(VFIO_GPU)).isEqualTo(1);
        job.countDown();
    }

    @Test
    void aDomainThatCannotBeReadIsToldOnce() throws Exception {
        rig.libvirt.running(guest(placedOn(1), vfio()));
        try (LogLines log = LogLines.of(HostAllocations.class.getName())) {
            for (int told = 1; told <= 2; told++) {
                for (int plan = 0; plan < 3; plan++) {
                    // it is asked twice, for the first answer may be older than a change
                    rig.libvirt.failing("liveXml", LibvirtFailure.Kind.ERROR, "an odd answer");
                    rig.libvirt.failing("liveXml", LibvirtFailure.Kind.ERROR, "an odd answer");
                    allocations.forgetAll();
                    allocations.look(host);
                }
                assertThat(log.lines()).hasSize(told).allMatch(line -> line.endsWith("an odd answer"));
                // it can be read: that it cannot once more is news
                allocations.look(host);
            }
        }
    }

    @Test
    void thatABoundGuestCountsAsItWasWhileLibvirtIsBusyIsNoWarning() throws Exception {
        rig.libvirt.running(guest(placedOn(1), vfio()));
        allocations.look(host);
        try (LogLines log = LogLines.of(HostAllocations.class.getName())) {
            // it is asked twice, for the first answer may be older than a change
            rig.libvirt.failing("liveXml", LibvirtFailure.Kind.BUSY, "another job");
            rig.libvirt.failing("liveXml", LibvirtFailure.Kind.BUSY, "another job");
            allocations.forgetAll();
            allocations.look(host);

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("INFO")
                    .contains("counted as before")
                    .endsWith("another job");
        }
    }

    @Test
    void aDomainThatIsShutOffHoldsNothing() throws Exception {
        rig.libvirt.defined(guest(placedOn(1), vfio()));

        assertThat(now()).isEqualTo(Occupancy.NONE);
        assertThat(allocations.assigned()).isEmpty();
    }

    @Test
    void vcpusThatMayRunAnywhereCountOnEveryNode() throws Exception {
        rig.libvirt.running(guest("", ""));

        Occupancy o = now();

        assertThat(o.vcpuLoad()).isEqualTo(Map.of(0, 1.0, 1, 1.0));
        assertThat(o.claimedKiB()).isEmpty();
    }

    @Test
    void aGuestThatMayRunOnOneNodeOnlyClaimsItsMemoryThere() throws Exception {
        String pins = "<cputune><vcpupin vcpu='0' cpuset='2-3'/><vcpupin vcpu='1' cpuset='2-3'/></cputune>";
        rig.memory(Map.of(1, 200_000L)).age(60);
        rig.libvirt.running(guest(pins, "").replace("<vcpu>", "<vcpu cpuset='2-3'>"));

        assertThat(now().claimedKiB()).isEqualTo(Map.of(1, MEMORY_KIB - 200_000));
    }

    @Test
    void aGuestThatFloatsOverSeveralNodesClaimsNothing() throws Exception {
        rig.tree.node(2, "4-5", 8, 8);
        rig.libvirt.running(guest("", "").replace("<vcpu>", "<vcpu cpuset='0-3'>"));

        assertThat(now().claimedKiB()).isEmpty();
    }

    @Test
    void aGuestThatMayRunOnEachNodeClaimsNothing() throws Exception {
        rig.libvirt.running(guest("", "").replace("<vcpu>", "<vcpu cpuset='1-2'>"));

        assertThat(now().claimedKiB()).isEmpty();
    }

    @Test
    void eachVcpuCountsWhereItIsPinned() throws Exception {
        rig.libvirt.running(
                guest("<cputune><vcpupin vcpu='0' cpuset='0-1'/><vcpupin vcpu='1' cpuset='2'/></cputune>", ""));

        assertThat(now().vcpuLoad()).isEqualTo(Map.of(0, 1.0, 1, 1.0));
    }

    @Test
    void memoryOfACellIsClaimedOnItsNodeInItsPages() throws Exception {
        rig.libvirt.running(guest("""
                        <memoryBacking><hugepages><page size='2048' nodeset='1'/></hugepages></memoryBacking>
                        <cpu><numa><cell id='0' cpus='0' memory='102400'/><cell id='1' cpus='1' memory='204800'/></numa></cpu>
                        <numatune><memnode cellid='0' mode='strict' nodeset='0'/><memnode cellid='1' mode='strict' nodeset='1'/>
                        </numatune>""", ""));
        rig.tree.without("proc/1001/status");

        Occupancy o = now();

        assertThat(o.claimedKiB(0, 0)).isEqualTo(102_400);
        assertThat(o.claimedKiB(1, 0)).isZero();
        assertThat(o.claimedKiB(1, 2048)).isEqualTo(204_800);
    }

    @Test
    void aPlanCountsFromItsReservationToTheDomainItselfWithoutAGap() throws Exception {
        rig.age(60).memory(Map.of(1, 200_000L));
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        HostAllocations.View looked = allocations.look(host);

        rig.bind(Trigger.SWEEP);

        // somebody who had looked before the guest was bound plans after it was
        Occupancy stale = allocations.without(SOMEBODY, looked, host);
        assertThat(stale.vcpuLoad()).isEqualTo(Map.of(1, 2.0));
        assertThat(stale.users(GPU1)).isEqualTo(1);
        Occupancy fresh = now();
        assertThat(fresh.vcpuLoad()).isEqualTo(Map.of(1, 2.0));
        assertThat(fresh.users(GPU1)).isEqualTo(1);
    }

    @Test
    void whatIsReadWhileADomainChangesIsReadAgain() throws Exception {
        rig.libvirt.running(guest("", ""));
        rig.libvirt.before("liveXml", () -> {
            // its XML was on the way to us when it was bound by somebody else
            allocations.settled(GUEST);
            rig.libvirt.before("liveXml", this::pinned);
        });

        assertThat(allocations.without(SOMEBODY, allocations.look(host), host).vcpuLoad())
                .isEqualTo(Map.of(1, 2.0));
        assertThat(now().vcpuLoad()).isEqualTo(Map.of(1, 2.0));
    }

    private void pinned() throws LibvirtFailure {
        rig.libvirt.pinVcpu(GUEST, 0, IdSet.of(2));
        rig.libvirt.pinVcpu(GUEST, 1, IdSet.of(2));
    }

    @Test
    void aGuestDoesNotCountForItself() throws Exception {
        rig.libvirt.running(guest(placedOn(1), vfio()));

        assertThat(allocations.without(GUEST, allocations.look(host), host)).isEqualTo(Occupancy.NONE);
        assertThat(rig.get(HostLoads.class).of(host).gpuUsers()).isEqualTo(Map.of(VFIO_GPU, 1));
    }

    @Test
    void aGuestThatVanishesInMidPlanHoldsNothing() throws Exception {
        rig.age(1).memory(Map.of(0, 200_000L));
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.before("define", () -> rig.libvirt.deletes(GUEST));

        rig.get(Binder.class).bind(GUEST, Trigger.TASK_ENDED, Flavor.UNKNOWN);
        rig.libvirt.deletes(GUEST);

        assertThat(now()).isEqualTo(Occupancy.NONE);
    }

    @Test
    void whatAGuestThatIsBeingStartedHasTakenIsNotCountedTwice() throws Exception {
        DomainDefinition d = new DomainXml().read(guest("", vfio()));
        Observation off =
                new Observation(new DomainSummary(GUEST, d.name(), false, true), null, d, null, null, Map.of());
        plans(off);
        assertThat(now().claimedKiB(1, 0)).isEqualTo(MEMORY_KIB);

        // QEMU has most of it; libvirt has not told its start yet
        rig.memory(Map.of(1, 200_000L)).age(1);
        rig.libvirt.running(guest(placedOn(1), vfio()));
        assertThat(now().claimedKiB(1, 0)).isEqualTo(MEMORY_KIB - 200_000);
    }

    @Test
    void whatAGuestThatIsBeingRestartedHasTakenIsNotCountedTwice() throws Exception {
        rig.memory(Map.of(0, 200_000L)).age(1);
        rig.libvirt.running(guest("", vfio()));
        plans(rig.get(Observer.class).observe(GUEST).orElseThrow());

        rig.libvirt.destroy(GUEST);
        rig.get(EventRouter.class)
                .happened(new DomainEvent(GUEST, "instance-00000001", Kind.STOPPED, 1, System.nanoTime()));
        assertThat(now().claimedKiB(1, 0)).isEqualTo(MEMORY_KIB);

        rig.memory(Map.of(1, 200_000L));
        rig.libvirt.running(guest(placedOn(1), vfio()));
        assertThat(now().claimedKiB(1, 0)).isEqualTo(MEMORY_KIB - 200_000);
    }

    @Test
    void whatAGuestHadOnItsNewNodeIsFreeOnceItWasStoppedForItsRestart() throws Exception {
        rig.memory(Map.of(0, 100_000L, 1, 100_000L)).age(1);
        rig.libvirt.running(guest("", vfio()));
        Observation o = rig.get(Observer.class).observe(GUEST).orElseThrow();
        plans(rig.get(Observer.class).beginMemory(o).get());
        assertThat(now().claimedKiB(1, 0)).isEqualTo(MEMORY_KIB - 100_000);

        rig.libvirt.destroy(GUEST);
        rig.get(EventRouter.class)
                .happened(new DomainEvent(GUEST, "instance-00000001", Kind.STOPPED, 1, System.nanoTime()));
        assertThat(now().claimedKiB(1, 0)).isEqualTo(MEMORY_KIB);
    }

    private void plans(Observation o) {
        rig.get(SerialPlanner.class)
                .plan(
                        o,
                        host,
                        HostAllocations.View.NOBODY,
                        rig.get(Policies.class)
                                .choose(Flavor.UNKNOWN, o.current().virtioVideo()),
                        Optional.empty(),
                        Occasion.of(Trigger.DEFINED),
                        true);
    }
}
