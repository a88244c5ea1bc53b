package org.novagpubinder.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.oslo.Assignment;
import org.novagpubinder.config.oslo.Option;
import org.novagpubinder.config.oslo.Problems;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.BinderConfig.TlsConfig;

/** Reads where notifications come from. */
record BrokerSettings(OptionReader options, Problems problems) {
    /** What oslo.messaging takes for notifications, in its order; ours before it. */
    private static final List<Option<TransportUrl>> URLS =
            List.of(GpuBinderOptions.TRANSPORT_URL, NovaOptions.NOTIFICATION_TRANSPORT_URL, NovaOptions.TRANSPORT_URL);

    /** @param host nova.conf's host */
    BrokerConfig read(String host) {
        Optional<Option<TransportUrl>> option = counted();
        @Nullable Assignment at = option.flatMap(options::where).orElse(null);
        TransportUrl url = option.flatMap(options::find).orElse(new TransportUrl(List.of(), "/", false, Map.of()));
        Duration heartbeat = Duration.ofSeconds(
                Math.max(0, options.find(NovaOptions.HEARTBEAT, url.query(), at).orElseThrow()));
        @Nullable String named = hostTopic(options.value(NovaOptions.VERSIONED_TOPICS), host);
        return new BrokerConfig(
                url.addresses(),
                url.virtualHost(),
                tls(url, at),
                heartbeat,
                options.find(GpuBinderOptions.EXCHANGE).orElseGet(() -> options.value(NovaOptions.CONTROL_EXCHANGE)),
                topics(named),
                hearsHostTopic(named) ? named : null,
                "nova-gpu-binder." + host,
                options.value(GpuBinderOptions.QUEUE_EXPIRES),
                options.value(GpuBinderOptions.QUEUE_MAX_LENGTH),
                options.value(GpuBinderOptions.PREFETCH));
    }

    /** Only the one that counts: another may be of a driver that is no concern of ours. */
    private Optional<Option<TransportUrl>> counted() {
        return URLS.stream().filter(o -> options.where(o).isPresent()).findFirst();
    }

    /** How Nova compresses what it sends there; empty if it does not. */
    String compression() {
        Map<String, String> query =
                counted().flatMap(options::quietly).map(TransportUrl::query).orElse(Map.of());
        return options.find(
                        NovaOptions.COMPRESSION,
                        query,
                        counted().flatMap(options::where).orElse(null))
                .orElse("");
    }

    /** The formats that Nova sends to a topic. */
    List<String> formats() {
        String format = options.value(NovaOptions.NOTIFICATION_FORMAT);
        return Stream.of("versioned", "unversioned")
                .filter(one -> format.equals(one) || format.equals("both"))
                .filter(one -> options
                        .value(one.equals("versioned") ? NovaOptions.VERSIONED_TOPICS : NovaOptions.NOTIFICATION_TOPICS)
                        .stream()
                        .anyMatch(topic -> !topic.isEmpty()))
                .toList();
    }

    private @Nullable TlsConfig tls(TransportUrl url, @Nullable Assignment at) {
        boolean ssl = options.find(NovaOptions.SSL, url.query(), at).orElseThrow();
        Optional<Path> ca = options.find(NovaOptions.SSL_CA_FILE, url.query(), at);
        Optional<Path> cert = options.find(NovaOptions.SSL_CERT_FILE, url.query(), at);
        Optional<Path> key = options.find(NovaOptions.SSL_KEY_FILE, url.query(), at);
        boolean verified =
                options.find(NovaOptions.SSL_ENFORCE_HOSTNAME, url.query(), at).orElseThrow();
        boolean external = options.find(NovaOptions.LOGIN_METHOD, url.query(), at)
                .filter("EXTERNAL"::equals)
                .isPresent();
        if (external && (cert.isEmpty() || !(ssl || url.tls()))) {
            options.where(NovaOptions.LOGIN_METHOD)
                    .ifPresent(login -> problems.error(
                            login,
                            "EXTERNAL logs in by a certificate; set ssl = true, ssl_cert_file and ssl_key_file too"));
        }
        if (!ssl && !url.tls()) {
            return null;
        }
        options.where(NovaOptions.SSL_VERSION)
                .filter(version -> version.value().matches("(?i)sslv[23]|tlsv1(_1)?"))
                .ifPresent(version -> problems.warning(
                        version,
                        "is not used, for Java has no TLS before 1.2: the binder and the broker agree on the newest that"
                                + " both have"));
        if (key.isPresent() && cert.isEmpty()) {
            options.where(NovaOptions.SSL_KEY_FILE)
                    .ifPresent(k -> problems.error(k, "a key without a certificate; set ssl_cert_file too"));
        }
        return new TlsConfig(ca.orElse(null), cert.orElse(null), key.orElse(null), !verified, external);
    }

    /** Both formats, whichever this host's Nova is set to: API and conductor may be set otherwise. */
    private List<String> topics(@Nullable String hostTopic) {
        List<String> ours = options.value(GpuBinderOptions.TOPICS);
        if (!ours.isEmpty()) {
            return List.copyOf(new LinkedHashSet<>(ours));
        }
        List<String> versioned = new ArrayList<>(options.value(NovaOptions.VERSIONED_TOPICS));
        if (versioned.size() > 1 || unversioned()) {
            // the same messages again, or none
            versioned.remove(hostTopic);
        }
        Set<String> all = new LinkedHashSet<>();
        Stream.concat(versioned.stream(), options.value(NovaOptions.NOTIFICATION_TOPICS).stream())
                .filter(topic -> !topic.isEmpty())
                .forEach(all::add);
        return List.copyOf(all);
    }

    /** With it alone nothing would be heard if Nova does not publish to it, or if an operator wants other topics. */
    private boolean hearsHostTopic(@Nullable String named) {
        if (named == null || !options.value(GpuBinderOptions.TOPICS).isEmpty()) {
            return false;
        }
        if (unversioned()) {
            options.where(NovaOptions.VERSIONED_TOPICS)
                    .ifPresent(at -> problems.warning(
                            at,
                            "nothing is published to " + named
                                    + " with notification_format = unversioned, which is Nova's default: the shared"
                                    + " topics of all hosts are read instead. Set notification_format = both (versioned"
                                    + " alone would silence readers of unversioned ones, such as Ceilometer)"));
            return false;
        }
        return true;
    }

    private boolean unversioned() {
        return options.value(NovaOptions.NOTIFICATION_FORMAT).equals("unversioned");
    }

    /**
     * The topic {@code gpu-binder-HOST} (also gpubinder, gpu_binder, nova-gpu-binder; '-', '_' or '.' before the host). Any
     * other topic that ends with the host's name is left alone: it is some other service's, whose queue must not be
     * consumed.
     */
    private static @Nullable String hostTopic(List<String> versionedTopics, String host) {
        for (String topic : versionedTopics) {
            if (topic.endsWith(host) && topic.length() > host.length()) {
                String before =
                        topic.substring(0, topic.length() - host.length()).toLowerCase(Locale.ROOT);
                if (before.matches("(nova[-_.]?)?gpu[-_.]?binder[-_.]")) {
                    return topic;
                }
            }
        }
        return null;
    }
}
