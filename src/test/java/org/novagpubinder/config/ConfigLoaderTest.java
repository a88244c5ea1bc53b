package org.novagpubinder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.BindingConfig;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.BinderConfig.FlavorRule;
import org.novagpubinder.config.settings.BinderConfig.OperatorConfig;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.config.settings.BinderConfig.TlsConfig;
import org.novagpubinder.config.settings.ListenAddress;
import org.novagpubinder.config.settings.NovaNotifications;
import org.novagpubinder.config.settings.Secret;
import org.novagpubinder.host.common.Glob;
import org.novagpubinder.host.sysfs.GpuNodeOverride;
import org.novagpubinder.host.topology.DeviceSpecs;
import org.novagpubinder.host.topology.IdSet;

class ConfigLoaderTest {
    private static final OperatorConfig OPERATOR =
            new OperatorConfig(new ListenAddress("127.0.0.1", ListenAddress.DEFAULT_PORT), false, null);

    @TempDir
    Path directory;

    @Test
    void defaults() throws Exception {
        assertThat(load(""))
                .isEqualTo(new BinderConfig(
                        "kernel-name",
                        "qemu:///system",
                        null,
                        4.0,
                        DeviceSpecs.NONE,
                        new BrokerConfig(
                                List.of(),
                                "/",
                                null,
                                Duration.ofSeconds(60),
                                "nova",
                                List.of("versioned_notifications", "notifications"),
                                null,
                                "nova-gpu-binder.kernel-name",
                                Duration.ofDays(1),
                                100_000,
                                100),
                        new BindingConfig(
                                false,
                                "preferred",
                                List.of(),
                                "none",
                                List.of(),
                                Restart.BOOT_WINDOW,
                                true,
                                Duration.ofSeconds(10),
                                1,
                                120,
                                1024 * 1024,
                                512 * 1024,
                                Duration.ofSeconds(300),
                                List.of()),
                        new NovaNotifications(List.of(), "", "unversioned", List.of("unversioned")),
                        List.of(directory.resolve("a.conf")),
                        OPERATOR));
    }

    @Test
    void everythingSetExplicitly() throws Exception {
        String ours = """
                [gpu_binder]
                policy = required
                flavor_policy = gpu.*=required, Test flavor? = off , a=b=report,
                render_node = auto
                flavor_render_node = *=none
                restart = never
                early_define = false
                restart_window = 5
                max_live_move = 0
                reserved_node_memory = 2048
                sweep_interval = 60
                gpu_nodes = 0000:41:*=1, C1:00.0 = 3,10000:01:0?.*=0
                cpu_allocation_ratio = 2.5
                host = cmp-b
                connection_uri = qemu:///embed?root=/x
                transport_url = rabbit://b:q@broker-b:5673/other
                exchange = nova-b
                topics = gpu, gpu2, gpu,
                queue_expires = 3600
                queue_max_length = 500
                prefetch = 7
                """;
        assertThat(load(nova() + ours))
                .isEqualTo(new BinderConfig(
                        "cmp-b",
                        "qemu:///embed?root=/x",
                        IdSet.parse("4-7,9-12"),
                        2.5,
                        DeviceSpecs.NONE,
                        new BrokerConfig(
                                List.of(new BrokerAddress("broker-b", 5673, "b", new Secret("q"))),
                                "other",
                                new TlsConfig(
                                        Path.of("/ca.pem"), Path.of("/cert.pem"), Path.of("/key.pem"), false, false),
                                Duration.ofSeconds(30),
                                "nova-b",
                                List.of("gpu", "gpu2"),
                                null,
                                "nova-gpu-binder.cmp-b",
                                Duration.ofHours(1),
                                500,
                                7),
                        new BindingConfig(
                                false,
                                "required",
                                List.of(
                                        new FlavorRule(new Glob("gpu.*"), "required"),
                                        new FlavorRule(new Glob("Test flavor?"), "off"),
                                        new FlavorRule(new Glob("a=b"), "report")),
                                "auto",
                                List.of(new FlavorRule(new Glob("*"), "none")),
                                Restart.NEVER,
                                false,
                                Duration.ofSeconds(5),
                                1,
                                120,
                                0,
                                2048 * 1024,
                                Duration.ofSeconds(60),
                                List.of(
                                        new GpuNodeOverride("0000:41:*", 1),
                                        new GpuNodeOverride("0000:c1:00.0", 3),
                                        new GpuNodeOverride("10000:01:0?.*", 0))),
                        new NovaNotifications(
                                List.of("log", "messagingv2"), "", "both", List.of("versioned", "unversioned")),
                        List.of(directory.resolve("a.conf")),
                        OPERATOR));
    }

    @Test
    void whatNovaCallsItselfAndItsBrokerIsTakenFromItsOwnFile() throws Exception {
        BinderConfig config = load(nova());
        assertThat(config.host()).isEqualTo("cmp-a");
        assertThat(config.connectionUri()).isEqualTo("qemu+tcp://here/system");
        assertThat(config.cpuAllocationRatio()).isEqualTo(4.0);
        assertThat(config.broker().addresses())
                .containsExactly(new BrokerAddress("notify", 5672, "n", new Secret("@secret")));
        assertThat(config.broker().virtualHost()).isEqualTo("/nova");
        assertThat(config.broker().exchange()).isEqualTo("cell1");
        assertThat(config.broker().topics()).containsExactly("versioned_notifications", "old", "older");
        assertThat(config.broker().hostTopic()).isEqualTo("gpu-binder-cmp-a");
        assertThat(config.broker().queue()).isEqualTo("nova-gpu-binder.cmp-a");
    }

    @Test
    void olderNamesStillCountAndNewerOnesWin() throws Exception {
        BrokerConfig old = load("""
                [DEFAULT]
                notification_transport_url = rabbit://u:p@old
                notification_topics = one,two
                [oslo_messaging_rabbit]
                rabbit_use_ssl = on
                kombu_ssl_ca_certs = /ca
                kombu_ssl_certfile = /cert
                kombu_ssl_keyfile = /key
                """).broker();
        assertThat(old.addresses()).extracting(BrokerAddress::host).containsExactly("old");
        assertThat(old.topics()).containsExactly("versioned_notifications", "one", "two");
        assertThat(old.tls()).isEqualTo(new TlsConfig(Path.of("/ca"), Path.of("/cert"), Path.of("/key"), false, false));
        BinderConfig both = TestConfig.in(directory)
                .with("a.conf", "[oslo_messaging_rabbit]\nssl = no\nrabbit_use_ssl = yes\n")
                .load();
        assertThat(both.broker().tls()).isNull();
        BinderConfig later = TestConfig.in(directory)
                .with("a.conf", "[oslo_messaging_rabbit]\nssl = no\n")
                .with("b.conf", "[oslo_messaging_rabbit]\nrabbit_use_ssl = yes\n")
                .load();
        assertThat(later.broker().tls()).isNotNull();
    }

    @Test
    void theQueryOfTheUrlOverridesTheRabbitSection() throws Exception {
        BrokerConfig broker = load("""
                [DEFAULT]
                transport_url = rabbit://h/?ssl=1&ssl_ca_file=/other&heartbeat_timeout_threshold=5&unknown=x
                [oslo_messaging_rabbit]
                ssl = no
                ssl_ca_file = /ca
                ssl_cert_file = /cert
                """).broker();
        assertThat(broker.tls()).isEqualTo(new TlsConfig(Path.of("/other"), Path.of("/cert"), null, false, false));
        assertThat(broker.heartbeat()).isEqualTo(Duration.ofSeconds(5));
    }

    private BinderConfig load(String text) throws Exception {
        return TestConfig.in(directory).load(text);
    }

    private static String nova() {
        return """
                [DEFAULT]
                host = cmp-a
                transport_url = rabbit://u:p@rpc//
                control_exchange = cell1
                cpu_allocation_ratio = 4
                [oslo_messaging_notifications]
                driver = log
                driver = messagingv2
                transport_url = rabbit://n:%40secret@notify/%2Fnova
                topics = old,older
                [notifications]
                notification_format = both
                versioned_notifications_topics = versioned_notifications,gpu-binder-${host}
                [oslo_messaging_rabbit]
                ssl = True
                ssl_ca_file = /ca.pem
                ssl_cert_file = /cert.pem
                ssl_key_file = /key.pem
                heartbeat_timeout_threshold = 30
                [compute]
                cpu_shared_set = "4-12,^8"
                [libvirt]
                virt_type = kvm
                connection_uri = qemu+tcp://here/system
                [gpu_binder]
                """;
    }

    @Test
    void heartbeatsThatNovaHasSwitchedOffByALowerNumberAreOff() throws Exception {
        assertThat(load("[oslo_messaging_rabbit]\nheartbeat_timeout_threshold = -1\n")
                        .broker()
                        .heartbeat())
                .isZero();
    }

    @Test
    void compressionMayBeSetInTheQueryOfTheUrl() throws Exception {
        String url = "[DEFAULT]\ntransport_url = rabbit://h/?kombu_compression=zstd\n";
        assertThat(load(url).notifications().compression()).isEqualTo("zstd");
        String option = "[oslo_messaging_rabbit]\nkombu_compression = gzip\n";
        assertThat(load(option).notifications().compression()).isEqualTo("gzip");
        assertThat(load(url + option).notifications().compression()).isEqualTo("zstd");
    }

    @Test
    void metricsAreServedOnLoopbackUnlessSaidOtherwise() throws Exception {
        assertThat(load("").operator()).isEqualTo(OPERATOR);
        assertThat(load("").operator().metricsListen()).hasToString("127.0.0.1:10179");
        assertThat(load("[gpu_binder]\nmetrics_listen = [fe80::1%eth0]:9999\n")
                        .operator()
                        .metricsListen())
                .isEqualTo(new ListenAddress("fe80::1%eth0", 9999))
                .hasToString("[fe80::1%eth0]:9999");
        assertThat(load("[gpu_binder]\nmetrics_listen = off\ndebug = True\n").operator())
                .isEqualTo(new OperatorConfig(null, true, null));
    }

    @Test
    void theRuntimeDirectoryIsSystemdsUnlessSaidOtherwise() throws Exception {
        assertThat(load("").operator().runtimeDirectory()).isNull();
        assertThat(load("[gpu_binder]\nruntime_directory = /run/two\n")
                        .operator()
                        .runtimeDirectory())
                .isEqualTo(java.nio.file.Path.of("/run/two"));
        assertThat(ConfigEnvironment.runtimeDirectory(java.util.Map.of("RUNTIME_DIRECTORY", "/run/a:/run/b")))
                .isEqualTo(java.nio.file.Path.of("/run/a"));
        assertThat(ConfigEnvironment.runtimeDirectory(java.util.Map.of())).isNull();
    }

    @Test
    void aCertificateMayBeTheLoginAndAnyNameOfTheBrokersMayDoAsInNova() throws Exception {
        String tls = "[oslo_messaging_rabbit]\nssl = true\nssl_ca_file = /ca\nssl_cert_file = /cert\n";
        assertThat(TestConfig.in(directory)
                        .load(tls + "rabbit_login_method = EXTERNAL\nssl_enforce_hostname_verification = False\n")
                        .broker()
                        .tls())
                .isEqualTo(new TlsConfig(Path.of("/ca"), Path.of("/cert"), null, true, true));
        assertThat(TestConfig.in(directory)
                        .load(tls + "rabbit_login_method = PLAIN\n")
                        .broker()
                        .tls())
                .isEqualTo(new TlsConfig(Path.of("/ca"), Path.of("/cert"), null, false, false));
        assertThat(TestConfig.in(directory)
                        .errors("[oslo_messaging_rabbit]\nssl = true\nrabbit_login_method = EXTERNAL\n"))
                .singleElement()
                .asString()
                .contains("logs in by a certificate", "ssl_cert_file");
    }

    @Test
    void onlyATlsThatJavaHasNotIsToldToBeUnused() throws Exception {
        String version = "[oslo_messaging_rabbit]\nssl = true\nssl_version = ";
        Path file = directory.resolve("a.conf");
        for (String fine : List.of("SSLv23", "TLSv1_2")) {
            Files.writeString(file, version + fine + "\n");
            assertThat(TestConfig.loader().report(List.of(file), List.of()).warnings())
                    .as(fine)
                    .isEmpty();
        }
        Files.writeString(file, version + "TLSv1\n");
        assertThat(TestConfig.loader().report(List.of(file), List.of()).warnings())
                .singleElement()
                .asString()
                .contains("no TLS before 1.2");
    }
}
