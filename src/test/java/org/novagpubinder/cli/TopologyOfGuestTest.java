package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.testing.SwitchedHost;

/** What a guest has of the host, by libvirt's test driver: {@code topology --nccl} and {@code status DOMAIN}. */
class TopologyOfGuestTest {
    @TempDir
    Path directory;

    private final CommandRig command = new CommandRig();
    private String connect;
    private String root;
    private String configuration;

    @BeforeEach
    void host() throws Exception {
        root = SwitchedHost.in(directory.resolve("host")).root().toString();
        configuration = CommandRig.emptyConfiguration(directory);
        Path node = Files.writeString(
                directory.resolve("node.xml"),
                "<node>" + domain("trainer", 1, hostdev("11", 1) + hostdev("13", 2) + hostdev("1e", 3))
                        + domain("plain", 2, "") + "</node>");
        connect = "test://" + node;
    }

    private static String domain(String name, int id, String devices) {
        return """
                <domain type='test' id='%2$s'><name>%1$s</name><uuid>5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d1%2$s</uuid>
                <memory>2097152</memory><vcpu>4</vcpu><os><type arch='x86_64'>hvm</type></os><devices>
                <controller type='pci' index='0' model='pcie-root'/>
                <controller type='pci' index='1' model='pcie-root-port'><address type='pci' bus='0' slot='4'/></controller>
                <controller type='pci' index='2' model='pcie-root-port'><address type='pci' bus='0' slot='3'/></controller>
                <controller type='pci' index='3' model='pcie-root-port'><address type='pci' bus='0' slot='2'/></controller>
                %3$s</devices></domain>
                """.formatted(name, id, devices);
    }

    private static String hostdev(String host, int bus) {
        return """
                <hostdev mode='subsystem' type='pci' managed='yes'>
                <source><address domain='0' bus='0x%s' slot='0' function='0'/></source>
                <address type='pci' domain='0' bus='%s' slot='0' function='0'/></hostdev>
                """.formatted(host, bus);
    }

    private int run(String... words) {
        return command.run(Stream.concat(
                        Stream.of(words),
                        List.of("--root", root, "--connect", connect, "--config-file", configuration).stream())
                .toArray(String[]::new));
    }

    @Test
    void aGuestsFileHasTheAddressesThatTheGuestSees() {
        assertThat(run("topology", "--nccl", "trainer")).as(command.err()).isZero();
        assertThat(command.out())
                .startsWith("<system version=\"1\">\n")
                .contains(
                        "<pci busid=\"0000:03:00.0\" class=\"0x030200\"",
                        "<pci busid=\"0000:02:00.0\" class=\"0x020700\"");
    }

    @Test
    void aGuestThatNeedsNoFileIsToldSo() {
        assertThat(run("topology", "--nccl", "plain")).isEqualTo(Exit.FAILURE);
        assertThat(command.err()).contains("'plain' has neither a GPU nor a NIC by VFIO");
        assertThat(command.out()).isEmpty();
    }

    @Test
    void anotherMachinesTreeHasNoGuests() {
        assertThat(command.run("topology", "--nccl", "trainer", "--root", root)).isEqualTo(Exit.USAGE);
        assertThat(command.err()).contains("name with --connect who knows the guests of --root");
    }

    @Test
    void oneFormAtATime() {
        assertThat(run("topology", "--nccl", "trainer", "--matrix")).isEqualTo(Exit.USAGE);
        assertThat(run("topology", "--nccl", "trainer", "--json")).isEqualTo(Exit.USAGE);
    }

    @Test
    void oneGuestsStatusTellsWhatItHasBesideItsGpu() {
        run("status", "trainer");
        assertThat(command.out().replaceAll("\\s+", " "))
                .contains(
                        "nic 0000:13:00.0 is PIX from GPU 0000:11:00.0: one PCIe switch between them at most",
                        "nvme 0000:1e:00.0 is PHB from GPU 0000:11:00.0: a PCIe host bridge, typically the CPU");
        run("status", "trainer", "--json");
        assertThat(command.out()).contains("\"link\" : \"PIX\"");
    }
}
