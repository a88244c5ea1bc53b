package org.novagpubinder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.Secret;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.testing.LogLines;

/** What follows from nova.conf by Nova's own rules. */
class NovaConfTest {
    @TempDir
    Path directory;

    private final LogLines log = LogLines.of(ConfigLoader.class.getName());

    @AfterEach
    void stop() {
        log.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            nullValues = "all",
            value = {
                "''                                                       > all",
                "[compute]|cpu_shared_set=1-3                             > 1-3",
                "vcpu_pin_set=4|[compute]|cpu_shared_set=1-3              > 4",
                "vcpu_pin_set=|[compute]|cpu_shared_set=1-3               > 1-3",
                "[compute]|cpu_dedicated_set=2|cpu_shared_set=1           > 1",
                "[compute]|cpu_dedicated_set=2                            > ''",
                "foo=|vcpu_pin_set=$foo|[compute]|cpu_shared_set=${foo}   > all",
            })
    void theCpusAreThoseOfNovasUnpinnedGuests(String lines, String cpus) throws Exception {
        IdSet read = load("[DEFAULT]\n" + lines.replace('|', '\n')).cpus();
        assertThat(read == null ? null : read.toString()).isEqualTo(cpus);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "[compute]|cpu_shared_set=0-9|cpu_dedicated_set=8-15 > has the CPUs 8-9 of cpu_shared_set too",
                "vcpu_pin_set=0-3|[compute]|cpu_dedicated_set=8-15   > stands beside [DEFAULT] vcpu_pin_set",
            })
    void cpuSetsWithWhichNovaComputeDoesNotStartAreTold(String lines, String conflict) throws Exception {
        load("[DEFAULT]\n" + lines.replace('|', '\n'));
        assertThat(log.lines()).singleElement().asString().contains("cpu_dedicated_set: " + conflict);
        log.clear();
        load("[compute]\ncpu_shared_set = 0-7\ncpu_dedicated_set = 8-15\n");
        assertThat(log.lines()).isEmpty();
    }

    /** A vault may have the transport_url. */
    @Test
    void otherSourcesOfOptionsAreToldNotToBeRead() throws Exception {
        load("[DEFAULT]\nconfig_source = vault, more\n[vault]\ndriver = castellan\n");
        assertThat(log.lines()).singleElement().asString().contains("config_source: what vault, more have is not read");
        log.clear();
        load("[DEFAULT]\nconfig_source =\n");
        assertThat(log.lines()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "cpu_allocation_ratio = 4.0, 4.0",
        "cpu_allocation_ratio = 0, 4.0",
        "initial_cpu_allocation_ratio = 1e0, 1.0",
        "cpu_allocation_ratio =, 4.0",
    })
    void theRatioIsNovas(String line, double ratio) throws Exception {
        assertThat(load("[DEFAULT]\n" + line).cpuAllocationRatio()).isEqualTo(ratio);
    }

    @ParameterizedTest
    @CsvSource({
        "virt_type = kvm, qemu:///system",
        "virt_type = lxc, lxc:///",
        "virt_type = parallels, parallels:///system",
        "connection_uri =, qemu:///system",
        "connection_uri = test:///default, test:///default",
    })
    void theUriIsNovas(String line, String uri) throws Exception {
        assertThat(load("[libvirt]\n" + line).connectionUri()).isEqualTo(uri);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "gpu-binder-cmp, gpu-binder-cmp",
                "gpubinder-cmp, gpubinder-cmp",
                "nova_gpu_binder.cmp, nova_gpu_binder.cmp",
                "masakari-cmp, none",
                "gpu-binder-other, none",
                "gpu-binder-xcmp, none",
                "cmp, none",
            })
    void onlyATopicThatIsOursAloneIsTheHostTopic(String topic, String hostTopic) throws Exception {
        BrokerConfig broker = load("[DEFAULT]\nhost = cmp\n[notifications]\nnotification_format = both\n"
                        + "versioned_notifications_topics = versioned_notifications, " + topic)
                .broker();
        assertThat(broker.hostTopic()).isEqualTo(hostTopic);
        assertThat(broker.topics().contains(topic)).isEqualTo(hostTopic == null);
    }

    @ParameterizedTest
    @CsvSource({"gpu-1.example.com., gpu-1.example.com", "gpu-1., gpu-1", "gpu_1, gpu_1"})
    void aHostIsCalledAsNovaCallsItInItsMessages(String host, String called) throws Exception {
        assertThat(load("[DEFAULT]\nhost = " + host).host()).isEqualTo(called);
    }

    @Test
    void aHostTopicThatIsTheOnlyTopicStaysOne() throws Exception {
        BrokerConfig broker = load("[DEFAULT]\nhost = cmp\n[notifications]\nnotification_format = versioned\n"
                        + "versioned_notifications_topics = gpu-binder-cmp")
                .broker();
        assertThat(broker.hostTopic()).isEqualTo("gpu-binder-cmp");
        assertThat(broker.topics()).containsExactly("gpu-binder-cmp", "notifications");
    }

    /** It is Nova's default, with which it publishes nothing to any versioned topic. */
    @ParameterizedTest
    @ValueSource(strings = {"", "notification_format = unversioned\n"})
    void theHostTopicIsNotReliedOnInTheUnversionedFormat(String format) throws Exception {
        BinderConfig config = load("[DEFAULT]\nhost = cmp\n[notifications]\n" + format
                + "versioned_notifications_topics = versioned_notifications,gpu-binder-cmp");
        assertThat(config.broker().hostTopic()).isNull();
        assertThat(config.broker().topics()).containsExactly("versioned_notifications", "notifications");
        assertThat(log.lines())
                .singleElement()
                .asString()
                .contains("versioned_notifications_topics", "notification_format = both");
    }

    @Test
    void topicsThatAnOperatorNamesCountBeforeTheHostTopic() throws Exception {
        BrokerConfig broker = load("""
                [DEFAULT]
                host = cmp
                [notifications]
                notification_format = both
                versioned_notifications_topics = gpu-binder-cmp
                [gpu_binder]
                topics = mine
                """).broker();
        assertThat(broker.hostTopic()).isNull();
        assertThat(broker.topics()).containsExactly("mine");
    }

    /** As nova-compute's of a test bed is written: no white space, no blank lines, both URLs, much that is not ours. */
    @Test
    void novaComputesOwnFileIsAllThatIsNeeded() throws Exception {
        BinderConfig config = load("""
                [DEFAULT]
                host=cmp-a
                my_ip=127.0.0.1
                transport_url=rabbit://openstack:pass@127.0.0.1:5690/
                enabled_apis=osapi_compute
                use_stderr=true
                [database]
                connection=mysql+pymysql://nova:pa$word@127.0.0.1:3307/nova?charset=utf8
                [libvirt]
                virt_type=qemu
                connection_uri=qemu:///system
                [oslo_messaging_notifications]
                driver=messagingv2
                transport_url=rabbit://openstack:pass@127.0.0.1:5690/
                [notifications]
                notification_format=both
                notify_on_state_change=vm_and_task_state
                versioned_notifications_topics=versioned_notifications,gpubinder-cmp-a
                [compute]
                cpu_dedicated_set=1
                cpu_shared_set=0
                """);
        assertThat(config.host()).isEqualTo("cmp-a");
        assertThat(config.cpus()).isEqualTo(IdSet.of(0));
        assertThat(config.broker().addresses())
                .containsExactly(new BrokerAddress("127.0.0.1", 5690, "openstack", new Secret("pass")));
        assertThat(config.broker().topics()).containsExactly("versioned_notifications", "notifications");
        assertThat(config.broker().hostTopic()).isEqualTo("gpubinder-cmp-a");
        assertThat(config.notifications().sent()).isTrue();
        assertThat(load("").notifications().sent()).isFalse();
    }

    private BinderConfig load(String text) throws Exception {
        return TestConfig.in(directory).load(text);
    }
}
