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
        "etc/kolla/nova-compute, KOLLA_ANSIBLE, /etc/kolla/config/nova.conf",
        "var/lib/openstack/nova, EDPM, OpenStackDataPlaneService",
        "var/lib/openstack-helm/compute/nova, OPENSTACK_HELM, conf.nova",
        "openstack/venvs/nova-31.0.1, OPENSTACK_ANSIBLE, nova_nova_conf_overrides",
        "var/lib/juju/agents/unit-nova-compute-0, CHARM, juju config",
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
