package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.cli.PlanRig.PLACED_ON_1;
import static org.novagpubinder.cli.PlanRig.RENDER_0;
import static org.novagpubinder.cli.PlanRig.VFIO_1;
import static org.novagpubinder.cli.PlanRig.guest;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.cli.terminal.Exit;

/** {@code plan} with domains of libvirt's test driver, which needs neither a daemon nor QEMU: both of them run. */
class PlanOnlineIT {
    private static final String FLAVOR =
            "<metadata><nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'>"
                    + "<nova:flavor name='gpu.small'/></nova:instance></metadata>";

    @TempDir
    Path root;

    private PlanRig plan;
    private String uri = "";

    @BeforeEach
    void domains() throws Exception {
        plan = new PlanRig(root);
        write("node.xml", "<node><domain file='render.xml'/><domain file='vfio.xml'/></node>");
        write("render.xml", test(guest("", 1, FLAVOR, RENDER_0)));
        write(
                "vfio.xml",
                test(guest("", 1, PLACED_ON_1, VFIO_1))
                        .replace("instance-0000002a", "instance-0000002b")
                        .replace("5b0d1a9e", "5b0d1a9f"));
        uri = "test://" + root.resolve("node.xml");
    }

    @Test
    void aDomainIsFoundByNameAndByUuid() throws Exception {
        for (String domain : new String[] {"instance-0000002a", "5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11"}) {
            plan.run("--connect", uri, domain);
            assertThat(plan.out()).startsWith("instance-0000002a (5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11): ");
            assertThat(plan.out()).contains("render    /dev/dri/renderD128").doesNotContain("assumed");
        }
        assertThat(plan.run("--connect", uri, "instance-0000002")).isEqualTo(Exit.FAILURE);
        assertThat(plan.err())
                .contains("no domain 'instance-0000002'; did you mean instance-0000002a or instance-0000002b?");
    }

    @Test
    void whatTheGuestsOfTheHostHaveIsNotThereForOthers() throws Exception {
        assertThat(plan.run("--connect", uri, "--what-if", "instance-0000002b")).isEqualTo(Exit.WARNING);
        assertThat(plan.out())
                .startsWith("No further guest fits beside its GPU\n")
                .containsPattern("like\\s+instance-0000002b")
                .contains("2 domains on this host\n")
                .contains("instance-0000002b is placed by Nova")
                .containsPattern("1 +0000:42:00.0 +1 +0 +0 +it is in use\n");
    }

    @Test
    void aFlavorIsThatOfADomainOfTheHost() throws Exception {
        assertThat(plan.run("--connect", uri, "--what-if", "--flavor", "gpu.small"))
                .isEqualTo(Exit.FINE);
        assertThat(plan.out()).contains("2 vCPUs, 1.0 GiB, a render node, like instance-0000002a");

        assertThat(plan.run("--connect", uri, "--what-if", "--flavor", "gpu.large"))
                .isEqualTo(Exit.FAILURE);
        assertThat(plan.err()).contains("no domain on this host has flavor 'gpu.large'; there are gpu.small");
    }

    private void write(String name, String text) throws Exception {
        plan.bytes(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String test(String kvm) {
        return kvm.replace("type='kvm'", "type='test'");
    }
}
