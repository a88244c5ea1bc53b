package org.novagpubinder.check.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.check.CheckRig;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.check.result.CheckResult.State;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.start.UnseenWrites;

/** What check tells of guests that are never restarted because they could write unseen. */
class NeverRestartedTest {
    private static DomainDefinition with(String device) throws Exception {
        return new DomainXml().read("""
                <domain type='kvm' id='1'>
                  <name>a</name>
                  <uuid>00000000-0000-0000-0000-000000000001</uuid>
                  <memory unit='KiB'>262144</memory>
                  <vcpu>1</vcpu>
                  <os><type>hvm</type></os>
                  <devices>
                    <disk type='file' device='disk'><driver name='qemu'/><source file='/a'/><target dev='vda'/></disk>
                    %s
                  </devices>
                </domain>
                """.formatted(device));
    }

    @Test
    void anSrIovInterfaceIsNamedAndAnOrdinaryOneIsNot(@TempDir Path root) throws Exception {
        try (CheckRig rig = CheckRig.of(root, "")) {
            UnseenWrites unseen = rig.get(UnseenWrites.class);
            assertThat(unseen.by(with("<interface type='hostdev' managed='yes'>"
                            + "<mac address='fa:16:3e:00:00:01'/></interface>")))
                    .hasValueSatisfying(
                            by -> assertThat(by).contains("network interface fa:16:3e:00:00:01 of type hostdev"));
            assertThat(unseen.by(with("<interface type='bridge'><target dev='tap1'/></interface>")))
                    .isEmpty();
        }
    }

    @Test
    void theyAreCountedWithTheirDevicesAsNoFault() {
        List<String> seven = IntStream.rangeClosed(1, 7)
                .mapToObj(i -> "g" + i + " has a NIC")
                .toList();
        assertThat(StartNeedsCheck.neverRestarted(9, seven)).singleElement().satisfies(r -> {
            assertThat(r.state()).isEqualTo(State.OK);
            assertThat(r.text())
                    .startsWith("7 of 9 guests with a GPU are never restarted")
                    .contains("g1 has a NIC; g2 has a NIC;")
                    .endsWith("; and 2 more");
        });
        assertThat(StartNeedsCheck.neverRestarted(9, List.of())).isEmpty();
    }

    /** A host that restarts nobody is where users start their guests again. */
    @Test
    void guestsThatCouldNotBeStartedAgainAreToldUnderRestartNeverTooAndNoOthers(@TempDir Path root) throws Exception {
        String guest = """
                <node><domain type='test'>
                  <name>a</name>
                  <uuid>00000000-0000-0000-0000-000000000001</uuid>
                  <memory unit='KiB'>262144</memory>
                  <os><type>hvm</type></os>
                  <devices>
                    <disk type='file' device='disk'><source file='/there/is/none'/><target dev='vda'/></disk>
                    <interface type='hostdev'><source><address type='pci' bus='5' slot='0' function='0'/></source></interface>
                    <graphics type='egl-headless'><gl rendernode='/dev/dri/renderD128'/></graphics>
                  </devices>
                </domain></node>
                """;
        Path node = Files.writeString(root.resolve("node.xml"), guest);
        String conf = "[gpu_binder]\nconnection_uri = test://" + node + "\nrestart = ";
        for (String restart : List.of("never", "boot-window")) {
            try (CheckRig rig = CheckRig.of(root, conf + restart + "\n")) {
                List<CheckResult> told = rig.run(StartNeedsCheck.class);
                assertThat(told).hasSize(restart.equals("never") ? 1 : 2);
                assertThat(told.get(0).state()).isEqualTo(State.WARNING);
                assertThat(told.get(0).text()).startsWith("1 of 1 guests with a GPU could not be started again: ");
                assertThat(told.get(0).remedy()).contains("\na: it could not be started again: ");
            }
        }
    }
}
