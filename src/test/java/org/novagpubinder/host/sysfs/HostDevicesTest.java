package org.novagpubinder.host.sysfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.testing.SysfsTree;

class HostDevicesTest {
    @TempDir
    Path root;

    /** With systemd and without, by the kernel's second version of cgroups and its first. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "machine.slice/cpuset.cpus.effective",
                "machine/cpuset.cpus.effective",
                "cpuset/machine.slice/cpuset.effective_cpus",
                "cpuset/machine/cpuset.effective_cpus"
            })
    void theCgroupOfGuestsTellsItsCpus(String file) {
        SysfsTree.twoNodes(root).file("sys/fs/cgroup/" + file, "0-3,8\n");
        assertThat(new HostDevices(root).guestLimits().cpus()).isEqualTo(IdSet.parse("0-3,8"));
    }

    @Test
    void aCgroupThatDoesNotTellItsCpusHasNone() {
        SysfsTree.twoNodes(root).file("sys/fs/cgroup/machine.slice/cpuset.cpus.effective", "\n");
        assertThat(new HostDevices(root).guestLimits().cpus()).isEqualTo(IdSet.empty());
    }

    @Test
    void whatTheCgroupHasIsReadAnewEachTime() {
        SysfsTree tree = SysfsTree.twoNodes(root).file("sys/fs/cgroup/machine.slice/cpuset.cpus.effective", "0-7\n");
        GuestLimits limits = new HostDevices(root).guestLimits();
        assertThat(limits.cpus()).isEqualTo(IdSet.parse("0-7"));
        tree.file("sys/fs/cgroup/machine.slice/cpuset.cpus.effective", "0-3\n");
        assertThat(limits.cpus()).isEqualTo(IdSet.parse("0-3"));
    }
}
