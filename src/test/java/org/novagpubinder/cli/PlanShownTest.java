package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.testing.SysfsTree;

/** The manual shows what {@code plan} prints. */
class PlanShownTest {
    @TempDir
    Path root;

    private String printed(String... arguments) throws Exception {
        CommandRig command = new CommandRig();
        command.run(arguments);
        assertThat(command.err()).isEmpty();
        return command.out();
    }

    @Test
    void thePlanOfAFileAndHowManyMoreFit() throws Exception {
        SysfsTree.in(root)
                .node(0, "0-15", 64, 12)
                .node(1, "16-31", 64, 60)
                .pci(
                        "0000:21:00.0",
                        d -> d.pciClass("030200").driver("nvidia").node(0).render(128))
                .pci(
                        "0000:41:00.0",
                        d -> d.pciClass("030200").driver("nvidia").node(1).render(129));
        Path guest = Files.writeString(root.resolve("guest.xml"), """
                <domain type='kvm'><name>instance-0000002a</name><uuid>5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11</uuid>
                <memory>16777216</memory><vcpu>8</vcpu><devices>
                <graphics type='egl-headless'><gl rendernode='/dev/dri/renderD128'/></graphics>
                <video><model type='virtio'/></video></devices></domain>
                """);
        String config = CommandRig.emptyConfiguration(root);
        String manual = Files.readString(Path.of("src/docs/operation.md"));

        assertThat(manual)
                .contains("$ nova-gpu-binder plan --root /tmp/host-17 --domain-xml guest.xml\n"
                        + printed(
                                "plan",
                                "--config-file",
                                config,
                                "--root",
                                root.toString(),
                                "--domain-xml",
                                guest.toString())
                        + "```\n")
                .contains("$ nova-gpu-binder plan --what-if --vcpus 8 --ram 16384 --root /tmp/host-17\n"
                        + printed(
                                "plan",
                                "--config-file",
                                config,
                                "--what-if",
                                "--vcpus",
                                "8",
                                "--ram",
                                "16384",
                                "--root",
                                root.toString())
                        + "```\n");
    }
}
