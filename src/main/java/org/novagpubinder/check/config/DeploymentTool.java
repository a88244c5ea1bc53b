package org.novagpubinder.check.config;

import java.util.Optional;
import java.util.stream.Stream;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.host.sysfs.HostFacts;

/** Who has made nova.conf of a host: at its next run it overwrites what was edited in the file itself. */
public enum DeploymentTool {
    KOLLA_ANSIBLE(
            "Kolla-Ansible",
            "etc/kolla/nova-compute",
            "edit /etc/kolla/config/nova.conf (or config/nova/HOST/nova.conf) on the deployment host, then:"
                    + "\nkolla-ansible reconfigure -i INVENTORY --tags nova"),
    EDPM(
            "RHOSO (EDPM)",
            "var/lib/openstack/nova var/lib/openstack/config/nova",
            "put it into a ConfigMap among the dataSources of the nova OpenStackDataPlaneService, under a key with nova in its"
                    + " name (25-nova-extra.conf), then make an OpenStackDataPlaneDeployment"),
    OPENSTACK_HELM(
            "OpenStack-Helm",
            "var/lib/openstack-helm/compute",
            "set it in conf.nova of the nova chart's values, then:\nhelm upgrade nova openstack-helm/nova --values FILE"),
    TRIPLEO(
            "TripleO",
            "var/lib/config-data/puppet-generated/nova_libvirt",
            "set it in an environment file of the overcloud (ComputeExtraConfig), then deploy it again"),
    OPENSTACK_ANSIBLE(
            "OpenStack-Ansible",
            "openstack/venvs",
            "set it in nova_nova_conf_overrides of /etc/openstack_deploy/user_variables.yml on the deployment host, then:"
                    + "\nopenstack-ansible openstack.osa.nova --tags nova-config"),
    CHARM(
            "Juju's charm nova-compute",
            "var/lib/juju/agents",
            "set it by the charm's options or its config-flags:\njuju config nova-compute"),
    DEVSTACK(
            "DevStack",
            "opt/stack/devstack opt/stack/nova",
            "write it below [[post-config|$NOVA_CPU_CONF]] in local.conf, too: the next stack.sh makes the file anew");

    private final String title;
    /** Directories of the host that it makes, separated by blanks. */
    private final String signs;

    private final String way;

    DeploymentTool(String title, String signs, String way) {
        this.title = title;
        this.signs = signs;
        this.way = way;
    }

    /** The tool whose files are on that host; empty if none is known to be. */
    public static Optional<DeploymentTool> of(HostFacts host) {
        return Stream.of(values())
                .filter(tool -> Stream.of(tool.signs.split(" ", -1)).anyMatch(host::directory))
                .findFirst();
    }

    /** What people call it. */
    public String title() {
        return title;
    }

    /** The same result, whose remedy does not send anybody into a file that the tool overwrites. */
    public CheckResult inItsWords(CheckResult result) {
        String remedy = result.remedy();
        return remedy == null || !remedy.contains("nova.conf") || remedy.contains("/etc/default/")
                ? result
                : new CheckResult(
                        result.state(),
                        result.text(),
                        remedy + "\n# " + title + " makes nova.conf here and overwrites edits of it: "
                                + way.replace("\n", "\n# "));
    }
}
