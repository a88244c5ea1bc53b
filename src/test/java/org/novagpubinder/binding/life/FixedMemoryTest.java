package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.*;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.report.StatusService;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.placement.model.Outcome;

/** Memory that cannot move, does not move, or is not to be seen: nobody calls it bound, and nobody tries again and again. */
class FixedMemoryTest {
    private static final Map<String, String> REQUIRED = Map.of("gpu_binder:policy", "required");

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void theGuestsMemoryIsOnTheOtherNode() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW);
        rig.age(60).memory(Map.of(0, 200_000L));
    }

    private void runs(String besides, String devices) throws Exception {
        rig.libvirt.running(guest(besides, devices + renderNode(RENDER1)));
    }

    private static String arguments(String... more) {
        return Stream.of(more)
                .map("<qemu:arg value='%s'/>"::formatted)
                .collect(Collectors.joining(
                        "",
                        "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>",
                        "</qemu:commandline>"));
    }

    private void nobodyTriedToMoveIt() {
        assertThat(rig.libvirt.calls()).noneMatch(c -> c.startsWith("setLiveNodeset"));
        assertThat(rig.migrations).isEmpty();
    }

    @Test
    void whatAMemoryDeviceHasOnTheNodeThatItNamesIsWhereItBelongs() throws Exception {
        rig.memory(Map.of(0, 65_536L, 1, 190_000L));
        runs(
                "",
                "<memory model='dimm'><source><nodemask>0</nodemask></source>"
                        + "<target><size unit='KiB'>65536</size></target></memory>");

        assertThat(rig.bind(Trigger.SWEEP, Map.of()).outcome()).isEqualTo(Outcome.BOUND);
        assertThat(rig.bind(Trigger.SWEEP, Map.of()).outcome()).isEqualTo(Outcome.ALIGNED);
        nobodyTriedToMoveIt();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vdpa",
                "launchSecurity",
                "locked",
                "nvme",
                "locked by QEMU arguments",
                "passed-through device",
                "encrypted by QEMU arguments",
                "huge pages by QEMU arguments"
            })
    void memoryThatCannotBeMovedIsNotCalledBoundAndNotTriedAtEachSweep(String kind) throws Exception {
        switch (kind) {
            case "vdpa" -> runs("", "<interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/></interface>");
            case "nvme" ->
                runs(
                        "",
                        "<disk type='file'><source file='/var/lib/nova/instances/x/root'/><target dev='vdb'/>"
                                + "<backingStore type='nvme'><source type='pci' namespace='1'><address domain='0x0000'"
                                + " bus='0x01' slot='0x00' function='0x0'/></source></backingStore></disk>");
            case "locked by QEMU arguments" -> runs(arguments("-overcommit", "mem-lock=on"), "");
            case "encrypted by QEMU arguments" ->
                runs(arguments("-machine", "confidential-guest-support=t", "-object", "tdx-guest,id=t"), "");
            case "huge pages by QEMU arguments" ->
                runs(arguments("-object", "memory-backend-memfd,id=m,hugetlb=on,size=256M"), "");
            case "passed-through device" -> runs(arguments("-drive", "file=nvme://0000:01:00.0/1,if=none"), "");
            case "locked" -> runs("<memoryBacking><locked/></memoryBacking>", "");
            default -> runs("<launchSecurity type='sev'/>", "");
        }
        for (int i = 0; i < 3; i++) {
            BindResult r = rig.bind(Trigger.SWEEP, REQUIRED);
            assertThat(r.outcome()).isEqualTo(Outcome.DEFERRED);
            assertThat(codes(r)).contains("memory-pinned");
            assertThat(r.reasons()).anyMatch(x -> x.text().contains(kind));
            assertThat(moved()).isZero();
        }
        nobodyTriedToMoveIt();
        assertThat(rig.libvirt.calls()).as("its vCPUs stay with it").noneMatch(c -> c.startsWith("pin"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"preferred", "required"})
    void whatTheKernelSaysToBePinnedIsNotMovedWhateverHasPinnedIt(String policy) throws Exception {
        rig.pinned(190_000);
        runs("", "");
        for (int i = 0; i < 2; i++) {
            BindResult r = rig.bind(Trigger.SWEEP, Map.of("gpu_binder:policy", policy));
            assertThat(r.outcome()).isEqualTo(Outcome.DEFERRED);
            assertThat(codes(r)).contains("memory-pinned");
            assertThat(r.reasons()).anyMatch(x -> x.text().contains("VmPin"));
        }
        nobodyTriedToMoveIt();
    }

    @Test
    void pinnedMemoryIsPlacedByTheRestartInTheBootWindow() throws Exception {
        rig.pinned(200_000).age(2);
        runs("", "");
        rig.memory(Map.of(1, 200_000L));

        BindResult r = rig.bind(Trigger.TASK_ENDED, REQUIRED);

        assertThat(r.outcome()).isEqualTo(Outcome.BOUND);
        assertThat(r.restarted()).isTrue();
        nobodyTriedToMoveIt();
    }

    @Test
    void pinnedMemoryThatIsThereAlreadyIsLeftInPeace() throws Exception {
        rig.pinned(200_000).memory(Map.of(1, 200_000L));
        runs("", "");

        rig.bind(Trigger.SWEEP, REQUIRED);

        assertThat(rig.bind(Trigger.SWEEP, REQUIRED).outcome()).isEqualTo(Outcome.ALIGNED);
        nobodyTriedToMoveIt();
    }

    @Test
    void whereSomeOfItIsPinnedLibvirtIsNotMadeToInsist() throws Exception {
        rig.pinned(30_000);
        runs("", "");

        BindResult r = rig.bind(Trigger.SWEEP, REQUIRED);

        assertThat(rig.libvirt.calls()).noneMatch(c -> c.startsWith("setLiveNodeset"));
        assertThat(rig.migrations).hasSize(1);
        assertThat(r.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(moved()).isEqualTo(170_000);
    }

    @Test
    void whatIsThereButForALittleIsNotMovedAtEachSweep() throws Exception {
        rig.pinned(30_000).memory(Map.of(0, 4_000L, 1, 196_000L));
        runs("", "");

        rig.bind(Trigger.SWEEP, REQUIRED);

        assertThat(rig.bind(Trigger.SWEEP, REQUIRED).outcome()).isEqualTo(Outcome.ALIGNED);
        nobodyTriedToMoveIt();
    }

    @ParameterizedTest
    @ValueSource(strings = {"preferred", "required"})
    void aMoveThatMovedNothingIsNoSuccessAndNotRepeatedForThatProcess(String policy) throws Exception {
        rig.staying(200_000);
        runs("", "");
        Map<String, String> specs = Map.of("gpu_binder:policy", policy);

        BindResult first = rig.bind(Trigger.SWEEP, specs);
        assertThat(first.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(first)).contains("move-futile");
        assertThat(first.reasons()).anyMatch(x -> x.text().contains("195 MiB have stayed (0 % is there now)"));
        assertThat(rig.libvirt.calls()).as("its vCPUs stay with it").noneMatch(c -> c.startsWith("pin"));
        int tries = tries();
        assertThat(tries).isEqualTo(1);

        BindResult second = rig.bind(Trigger.SWEEP, specs);
        assertThat(second.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(second)).contains("memory-pinned");
        assertThat(tries()).isEqualTo(tries);

        rig.libvirt.destroy(GUEST);
        rig.libvirt.create(GUEST);
        rig.bind(Trigger.SWEEP, specs);
        assertThat(tries()).as("another process, another try").isEqualTo(tries + 1);
    }

    @Test
    void whereTheKernelRefusesTheMoveItsVcpusStayWithItsMemory() throws Exception {
        rig.refusing("Operation not permitted");
        runs("", "");

        for (int i = 1; i <= 2; i++) {
            BindResult r = rig.bind(Trigger.SWEEP);
            assertThat(r.outcome()).isEqualTo(Outcome.DEFERRED);
            assertThat(r.reasons()).anyMatch(x -> x.text().contains("Operation not permitted"));
            assertThat(rig.migrations).as("it may be for want of room").hasSize(i);
        }
        assertThat(rig.libvirt.calls()).noneMatch(c -> c.startsWith("pin"));
    }

    private long moved() {
        return rig.get(BindingCounters.class).movedKiB();
    }

    private int tries() {
        return rig.migrations.size()
                + (int) rig.libvirt.calls().stream()
                        .filter(c -> c.startsWith("setLiveNodeset"))
                        .count();
    }

    @Test
    void whatAPartialMoveHasLeftIsToldAndTriedAgainWhileThatIsWorthIt() throws Exception {
        rig.staying(60_000);
        runs("", "");

        BindResult first = rig.bind(Trigger.SWEEP);
        assertThat(first.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(moved()).isEqualTo(140_000);
        assertThat(first.reasons())
                .anyMatch(x -> x.text().contains("136 of 195 MiB") && x.text().contains("(70 % is there now)"));

        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(rig.migrations).as("the second moved nothing").hasSize(2);
    }

    @Test
    void aMoveThatBroughtItThereIsBoundAndTheNextSweepFindsNothingToDo() throws Exception {
        runs("", "");

        BindResult r = rig.bind(Trigger.SWEEP, REQUIRED);
        assertThat(r.outcome()).isEqualTo(Outcome.BOUND);
        assertThat(moved()).isEqualTo(200_000);

        assertThat(rig.bind(Trigger.SWEEP, REQUIRED).outcome()).isEqualTo(Outcome.ALIGNED);
        assertThat(tries()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7f00 default anon=1", "7f00 default anon=1 N1=500 kernelpagesize_kB=4"})
    void memoryThatNumaMapsDoesNotShowIsUnknownAndNeverAligned(String numaMaps) throws Exception {
        runs("", "");
        rig.procfs("numa_maps", numaMaps);
        for (int i = 0; i < 2; i++) {
            BindResult r = rig.bind(Trigger.SWEEP, REQUIRED);
            assertThat(r.outcome()).isEqualTo(Outcome.DEFERRED);
            assertThat(codes(r)).contains("memory-unknown");
        }
        nobodyTriedToMoveIt();
        assertThat(rig.get(StatusService.class).of(GUEST).orElseThrow().outcome())
                .isEqualTo(Outcome.DEFERRED);
    }

    @Test
    void aGuestsPrivateMemoryIsUnknownForNoFileOfProcShowsIt() throws Exception {
        rig.memory(Map.of(1, 20_000L));
        runs("", "");
        rig.link("fd/31", "anon_inode:[kvm-gmem]");

        BindResult r = rig.bind(Trigger.SWEEP);

        assertThat(r.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(r.reasons()).anyMatch(x -> x.text().contains("guest_memfd"));
    }

    @Test
    void aGuestThatRunsWithWhatWasDefinedIsStillNotAlignedIfNobodyCanSeeIt() throws Exception {
        runs("", "");
        rig.bind(Trigger.SWEEP);
        rig.libvirt.destroy(GUEST);
        rig.libvirt.create(GUEST);
        rig.procfs("numa_maps", "");

        BindResult r = rig.bind(Trigger.SWEEP);

        assertThat(r.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(r)).contains("memory-unknown").doesNotContain("needs-start");
        assertThat(rig.get(StatusService.class).of(GUEST).orElseThrow().outcome())
                .isEqualTo(Outcome.DEFERRED);
    }

    @Test
    void aGuestThatIsRefusedWhereItStaysIsNotCalledBound() throws Exception {
        rig.memory(Map.of(1, 200_000L));
        runs("", "");
        rig.bind(Trigger.SWEEP, REQUIRED);
        rig.tree.node(1, "2-3", 8, 0);
        rig.memory(Map.of(0, 20_000L, 1, 180_000L)).libvirt.destroy(GUEST);
        rig.libvirt.create(GUEST);

        for (int i = 0; i < 2; i++) {
            BindResult r = rig.bind(Trigger.SWEEP, REQUIRED);
            assertThat(r.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(codes(r)).contains("memory-full");
        }
        assertThat(rig.get(StatusService.class).of(GUEST).orElseThrow().outcome())
                .isEqualTo(Outcome.REFUSED);
    }

    @Test
    void afterARestartMemoryThatIsNotToBeSeenIsNotCalledBound() throws Exception {
        rig.pinned(200_000).age(2);
        runs("", "");
        rig.memory(Map.of());

        BindResult r = rig.bind(Trigger.TASK_ENDED);

        assertThat(r.restarted()).isTrue();
        assertThat(r.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(r)).contains("memory-unknown");
    }

    @Test
    void aGuestWhoseMemoryLibvirtRefusesToMoveIsDefinedAllTheSameAndNotTriedAtEachSweep() throws Exception {
        runs("", "");
        for (int i = 0; i < 3; i++) {
            rig.libvirt.failing("setLiveNodeset", Kind.ERROR, "Unable to write to 'cpuset.mems': Invalid argument");
        }

        for (int i = 0; i < 3; i++) {
            assertThat(rig.bind(Trigger.SWEEP, REQUIRED).outcome()).isEqualTo(Outcome.DEFERRED);
        }

        assertThat(rig.libvirt.calls())
                .filteredOn(c -> c.startsWith("setLiveNodeset"))
                .hasSize(1);
        assertThat(rig.libvirt.inactiveXml(GUEST)).contains("mode='restrictive' nodeset='1'");
    }
}
