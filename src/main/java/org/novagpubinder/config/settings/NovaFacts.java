package org.novagpubinder.config.settings;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;

/**
 * What nova.conf tells that no guest is bound by, but that says whether Nova and the binder fit each other.
 *
 * @param seen whether anything of Nova's was read; if not, all that follows is only Nova's defaults
 * @param host {@code [DEFAULT] host}; null if it is not set, and Nova takes the host's name
 * @param hostname the kernel's host name
 * @param ownHostAt file, line and option of the binder's own {@code host}; null if it is not set
 * @param rpcBroker whether the broker of the notifications is known to be the one that nova-compute gets its calls by
 * @param sentTo the topics that Nova sends notifications to, in the format that is set
 * @param exchange {@code [DEFAULT] control_exchange}
 * @param dedicatedCpus {@code cpu_dedicated_set}: CPUs for guests that Nova pins; no other guest may be given one of them
 * @param syncSeconds {@code sync_power_state_interval}, seconds; -1 never, 0 as often as periodic tasks run
 * @param messaging how notifications are sent
 */
public record NovaFacts(
        boolean seen,
        @Nullable String host,
        String hostname,
        @Nullable String ownHostAt,
        boolean rpcBroker,
        List<String> sentTo,
        String exchange,
        IdSet dedicatedCpus,
        int syncSeconds,
        Messaging messaging) {
    public NovaFacts {
        sentTo = List.copyOf(sentTo);
    }

    /**
     * What {@code [oslo_messaging_rabbit]} and {@code [oslo_messaging_notifications]} say.
     *
     * @param durable whether the queues of notifications are durable
     * @param ownBroker whether notifications have a transport_url of their own that leads elsewhere than the calls'
     * @param retry how often a notification is tried again; -1 for ever
     */
    public record Messaging(boolean durable, boolean ownBroker, int retry) {}

    /** What Nova calls this host, as far as nova.conf tells. */
    public String novasHost() {
        return Optional.ofNullable(host).orElse(hostname);
    }
}
