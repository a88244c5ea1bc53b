package org.novagpubinder.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.novagpubinder.config.oslo.Assignment;
import org.novagpubinder.config.oslo.Assignments;
import org.novagpubinder.config.oslo.Option;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.NovaFacts;
import org.novagpubinder.host.topology.IdSet;

/** Reads {@link NovaFacts}. */
record NovaFactsReader(OptionReader options, Assignments assignments, String hostname) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What oslo.utils' strutils.bool_from_string takes for no. */
    private static final Set<String> NO = Set.of("no", "false", "off", "0", "n", "f");

    /** @param broker where notifications come from */
    NovaFacts read(BrokerConfig broker) {
        return new NovaFacts(
                assignments.all().stream()
                        .anyMatch(a -> !Assignment.normalized(a.section()).equals(GpuBinderOptions.SECTION)),
                options.where(NovaOptions.HOST)
                        .flatMap(at -> options.quietly(NovaOptions.HOST))
                        .orElse(null),
                hostname,
                options.where(GpuBinderOptions.HOST).map(Assignment::toString).orElse(null),
                rpcBroker(broker),
                sentTo(),
                value(NovaOptions.CONTROL_EXCHANGE),
                options.quietly(NovaOptions.CPU_DEDICATED_SET).orElse(IdSet.empty()),
                passing(),
                value(NovaOptions.SYNC_POWER_STATE),
                new NovaFacts.Messaging(
                        value(NovaOptions.QUORUM_QUEUES) || value(NovaOptions.DURABLE_QUEUES),
                        ownBroker(),
                        value(NovaOptions.NOTIFICATION_RETRY)));
    }

    /**
     * nova/pci/whitelist.py: each value is the JSON of a device or of a list of them; nova/pci/devspec.py: {@code managed} is
     * yes unless it is said otherwise.
     */
    private NovaFacts.Passing passing() {
        List<Boolean> managed = options.each(NovaOptions.PCI_DEVICES).stream()
                .flatMap(NovaFactsReader::devices)
                .map(device ->
                        !NO.contains(device.path("managed").asText().strip().toLowerCase(Locale.ROOT)))
                .toList();
        return new NovaFacts.Passing(managed.contains(true), managed.contains(false));
    }

    private static Stream<JsonNode> devices(String spec) {
        try {
            JsonNode one = JSON.readTree(spec);
            return one.isArray() ? StreamSupport.stream(one.spliterator(), false) : Stream.of(one);
        } catch (JsonProcessingException wrong) {
            return Stream.of(MissingNode.getInstance());
        }
    }

    private <T> T value(Option<T> option) {
        return options.quietly(option).orElseThrow(() -> new IllegalStateException(option.name() + " has no default"));
    }

    /** The same broker, whichever of its addresses and users is named. */
    private boolean rpcBroker(BrokerConfig broker) {
        Optional<TransportUrl> rpc = options.quietly(NovaOptions.TRANSPORT_URL);
        return rpc.filter(url -> url.virtualHost().equals(broker.virtualHost()))
                .filter(url -> url.addresses().stream()
                        .map(NovaFactsReader::place)
                        .anyMatch(at -> broker.addresses().stream()
                                .map(NovaFactsReader::place)
                                .anyMatch(at::equals)))
                .isPresent();
    }

    private boolean ownBroker() {
        return options.quietly(NovaOptions.NOTIFICATION_TRANSPORT_URL)
                .filter(own -> !options.quietly(NovaOptions.TRANSPORT_URL)
                        .map(rpc -> places(rpc).equals(places(own)))
                        .orElse(false))
                .isPresent();
    }

    private static List<String> places(TransportUrl url) {
        return url.addresses().stream().map(NovaFactsReader::place).sorted().toList();
    }

    private static String place(BrokerAddress address) {
        return address.host() + " " + address.port();
    }

    /** nova/notifications/objects/base.py and nova/rpc.py: which notifier is used follows the format. */
    private List<String> sentTo() {
        String format = value(NovaOptions.NOTIFICATION_FORMAT);
        List<String> topics = new ArrayList<>();
        if (!format.equals("unversioned")) {
            topics.addAll(value(NovaOptions.VERSIONED_TOPICS));
        }
        if (!format.equals("versioned")) {
            topics.addAll(value(NovaOptions.NOTIFICATION_TOPICS));
        }
        return topics.stream().filter(t -> !t.isEmpty()).distinct().toList();
    }
}
