package org.novagpubinder.config.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.common.Glob;
import org.novagpubinder.host.sysfs.GpuNodeOverride;
import org.novagpubinder.host.topology.DeviceSpecs;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Worded;

/**
 * Everything that is configured, checked: nova.conf's part and the binder's own ({@code [gpu_binder]}).
 *
 * @param host nova.conf's {@code [DEFAULT] host}: what notifications call this host
 * @param connectionUri libvirt's URI, from {@code [libvirt] connection_uri} or by virt_type
 * @param cpus CPUs that Nova lets unpinned guests use (vcpu_pin_set, else cpu_shared_set); null if all, empty if the host
 *     has only a cpu_dedicated_set and so takes none
 * @param cpuAllocationRatio vCPUs a CPU
 * @param deviceSpecs the PCI devices that Nova has for guests
 * @param broker where notifications come from
 * @param notifications what this host's Nova sends
 * @param files the files that were read, in order
 * @param operator what an operator sees of the daemon
 */
public record BinderConfig(
        String host,
        String connectionUri,
        @Nullable IdSet cpus,
        double cpuAllocationRatio,
        DeviceSpecs deviceSpecs,
        BrokerConfig broker,
        BindingConfig binding,
        NovaNotifications notifications,
        List<Path> files,
        OperatorConfig operator) {
    public BinderConfig {
        files = List.copyOf(files);
    }

    /** The same with another URI of libvirt, as --connect asks. */
    public BinderConfig withConnectionUri(String uri) {
        return new BinderConfig(
                host, uri, cpus, cpuAllocationRatio, deviceSpecs, broker, binding, notifications, files, operator);
    }

    /** The same with what a running daemon takes of another: the brokers' addresses and logins, and how much is logged. */
    public BinderConfig taking(BinderConfig now) {
        return new BinderConfig(
                host,
                connectionUri,
                cpus,
                cpuAllocationRatio,
                deviceSpecs,
                broker.withAddresses(now.broker.addresses),
                binding,
                notifications,
                now.files,
                new OperatorConfig(operator.metricsListen, now.operator.debug, operator.runtimeDirectory));
    }

    /** The same, as if guests were changed: what a command shows, or does because it was asked to. */
    public BinderConfig live() {
        return new BinderConfig(
                host,
                connectionUri,
                cpus,
                cpuAllocationRatio,
                deviceSpecs,
                broker,
                binding.live(),
                notifications,
                files,
                operator);
    }

    /**
     * The broker and the subscription.
     *
     * @param addresses the brokers of the transport URL, tried in turn; empty if nothing configures one, which only
     *     {@code run} and {@code check} mind
     * @param tls how TLS is done; null without
     * @param exchange Nova's control exchange
     * @param topics notification topics, versioned and unversioned, without the priority
     * @param hostTopic a topic of this host alone that nova.conf names, or null
     * @param queue name of our own queue
     * @param queueExpires x-expires of our own queue
     * @param queueMaxLength x-max-length of our own queue, messages
     * @param prefetch unacknowledged messages at a time
     */
    public record BrokerConfig(
            List<BrokerAddress> addresses,
            String virtualHost,
            @Nullable TlsConfig tls,
            Duration heartbeat,
            String exchange,
            List<String> topics,
            @Nullable String hostTopic,
            String queue,
            Duration queueExpires,
            int queueMaxLength,
            int prefetch) {
        public BrokerConfig {
            addresses = List.copyOf(addresses);
            topics = List.copyOf(topics);
        }

        private BrokerConfig withAddresses(List<BrokerAddress> others) {
            return new BrokerConfig(
                    others,
                    virtualHost,
                    tls,
                    heartbeat,
                    exchange,
                    topics,
                    hostTopic,
                    queue,
                    queueExpires,
                    queueMaxLength,
                    prefetch);
        }
    }

    /**
     * One broker of the transport URL.
     *
     * @param host name or address, IPv6 without brackets
     * @param user name, decoded
     * @param password decoded; its toString shows nothing
     */
    public record BrokerAddress(String host, int port, String user, Secret password) {}

    /**
     * TLS to the broker ({@code [oslo_messaging_rabbit] ssl*}).
     *
     * @param caFile trusted certificates, PEM; null for the JVM's own
     * @param certFile our certificate, PEM; null without
     * @param keyFile its key, PEM; null without, or if it is in {@code certFile} (as Python's load_cert_chain allows)
     * @param anyName whether the broker's certificate may name another host than the URL
     * @param external whether the certificate, not a password, tells the broker who we are (SASL's EXTERNAL)
     */
    public record TlsConfig(
            @Nullable Path caFile,
            @Nullable Path certFile,
            @Nullable Path keyFile,
            boolean anyName,
            boolean external) {}

    /**
     * How guests are bound: what the help of the options of these names says.
     *
     * <p>{@code observeOnly} goes before all the rest: no guest is bound then; half-done restarts are finished, and guests
     * that migrate away are released, all the same. Of rules by flavor the first that matches holds.
     *
     * @param maxLiveMoveKiB max_live_move, KiB
     * @param reservedKiB reserved_node_memory, KiB
     */
    public record BindingConfig(
            boolean observeOnly,
            String policy,
            List<FlavorRule> flavorPolicies,
            String renderNode,
            List<FlavorRule> flavorRenderNodes,
            Restart restart,
            boolean earlyDefine,
            Duration restartWindow,
            int restartsAtOnce,
            int restartsPerHour,
            long maxLiveMoveKiB,
            long reservedKiB,
            Duration sweepInterval,
            List<GpuNodeOverride> gpuNodes) {
        public BindingConfig {
            flavorPolicies = List.copyOf(flavorPolicies);
            flavorRenderNodes = List.copyOf(flavorRenderNodes);
            gpuNodes = List.copyOf(gpuNodes);
        }

        /** The same, as if guests were changed. */
        BindingConfig live() {
            return new BindingConfig(
                    false,
                    policy,
                    flavorPolicies,
                    renderNode,
                    flavorRenderNodes,
                    restart,
                    earlyDefine,
                    restartWindow,
                    restartsAtOnce,
                    restartsPerHour,
                    maxLiveMoveKiB,
                    reservedKiB,
                    sweepInterval,
                    gpuNodes);
        }
    }

    /**
     * {@code flavor_policy = gpu.*=required}, {@code flavor_render_node = desktop.*=auto}: what holds for flavors by name.
     *
     * @param value a word of the option
     */
    public record FlavorRule(Glob flavors, String value) {}

    /**
     * What an operator sees of the daemon.
     *
     * @param metricsListen where metrics, health and the page are served; null for nowhere
     * @param debug whether the log has lines of level DEBUG
     * @param runtimeDirectory where failed restarts are remembered, absolute; null for the usual place below /run
     */
    public record OperatorConfig(
            @Nullable ListenAddress metricsListen,
            boolean debug,
            @Nullable Path runtimeDirectory) {}

    public enum Restart implements Worded {
        BOOT_WINDOW,
        NEVER
    }
}
