package org.novagpubinder.config;

import static org.novagpubinder.config.oslo.OptionTypes.bool;
import static org.novagpubinder.config.oslo.OptionTypes.choice;
import static org.novagpubinder.config.oslo.OptionTypes.decimal;
import static org.novagpubinder.config.oslo.OptionTypes.list;
import static org.novagpubinder.config.oslo.OptionTypes.path;
import static org.novagpubinder.config.oslo.OptionTypes.text;
import static org.novagpubinder.config.oslo.OptionTypes.whole;

import java.nio.file.Path;
import java.util.List;
import org.novagpubinder.config.oslo.BadValue;
import org.novagpubinder.config.oslo.Option;
import org.novagpubinder.config.oslo.OptionType;
import org.novagpubinder.host.topology.IdSet;

/** The options of Nova and of the libraries in it that matter here, with their defaults there. */
final class NovaOptions {
    private static final String DEFAULT = "DEFAULT";
    private static final String NOTIFIER = "oslo_messaging_notifications";
    private static final String RABBIT = "oslo_messaging_rabbit";

    /**
     * nova/conf/netconf.py; the default is the kernel's host name, as socket.gethostname() has it. A dot at its end is no part
     * of it (oslo_config/types.py:Hostname).
     */
    static final Option<String> HOST = Option.of(
            DEFAULT,
            "host",
            new OptionType<>(hostName().allowed(), text -> hostName().read(text.replaceFirst("(?<=.)\\.$", ""))),
            null,
            "nova-compute's host");

    /** oslo_messaging/transport.py. */
    static final Option<TransportUrl> TRANSPORT_URL = Option.of(
                    DEFAULT, "transport_url", TransportUrl.TYPE, null, "Nova's broker")
            .asSecret();

    /** oslo_messaging/transport.py; the default is Nova's own (nova/config.py:set_lib_defaults). */
    static final Option<String> CONTROL_EXCHANGE =
            Option.of(DEFAULT, "control_exchange", text(), "nova", "Nova's exchange");

    /** oslo_messaging/notify/notifier.py; without it notifications go to {@link #TRANSPORT_URL}. */
    static final Option<TransportUrl> NOTIFICATION_TRANSPORT_URL = Option.of(
                    NOTIFIER, "transport_url", TransportUrl.TYPE, null, "the broker of notifications")
            .formerly(DEFAULT, "notification_transport_url")
            .asSecret();

    /** oslo_messaging/notify/notifier.py; may be given several times. */
    static final Option<String> NOTIFICATION_DRIVER = Option.of(
                    NOTIFIER, "driver", text(), null, "how notifications are sent; none if not set")
            .formerly(DEFAULT, "notification_driver");

    /** oslo_messaging/notify/notifier.py: topics of unversioned notifications. */
    static final Option<List<String>> NOTIFICATION_TOPICS = Option.of(
                    NOTIFIER, "topics", list(text()), "notifications", "topics of unversioned notifications")
            .formerly("rpc_notifier2", "topics")
            .formerly(DEFAULT, "notification_topics");

    /** oslo_messaging/notify/notifier.py. */
    static final Option<Integer> NOTIFICATION_RETRY = Option.of(
            NOTIFIER,
            "retry",
            whole(-1, Integer.MAX_VALUE, " of attempts"),
            "-1",
            "how often a notification is tried again; -1: for ever");

    /** nova/conf/notifications.py. */
    static final Option<String> NOTIFICATION_FORMAT = Option.of(
                    "notifications",
                    "notification_format",
                    choice("both", "versioned", "unversioned"),
                    "unversioned",
                    "which notifications are sent")
            .formerly(DEFAULT, "notification_format");

    /** nova/conf/notifications.py. */
    static final Option<List<String>> VERSIONED_TOPICS = Option.of(
            "notifications",
            "versioned_notifications_topics",
            list(text()),
            "versioned_notifications",
            "topics of versioned notifications");

    /** oslo_messaging/_drivers/impl_rabbit.py, as all that follow with its section. */
    static final Option<Boolean> SSL =
            Option.of(RABBIT, "ssl", bool(), "false", "TLS to the broker").formerly(RABBIT, "rabbit_use_ssl");

    static final Option<String> SSL_VERSION =
            Option.of(RABBIT, "ssl_version", text(), null, "TLS version").formerly(RABBIT, "kombu_ssl_version");

    static final Option<Path> SSL_CA_FILE = Option.of(RABBIT, "ssl_ca_file", path(), null, "trusted certificates")
            .formerly(RABBIT, "kombu_ssl_ca_certs");

    static final Option<Path> SSL_CERT_FILE =
            Option.of(RABBIT, "ssl_cert_file", path(), null, "our certificate").formerly(RABBIT, "kombu_ssl_certfile");

    static final Option<Path> SSL_KEY_FILE =
            Option.of(RABBIT, "ssl_key_file", path(), null, "its key").formerly(RABBIT, "kombu_ssl_keyfile");

    /** Since oslo.messaging 18.1; before, no name was ever verified. */
    static final Option<Boolean> SSL_ENFORCE_HOSTNAME = Option.of(
            RABBIT, "ssl_enforce_hostname_verification", bool(), "true", "whether the broker's name is verified");

    static final Option<String> LOGIN_METHOD = Option.of(
            RABBIT,
            "rabbit_login_method",
            choice("PLAIN", "AMQPLAIN", "EXTERNAL", "RABBIT-CR-DEMO"),
            "AMQPLAIN",
            "how one logs in at the broker");

    /** How bodies are compressed; the first bytes of a body tell it, this is only for {@code check}. */
    static final Option<String> COMPRESSION =
            Option.of(RABBIT, "kombu_compression", text(), "", "how messages are compressed");

    static final Option<Boolean> DURABLE_QUEUES = Option.of(
                    RABBIT, "amqp_durable_queues", bool(), "false", "whether queues are durable")
            .formerly(RABBIT, "rabbit_durable_queues")
            .formerly(DEFAULT, "amqp_durable_queues");

    static final Option<Boolean> QUORUM_QUEUES =
            Option.of(RABBIT, "rabbit_quorum_queue", bool(), "false", "whether queues are quorum queues");

    static final Option<Integer> HEARTBEAT = Option.of(
            RABBIT,
            "heartbeat_timeout_threshold",
            whole(-1, 65_535, " of seconds"),
            "60",
            "after how long without a heartbeat the broker is taken for dead; 0 and -1: no heartbeats");

    /** nova/conf/compute.py, as all that follow but libvirt's. */
    static final Option<IdSet> VCPU_PIN_SET =
            Option.of(DEFAULT, "vcpu_pin_set", CpuSpec.TYPE, null, "CPUs of all guests (deprecated)");

    static final Option<IdSet> CPU_SHARED_SET =
            Option.of("compute", "cpu_shared_set", CpuSpec.TYPE, null, "CPUs of guests that are not pinned");

    static final Option<IdSet> CPU_DEDICATED_SET =
            Option.of("compute", "cpu_dedicated_set", CpuSpec.TYPE, null, "CPUs of pinned guests");

    static final Option<Double> CPU_ALLOCATION_RATIO =
            Option.of(DEFAULT, "cpu_allocation_ratio", decimal(0), null, "vCPUs a CPU; 0 means not set");

    static final Option<Double> INITIAL_CPU_ALLOCATION_RATIO = Option.of(
            DEFAULT, "initial_cpu_allocation_ratio", decimal(0), null, "vCPUs a CPU of a host that is new to Nova");

    /** nova/conf/libvirt.py. */
    static final Option<String> CONNECTION_URI =
            Option.of("libvirt", "connection_uri", text(), null, "libvirt's URI; by virt_type if not set");

    /** nova/conf/libvirt.py. */
    static final Option<String> VIRT_TYPE = Option.of(
            "libvirt", "virt_type", choice("kvm", "lxc", "qemu", "parallels"), "kvm", "kind of virtualization");

    /** nova/conf/pci.py; may be given several times. */
    static final Option<String> PCI_DEVICES = Option.of("pci", "device_spec", text(), null, "PCI devices for guests")
            .formerly("pci", "passthrough_whitelist")
            .formerly(DEFAULT, "pci_passthrough_whitelist");

    /** nova/conf/compute.py. */
    static final Option<Integer> SYNC_POWER_STATE = Option.of(
            DEFAULT,
            "sync_power_state_interval",
            whole(-1, Integer.MAX_VALUE, " of seconds"),
            "600",
            "how often Nova compares what runs with what should; -1: never");

    /** oslo_config/cfg.py: drivers that fetch options from elsewhere, such as a vault; of these nothing is read. */
    static final Option<List<String>> CONFIG_SOURCE =
            Option.of(DEFAULT, "config_source", list(text()), "", "other sources of options");

    static final List<Option<?>> ALL = List.of(
            HOST,
            CONFIG_SOURCE,
            TRANSPORT_URL,
            CONTROL_EXCHANGE,
            NOTIFICATION_TRANSPORT_URL,
            NOTIFICATION_DRIVER,
            NOTIFICATION_TOPICS,
            NOTIFICATION_RETRY,
            NOTIFICATION_FORMAT,
            VERSIONED_TOPICS,
            SSL,
            SSL_VERSION,
            SSL_CA_FILE,
            SSL_CERT_FILE,
            SSL_KEY_FILE,
            SSL_ENFORCE_HOSTNAME,
            LOGIN_METHOD,
            COMPRESSION,
            DURABLE_QUEUES,
            QUORUM_QUEUES,
            HEARTBEAT,
            VCPU_PIN_SET,
            CPU_SHARED_SET,
            CPU_DEDICATED_SET,
            CPU_ALLOCATION_RATIO,
            INITIAL_CPU_ALLOCATION_RATIO,
            CONNECTION_URI,
            VIRT_TYPE,
            PCI_DEVICES,
            SYNC_POWER_STATE);

    private NovaOptions() {}

    /** It becomes part of a queue's name, which AMQP bounds to 255 bytes. */
    static OptionType<String> hostName() {
        return new OptionType<>("a host name of up to 200 characters without white space", text -> {
            if (text.isEmpty() || text.length() > 200) {
                throw new BadValue(text.isEmpty() ? "is empty" : "is too long");
            }
            if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new BadValue("has a character that no host name has");
            }
            return text;
        });
    }
}
