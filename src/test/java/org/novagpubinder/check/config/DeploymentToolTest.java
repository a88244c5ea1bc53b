package org.novagpubinder.check.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.host.sysfs.HostFacts;

class DeploymentToolTest {
    @TempDir
    Path root;

    @ParameterizedTest
    @CsvSource({
        "etc/kolla/nova-compute, KOLLA_ANSIBLE, /etc/kolla/config/nova/nova-compute.conf",
        "var/lib/openstack/nova, EDPM, OpenStackDataPlaneService",
        "var/lib/openstack-helm/compute/nova, OPENSTACK_HELM, conf.nova",
        "openstack/venvs/nova-31.0.1, OPENSTACK_ANSIBLE, nova_nova_conf_overrides",
        "var/lib/juju/agents/unit-nova-compute-0, CHARM, juju config",
        "var/snap/openstack-hypervisor/common, SUNBEAM, common/etc/nova/nova.conf.d",
        "opt/stack/devstack, DEVSTACK, local.conf",
    })
    void aRemedySaysWhereTheToolThatMadeNovaConfWantsIt(String sign, DeploymentTool expected, String where)
            throws Exception {
        Files.createDirectories(root.resolve(sign));
        DeploymentTool tool = DeploymentTool.of(new HostFacts(root)).orElseThrow();
        assertThat(tool).isEqualTo(expected);
        CheckResult told =
                tool.inItsWords(CheckResult.warning("wrong", "in nova.conf of nova-compute:\n[DEFAULT]\nx = y")
                        .get(0));
        assertThat(told.remedy())
                .startsWith("in nova.conf of nova-compute:\n[DEFAULT]\nx = y\n# " + tool.title())
                .contains("overwrites edits of it", where);
    }

    private static String told(DeploymentTool tool, String remedy) {
        return String.valueOf(
                tool.inItsWords(CheckResult.warning("wrong", remedy).get(0)).remedy());
    }

    @Test
    void whatTheBrokersOwnFilesAndCommandsAreIsSaidInItsWordsToo() {
        String permissions = "on the broker:\nrabbitmqctl set_permissions -p / nova '' '' ''";
        assertThat(told(DeploymentTool.KOLLA_ANSIBLE, permissions))
                .startsWith(permissions + "\n# ")
                .contains("docker exec rabbitmq rabbitmqctl");
        assertThat(told(DeploymentTool.KOLLA_ANSIBLE, "in rabbitmq.conf of each node:\nx = true"))
                .contains("rabbitmq_extra_config in globals.yml", "# kolla-ansible reconfigure");
        assertThat(told(DeploymentTool.CHARM, permissions)).contains("juju ssh rabbitmq-server/leader");
        assertThat(told(DeploymentTool.DEVSTACK, permissions)).isEqualTo(permissions);
    }

    @ParameterizedTest
    @CsvSource({
        "KOLLA_ANSIBLE, docker restart nova_compute",
        "EDPM, systemctl restart edpm_nova_compute",
        "OPENSTACK_HELM, rollout restart daemonset",
        "CHARM, juju ssh nova-compute/N",
        "SUNBEAM, snap restart openstack-hypervisor.nova-compute",
        "DEVSTACK, systemctl restart devstack@n-cpu",
    })
    void novaComputeIsRestartedAsItWasStarted(DeploymentTool tool, String how) {
        assertThat(told(tool, "restart nova-compute, if guests were started since"))
                .contains("# restart it by: ", how);
    }

    @Test
    void whereQemuIsInAnImageNobodyIsSentToInstallItOnTheHost() {
        String remedy = "install QEMU's modules:\napt install qemu-system-gui";
        assertThat(told(DeploymentTool.KOLLA_ANSIBLE, remedy)).contains("QEMU is in the image nova-libvirt");
        assertThat(told(DeploymentTool.OPENSTACK_HELM, remedy)).contains("image of the libvirt chart");
        assertThat(told(DeploymentTool.CHARM, remedy)).isEqualTo(remedy);
    }

    @Test
    void whereLibvirtIsInAContainerNobodyIsSentToStartOneOnTheHostBesideIt() {
        String remedy = "is libvirtd running? systemctl start libvirtd";
        assertThat(told(DeploymentTool.KOLLA_ANSIBLE, remedy))
                .contains("none is to be started on the host: docker start nova_libvirt");
        assertThat(told(
                        DeploymentTool.SUNBEAM,
                        "does libvirtd hang? systemctl restart libvirtd leaves the guests running"))
                .contains("snap restart openstack-hypervisor.libvirtd");
        assertThat(told(DeploymentTool.CHARM, remedy)).isEqualTo(remedy);
    }

    @Test
    void aChartIsUpgradedInItsVersionAndWithAllItsValues() {
        assertThat(told(DeploymentTool.OPENSTACK_HELM, "in nova.conf of nova-compute:\n[DEFAULT]\nx = y"))
                .contains("-n openstack --version VERSION --values ALL-OF-YOURS");
    }

    @Test
    void theCharmsFlagsAreSaidToReachTheDefaultSectionOnly() {
        assertThat(told(DeploymentTool.CHARM, "in nova.conf of nova-compute:\n[compute]\ncpu_shared_set = 0-3"))
                .contains("cpu-shared-set", "config-flags reaches [DEFAULT] only");
    }

    @Test
    void whatIsNotInNovaConfAndAHostWithoutSuchAToolAreLeftAsTheyAre() throws Exception {
        assertThat(DeploymentTool.of(new HostFacts(root))).isEmpty();
        CheckResult ours =
                CheckResult.warning("wrong", "set it in [gpu_binder]").get(0);
        assertThat(DeploymentTool.KOLLA_ANSIBLE.inItsWords(ours)).isEqualTo(ours);
        CheckResult fine = CheckResult.ok("as nova.conf says").get(0);
        assertThat(DeploymentTool.KOLLA_ANSIBLE.inItsWords(fine)).isEqualTo(fine);
    }
}
