package org.novagpubinder.config;

import static org.novagpubinder.config.oslo.OptionTypes.bool;
import static org.novagpubinder.config.oslo.OptionTypes.choice;
import static org.novagpubinder.config.oslo.OptionTypes.decimal;
import static org.novagpubinder.config.oslo.OptionTypes.directory;
import static org.novagpubinder.config.oslo.OptionTypes.list;
import static org.novagpubinder.config.oslo.OptionTypes.mebibytes;
import static org.novagpubinder.config.oslo.OptionTypes.seconds;
import static org.novagpubinder.config.oslo.OptionTypes.text;
import static org.novagpubinder.config.oslo.OptionTypes.whole;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.oslo.BadValue;
import org.novagpubinder.config.oslo.Option;
import org.novagpubinder.config.oslo.OptionType;
import org.novagpubinder.config.settings.BinderConfig.FlavorRule;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.config.settings.ListenAddress;
import org.novagpubinder.host.sysfs.GpuNodeOverride;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Worded;

/** The binder's own options. The help texts make up etc/nova-gpu-binder/nova-gpu-binder.conf. */
final class GpuBinderOptions {
    static final String SECTION = "gpu_binder";

    /** 64 TiB. */
    private static final int MOST_MIB = 64 * 1024 * 1024;

    private static final String[] POLICIES = {"off", "report", "preferred", "required"};
    private static final String[] RENDER_NODES = {"none", "auto"};

    static final Option<String> POLICY = own(
            "policy",
            choice(POLICIES),
            "preferred",
            "How strictly a guest is bound to the NUMA node of its GPU, unless its flavor says so itself"
                    + " (gpu_binder:policy) or flavor_policy has a rule for it. off: not at all. report: compare and"
                    + " report, change nothing. preferred: the nearest node that has room, softly. required: only the"
                    + " GPU's own node, enforced; a guest that does not fit is refused: it is left as it is, and"
                    + " reported.");

    static final Option<Boolean> OBSERVE_ONLY = own(
            "observe_only",
            bool(),
            "false",
            "Whether the daemon only looks: it then changes no guest, whatever flavors, rules and policy say, and reports"
                    + " each as with policy = report. A new installation begins so (/etc/nova-gpu-binder/observe.conf);"
                    + " `nova-gpu-binder enable` ends it. Three things still happen: a restart that is half-done is"
                    + " finished, a guest that migrates away loses its pins, and `bind` and `release` do what they are"
                    + " told.");

    static final Option<List<FlavorRule>> FLAVOR_POLICY = own(
            "flavor_policy",
            FlavorRules.of(POLICIES),
            "",
            "The policy of flavors by their names, unless a flavor says so itself. The first name that matches counts;"
                    + " upper and lower case differ; spaces within are part of the name; a comma cannot be written, ? stands"
                    + " for it too. Example: gpu.*=required, Test flavor?=off");

    static final Option<String> RENDER_NODE = own(
            "render_node",
            choice(RENDER_NODES),
            "none",
            "Whether a guest that has a video of model virtio and no render node is given one, unless its flavor says so"
                    + " itself (gpu_binder:render_node) or flavor_render_node has a rule for it. auto: that of a GPU on"
                    + " the guest's NUMA node, or of the nearest. Such a guest can neither be suspended nor live"
                    + " migrated, for QEMU cannot save a virtio GPU with 3D. none: it is not given one.");

    static final Option<List<FlavorRule>> FLAVOR_RENDER_NODE = own(
            "flavor_render_node",
            FlavorRules.of(RENDER_NODES),
            "",
            "render_node of flavors by their names, as in flavor_policy. Example: desktop.*=auto");

    static final Option<Restart> RESTART = own(
            "restart",
            choice(Worded.words(Restart.values())),
            "boot-window",
            "Whether the daemon may restart a guest that has just started (stop it and start it again, once), for what can"
                    + " only be set at a start: the render node, and memory that cannot move (mostly of a guest with a"
                    + " PCI GPU). boot-window: within restart_window, and only before it has written anything. never:"
                    + " such changes wait for its next start.");

    static final Option<Boolean> EARLY_DEFINE = own(
            "early_define",
            bool(),
            "true",
            "Whether a guest that Nova is about to start is bound before that: its definition is changed between Nova's"
                    + " define and Nova's start, so that it needs no restart and no move of memory. What could make the"
                    + " start fail is left out.");

    static final Option<Duration> RESTART_WINDOW =
            own("restart_window", seconds(1, 300), "10", "How long after its start a guest may be restarted.");

    static final Option<Integer> RESTARTS_AT_ONCE = own(
            "restarts_at_once",
            whole(1, 16, ""),
            "1",
            "How many guests at most are being restarted at the same time. Each has a connection of its own to libvirt"
                    + " while it is off. The others wait; they are not restarted if restart_window passes meanwhile.");

    static final Option<Integer> RESTARTS_PER_HOUR = own(
            "restarts_per_hour",
            whole(1, 10_000, ""),
            "120",
            "How many restarts there are at most within an hour, of all guests of the host together; of one guest a tenth of"
                    + " that, or one. Beyond it guests are bound as far as that goes while they run; the rest waits for"
                    + " their next start.");

    static final Option<Long> MAX_LIVE_MOVE = own(
            "max_live_move",
            mebibytes(MOST_MIB),
            "1024",
            "Most memory of a running guest that is moved to another node. More than that waits for its next start."
                    + " 0: memory is never moved live.");

    static final Option<Long> RESERVED_NODE_MEMORY = own(
            "reserved_node_memory",
            mebibytes(MOST_MIB),
            "512",
            "Memory of each node that is kept free: a guest fits a node only if so much is left there besides.");

    static final Option<Duration> SWEEP_INTERVAL = own(
            "sweep_interval",
            seconds(10, 86_400),
            "300",
            "How often all domains are compared with what they should be. This finds what no notification told.");

    static final Option<List<GpuNodeOverride>> GPU_NODES = own(
            "gpu_nodes",
            list(new OptionType<>("PCI-ADDRESS=NODE, with * and ? in the address", GpuBinderOptions::gpuNode)),
            "",
            "The NUMA node of GPUs for which the firmware tells none (numa_node -1). The first address that matches"
                    + " counts. Example: 0000:41:*=1, 0000:c1:00.0=3");

    static final Option<Double> CPU_ALLOCATION_RATIO = own(
            "cpu_allocation_ratio",
            decimal(0.1),
            null,
            "vCPUs that a node takes for each of its CPUs. Not set: cpu_allocation_ratio of nova.conf, or"
                    + " initial_cpu_allocation_ratio, which without a value is 16.0 before Nova 27, else 4.0.");

    static final Option<TransportUrl> TRANSPORT_URL = own(
                    "transport_url",
                    TransportUrl.TYPE,
                    null,
                    "The RabbitMQ that notifications come from. Not set: [oslo_messaging_notifications] transport_url of"
                            + " nova.conf, or [DEFAULT] transport_url. Keep a file with a password unreadable for others; a"
                            + " file " + UrlCredential.NAME + " in /etc/credstore (a systemd credential) counts before"
                            + " this.")
            .asSecret();

    static final Option<String> HOST = own(
            "host",
            NovaOptions.hostName(),
            null,
            "What Nova calls this host. Not set: [DEFAULT] host of nova.conf, or the host's name.");

    static final Option<String> CONNECTION_URI = own(
            "connection_uri",
            text(),
            null,
            "The URI of libvirt. Not set: [libvirt] connection_uri of nova.conf, or qemu:///system.");

    static final Option<String> EXCHANGE = own(
            "exchange",
            text(),
            null,
            "The exchange that Nova publishes to. Not set: [DEFAULT] control_exchange of nova.conf, or nova.");

    static final Option<List<String>> TOPICS = own(
            "topics",
            list(topic()),
            "",
            "The topics of notifications, without the priority (.info). Empty: [notifications]"
                    + " versioned_notifications_topics and [oslo_messaging_notifications] topics of nova.conf.");

    static final Option<Duration> QUEUE_EXPIRES = own(
            "queue_expires",
            seconds(60, 2_592_000),
            "86400",
            "How long the broker keeps the daemon's queue while nobody reads it.");

    static final Option<Integer> QUEUE_MAX_LENGTH = own(
            "queue_max_length",
            whole(100, 10_000_000, " of messages"),
            "100000",
            "Most messages in the daemon's queue; beyond that the oldest are dropped.");

    static final Option<Integer> PREFETCH = own(
            "prefetch",
            whole(1, 10_000, " of messages"),
            "100",
            "Most messages that the broker sends ahead of their acknowledgement.");

    static final Option<Optional<ListenAddress>> METRICS_LISTEN = own(
            "metrics_listen",
            ListenAddress.TYPE,
            "127.0.0.1:" + ListenAddress.DEFAULT_PORT,
            "Where the daemon serves Prometheus metrics (/metrics), its health (/health) and a page about this host (/),"
                    + " by HTTP. There is neither encryption nor a password, and the page names guests: use another"
                    + " address than a loopback one only in a network of operators. off: nowhere.");

    static final Option<Path> RUNTIME_DIRECTORY = own(
            "runtime_directory",
            directory(),
            null,
            "Where the daemon keeps what it remembers until the host boots: restarts that have failed (restarts.json) or are"
                    + " under way, what guests have started with, messages in hand. It has to be on a local tmpfs and closed"
                    + " to other users. Not set: the one that systemd has made for the daemon, or /run/nova-gpu-binder."
                    + " Daemons that are to know nothing of each other need one each.");

    static final Option<Boolean> DEBUG = own(
            "debug", bool(), "false", "Whether the log also tells what is done when nothing is wrong (level DEBUG).");

    /** All of them, in the order of the sample configuration. */
    static final List<Option<?>> ALL = List.of(
            OBSERVE_ONLY,
            POLICY,
            FLAVOR_POLICY,
            RENDER_NODE,
            FLAVOR_RENDER_NODE,
            RESTART,
            EARLY_DEFINE,
            RESTART_WINDOW,
            RESTARTS_AT_ONCE,
            RESTARTS_PER_HOUR,
            MAX_LIVE_MOVE,
            RESERVED_NODE_MEMORY,
            SWEEP_INTERVAL,
            GPU_NODES,
            CPU_ALLOCATION_RATIO,
            HOST,
            CONNECTION_URI,
            TRANSPORT_URL,
            EXCHANGE,
            TOPICS,
            QUEUE_EXPIRES,
            QUEUE_MAX_LENGTH,
            PREFETCH,
            METRICS_LISTEN,
            RUNTIME_DIRECTORY,
            DEBUG);

    private static final Pattern GPU_NODE = Pattern.compile("([0-9A-Fa-f:.*?]+)\\s*=\\s*([0-9]{1,5})");

    private GpuBinderOptions() {}

    private static <T> Option<T> own(String name, OptionType<T> type, @Nullable String defaultText, String help) {
        return Option.of(SECTION, name, type, defaultText, help);
    }

    private static GpuNodeOverride gpuNode(String text) throws BadValue {
        Matcher m = GPU_NODE.matcher(text);
        if (!m.matches()) {
            throw new BadValue("is not of this form");
        }
        int node = Integer.parseInt(m.group(2));
        if (node > IdSet.MAX_ID) {
            throw new BadValue("has a node above " + IdSet.MAX_ID);
        }
        String glob = m.group(1).toLowerCase(Locale.ROOT);
        // as in lspci, an address without a PCI domain is one of domain 0
        return new GpuNodeOverride(glob.matches("[^:*]{1,2}:[^:]*") ? "0000:" + glob : glob, node);
    }

    private static OptionType<String> topic() {
        return new OptionType<>("names such as versioned_notifications, without * and #", text -> {
            if (!text.matches("[\\x21-\\x7e&&[^*#]]{1,200}")) {
                throw new BadValue(text.isEmpty() ? "is empty" : "is no topic");
            }
            return text;
        });
    }
}
