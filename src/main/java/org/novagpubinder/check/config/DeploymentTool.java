package org.novagpubinder.check.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.host.sysfs.HostFacts;

/**
 * Who has made nova.conf of a host: at its next run it overwrites what was edited in the file itself. It also decides how
 * nova-compute is restarted, where rabbitmqctl is, and whether QEMU and libvirt are the host's.
 */
public enum DeploymentTool {
    KOLLA_ANSIBLE(
            "Kolla-Ansible",
            "etc/kolla/nova-compute",
            "edit /etc/kolla/config/nova/nova-compute.conf (or config/nova/HOST/nova.conf) on the deployment host, then:"
                    + "\nkolla-ansible reconfigure -i INVENTORY --tags nova",
            "docker restart nova_compute (or podman)",
            "rabbitmqctl is in a container (docker exec rabbitmq rabbitmqctl …); lines of rabbitmq.conf go into"
                    + " rabbitmq_extra_config in globals.yml, then:\nkolla-ansible reconfigure -i INVENTORY --tags rabbitmq",
            "QEMU is in the image nova-libvirt, unless enable_nova_libvirt_container is no: what is installed on the host"
                    + " is not used",
            "libvirt is in a container, unless enable_nova_libvirt_container is no, and none is to be started on the host:"
                    + " docker start nova_libvirt (or podman)"),
    EDPM(
            "RHOSO (EDPM)",
            "var/lib/openstack/nova var/lib/openstack/config/nova",
            "put it into a ConfigMap among the dataSources of the nova OpenStackDataPlaneService, under a key with nova in its"
                    + " name (25-nova-extra.conf), then make an OpenStackDataPlaneDeployment",
            "systemctl restart edpm_nova_compute",
            "rabbitmqctl is in a pod (oc exec rabbitmq-server-0 -- rabbitmqctl …), and rabbitmq.conf is made by RabbitMQ's"
                    + " operator: see the OpenStackControlPlane's rabbitmq",
            "",
            ""),
    OPENSTACK_HELM(
            "OpenStack-Helm",
            "var/lib/openstack-helm/compute",
            "set it in conf.nova of the nova chart's values, then (helm list -n openstack has the version; with another Nova"
                    + " is upgraded, and values that are not named are the chart's again):\nhelm upgrade nova"
                    + " openstack-helm/nova -n openstack --version VERSION --values ALL-OF-YOURS",
            "kubectl -n openstack rollout restart daemonset nova-compute-default",
            "rabbitmqctl is in a pod (kubectl -n openstack exec POD -- rabbitmqctl …), and rabbitmq.conf is conf.rabbitmq of"
                    + " the rabbitmq chart's values",
            "QEMU is in the image of the libvirt chart: what is installed on the host is not used",
            "libvirt is in a pod, and none is to be started on the host: kubectl -n openstack get pods -l application=libvirt"),
    TRIPLEO(
            "TripleO",
            "var/lib/config-data/puppet-generated/nova_libvirt",
            "set it in an environment file of the overcloud (ComputeExtraConfig), then deploy it again",
            "systemctl restart tripleo_nova_compute",
            "rabbitmqctl is in a container of the controllers (podman exec), and rabbitmq.conf is made by the deployment",
            "QEMU is in the image nova-libvirt: what is installed on the host is not used",
            "libvirt is in containers, and none is to be started on the host: systemctl restart tripleo_nova_virtqemud"
                    + " (tripleo_nova_libvirt before Wallaby)"),
    OPENSTACK_ANSIBLE(
            "OpenStack-Ansible",
            "openstack/venvs",
            "set it in nova_nova_conf_overrides of /etc/openstack_deploy/user_variables.yml on the deployment host, then:"
                    + "\nopenstack-ansible openstack.osa.nova --tags nova-config",
            "systemctl restart nova-compute",
            "rabbitmqctl is in RabbitMQ's containers, and rabbitmq.conf is made by the role rabbitmq_server",
            "",
            ""),
    SUNBEAM(
            "Sunbeam",
            "var/snap/openstack-hypervisor",
            "put it into a file NAME.conf in /var/snap/openstack-hypervisor/common/etc/nova/nova.conf.d",
            "snap restart openstack-hypervisor.nova-compute",
            "rabbitmqctl is in a pod (juju ssh -m openstack --container rabbitmq rabbitmq/0 rabbitmqctl …); rabbitmq.conf is the"
                    + " charm's",
            "QEMU is in the snap openstack-hypervisor: what is installed on the host is not used",
            "libvirt is in the snap, and none is to be started on the host: snap restart openstack-hypervisor.libvirtd"),
    CHARM(
            "Juju's charm nova-compute",
            "var/lib/juju/agents",
            "set it by the charm's own option (cpu-shared-set, pci-passthrough-whitelist, notification-format …); config-flags"
                    + " reaches [DEFAULT] only, and what neither has cannot be set:\njuju config nova-compute",
            "juju ssh nova-compute/N sudo systemctl restart nova-compute",
            "juju ssh rabbitmq-server/leader sudo rabbitmqctl …; rabbitmq.conf is the charm's",
            "",
            ""),
    DEVSTACK(
            "DevStack",
            "opt/stack/devstack opt/stack/nova",
            "write it below [[post-config|$NOVA_CPU_CONF]] in local.conf, too: the next stack.sh makes the file"
                    + " (/etc/nova/nova-cpu.conf) anew",
            "systemctl restart devstack@n-cpu",
            "",
            "",
            "");

    private static final Pattern LIBVIRT = Pattern.compile("systemctl (re)?start (libvirtd|virtqemud)");

    private final String title;
    /** Directories of the host that it makes, separated by blanks. */
    private final String signs;

    private final String way;
    private final String restart;
    private final String broker;
    private final String qemu;
    private final String libvirt;

    DeploymentTool(String title, String signs, String way, String restart, String broker, String qemu, String libvirt) {
        this.title = title;
        this.signs = signs;
        this.way = way;
        this.restart = restart;
        this.broker = broker;
        this.qemu = qemu;
        this.libvirt = libvirt;
    }

    /** The tool whose files are on that host; empty if none is known to be. */
    public static Optional<DeploymentTool> of(HostFacts host) {
        return Stream.of(values())
                .filter(tool -> Stream.of(tool.signs.split(" ", -1)).anyMatch(host::directory))
                .findFirst();
    }

    String title() {
        return title;
    }

    /** The same result, whose remedy does not send anybody into what the tool overwrites or has put elsewhere. */
    public CheckResult inItsWords(CheckResult result) {
        String remedy = result.remedy();
        if (remedy == null) {
            return result;
        }
        List<String> words = new ArrayList<>();
        if (remedy.contains("nova.conf") && !remedy.contains("/etc/default/")) {
            words.add(title + " makes nova.conf here and overwrites edits of it: " + way);
        }
        if (remedy.contains("restart nova-compute")) {
            words.add("restart it by: " + restart);
        }
        if (!broker.isEmpty() && (remedy.contains("rabbitmqctl") || remedy.contains("rabbitmq.conf"))) {
            words.add(title + ": " + broker);
        }
        if (!qemu.isEmpty() && remedy.contains("install QEMU")) {
            words.add(title + ": " + qemu);
        }
        if (!libvirt.isEmpty() && LIBVIRT.matcher(remedy).find()) {
            words.add(title + ": " + libvirt);
        }
        StringBuilder all = new StringBuilder(remedy);
        words.forEach(w -> all.append("\n# ").append(w.replace("\n", "\n# ")));
        return words.isEmpty() ? result : new CheckResult(result.state(), result.text(), all.toString());
    }
}
