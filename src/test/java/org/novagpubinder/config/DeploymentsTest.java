package org.novagpubinder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.host.proc.NovaComputeProcess;
import org.novagpubinder.host.proc.PatientReader;

/** Hosts as deployment tools leave them: their files are rendered from the tools' own templates. */
class DeploymentsTest {
    @TempDir
    Path root;

    private Path host;

    @BeforeEach
    void emptyHost() throws Exception {
        host = Files.createDirectory(root.resolve("host"));
    }

    private void has(String tool) throws Exception {
        Path from = Path.of(
                DeploymentsTest.class.getResource("/deployments/" + tool).toURI());
        try (Stream<Path> files = Files.walk(from)) {
            files.filter(Files::isRegularFile)
                    .forEach(f -> copy(f, host.resolve(from.relativize(f).toString())));
        }
    }

    private static void copy(Path from, Path to) {
        try {
            Files.createDirectories(to.getParent());
            Files.copy(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void runs(int pid, String... words) throws Exception {
        Path process = Files.createDirectories(host.resolve("proc/" + pid));
        Files.writeString(process.resolve("cmdline"), String.join("\0", words) + "\0");
    }

    private void onTheHost(int pid) throws Exception {
        Files.createSymbolicLink(host.resolve("proc/" + pid + "/root"), host);
    }

    private ConfigReport report() {
        NovaComputeProcess process = new NovaComputeProcess(host, new PatientReader(Runnable::run));
        NovaPlaces places = NovaPlaces.find(process, Map.of());
        return new ConfigLoader(new ConfigEnvironment(
                        places.all(),
                        List.of(),
                        List.of(),
                        () -> TestConfig.HOSTNAME,
                        UrlCredential.NONE,
                        new NovaRelease(process)::major,
                        null))
                .report(List.of(), List.of());
    }

    private static void assertFound(ConfigReport report, String name, String broker, double ratio) {
        assertThat(report.errors()).isEmpty();
        BinderConfig config = report.config();
        assertThat(config.host()).isEqualTo(name);
        assertThat(config.broker().addresses())
                .extracting(a -> a.host() + ":" + a.port())
                .contains(broker);
        assertThat(config.cpus()).hasToString("4-15,20-31");
        assertThat(config.cpuAllocationRatio()).isEqualTo(ratio);
    }

    @Test
    void kollaAnsible() throws Exception {
        has("kolla");

        assertFound(report(), TestConfig.HOSTNAME, "10.10.0.11:5672", 4.0);
        assertThat(report().config().connectionUri()).isEqualTo("qemu+tcp://10.10.0.21/system");
    }

    @Test
    void kollasContainerCountsBeforeWhatAPackageHasLeftOnTheHost() throws Exception {
        has("kolla");
        Files.createDirectories(host.resolve("etc/nova"));
        Files.writeString(host.resolve("etc/nova/nova.conf"), "[DEFAULT]\n#transport_url = rabbit://\n; a=b\n");
        assertFound(report(), TestConfig.HOSTNAME, "10.10.0.11:5672", 4.0);

        Files.writeString(host.resolve("etc/nova/nova.conf"), "[DEFAULT]\nhost = former\n");
        runs(800, "/var/lib/kolla/venv/bin/python3", "/var/lib/kolla/venv/bin/nova-compute");
        Files.createDirectories(host.resolve("proc/800/root"));
        assertFound(report(), TestConfig.HOSTNAME, "10.10.0.11:5672", 4.0);
    }

    @Test
    void edpm() throws Exception {
        has("edpm");

        assertFound(report(), "edpm-compute-0.ctlplane.example.com", "rabbitmq-notifications.openstack.svc:5671", 4.0);
        assertThat(report().config().broker().tls()).isNotNull();
    }

    /** Its snap names both on the command line; they are found before nova-compute runs too. */
    @Test
    void sunbeam() throws Exception {
        Path nova = Files.createDirectories(host.resolve("var/snap/openstack-hypervisor/common/etc/nova/nova.conf.d"))
                .getParent();
        Files.writeString(
                nova.resolve("nova.conf"),
                "[DEFAULT]\nhost = node-1.maas\ntransport_url = rabbit://u:p@10.20.0.5:5672/openstack\n");
        Files.writeString(nova.resolve("nova.conf.d/90-cpus.conf"), "[compute]\ncpu_shared_set = 4-15,20-31\n");

        assertFound(report(), "node-1.maas", "10.20.0.5:5672", 4.0);
    }

    @Test
    void openStackHelm() throws Exception {
        has("helm");
        runs(
                4711,
                "/var/lib/openstack/bin/python3",
                "/var/lib/openstack/bin/nova-compute",
                "--config-file",
                "/etc/nova/nova.conf",
                "--config-file",
                "/tmp/pod-shared/nova-console.conf",
                "--config-file=/tmp/pod-shared/nova-libvirt.conf",
                "--config-dir",
                "/etc/nova/nova.conf.d");

        assertFound(report(), TestConfig.HOSTNAME, "rabbitmq.openstack.svc.cluster.local:5672", 4.0);
        assertThat(report().config().connectionUri()).isEqualTo("qemu+unix:///system?socket=/run/libvirt/libvirt-sock");
    }

    @Test
    void openStackAnsible() throws Exception {
        has("osa");
        runs(900, "/openstack/venvs/nova-31.0.1/bin/python", "/openstack/venvs/nova-31.0.1/bin/nova-compute");
        onTheHost(900);

        assertFound(report(), TestConfig.HOSTNAME, "172.29.236.11:5671", 2.0);
        assertThat(report().config().broker().tls()).isNotNull();
    }

    /** DevStack's nova-compute reads nova-cpu.conf, beside a nova.conf that is another service's. */
    @Test
    void whatTheCommandLineOfTheOneOnTheHostNamesIsReadInstead() throws Exception {
        Files.createDirectories(host.resolve("etc/nova"));
        Files.writeString(host.resolve("etc/nova/nova.conf"), "[DEFAULT]\nhost = api\n");
        Files.writeString(host.resolve("etc/nova/nova-cpu.conf"), "[DEFAULT]\nhost = devstack\n");
        runs(
                77,
                "/opt/stack/data/venv/bin/python3",
                "/opt/stack/data/venv/bin/nova-compute",
                "--config-file",
                "/etc/nova/nova-cpu.conf");
        onTheHost(77);

        assertThat(report().config().host()).isEqualTo("devstack");
    }

    /** Debian's unit names both files; oslo.config reads the directories that nobody names before them. */
    @Test
    void theFilesOfACommandLineCountBeforeDirectoriesThatItDoesNotName() throws Exception {
        Files.createDirectories(host.resolve("etc/nova/nova.conf.d"));
        Files.writeString(host.resolve("etc/nova/nova.conf"), "[DEFAULT]\nhost = file\n");
        Files.writeString(
                host.resolve("etc/nova/nova.conf.d/10.conf"),
                "[DEFAULT]\nhost = directory\n[compute]\ncpu_shared_set = 4-7\n");
        runs(77, "/usr/bin/python3", "/usr/bin/nova-compute", "--config-file=/etc/nova/nova.conf");
        onTheHost(77);

        assertThat(report().config().host()).isEqualTo("file");
        assertThat(report().config().cpus()).hasToString("4-7");
    }

    @Test
    void whatItsEnvironmentSetsCountsBeforeItsFiles() throws Exception {
        Files.createDirectories(host.resolve("etc/nova"));
        Files.writeString(
                host.resolve("etc/nova/nova.conf"), "[DEFAULT]\nhost = file\nmy_ip = 10.0.0.9\ncontrol_exchange = x\n");
        runs(77, "/usr/bin/python3", "/usr/bin/nova-compute");
        onTheHost(77);
        Files.writeString(
                host.resolve("proc/77/environ"),
                "LANG=C\0OS_DEFAULT__HOST=cmp-$my_ip\0OS_COMPUTE__CPU_SHARED_SET=4-7\0OS_AUTH_URL=http://x\0");

        assertThat(report().errors()).isEmpty();
        assertThat(report().config().host()).isEqualTo("cmp-10.0.0.9");
        assertThat(report().config().cpus()).hasToString("4-7");
        assertThat(report().config().broker().exchange()).isEqualTo("x");
    }

    @Test
    void aCommandLineIsReadInItsOrder() throws Exception {
        Files.createDirectories(host.resolve("etc/nova/d"));
        Files.writeString(host.resolve("etc/nova/nova.conf"), "[DEFAULT]\nhost = file\n");
        Files.writeString(host.resolve("etc/nova/d/10.conf"), "[DEFAULT]\nhost = directory\n");
        runs(77, "/usr/bin/nova-compute", "--config-dir=/etc/nova/d", "--config-file", "/etc/nova/nova.conf");
        onTheHost(77);

        assertThat(report().config().host()).isEqualTo("file");
    }

    @Test
    void withoutNovaNothingIsFoundAndNothingIsWrong() {
        assertThat(report().looked()).isEmpty();
        assertThat(report().config().broker().addresses()).isEmpty();
    }
}
