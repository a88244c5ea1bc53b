package org.novagpubinder.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.novagpubinder.config.oslo.Assignment;
import org.novagpubinder.config.oslo.Assignments;
import org.novagpubinder.config.oslo.Option;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.NovaFacts;
import org.novagpubinder.host.topology.DeviceSpecs;
import org.novagpubinder.host.topology.DeviceSpecs.Spec;
import org.novagpubinder.host.topology.IdSet;

/** Reads {@link NovaFacts}. */
record NovaFactsReader(OptionReader options, Assignments assignments, String hostname) {
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
                value(NovaOptions.SYNC_POWER_STATE),
                new NovaFacts.Messaging(
                        value(NovaOptions.QUORUM_QUEUES) || value(NovaOptions.DURABLE_QUEUES),
                        ownBroker(),
                        value(NovaOptions.NOTIFICATION_RETRY)));
    }

    /** nova/pci/whitelist.py: each value is the JSON of a device or of a list of them. */
    DeviceSpecs deviceSpecs() {
        List<String> specs = options.each(NovaOptions.PCI_DEVICES);
        if (specs.isEmpty()) {
            // what reads JSON would be a tenth of the start
            return DeviceSpecs.NONE;
        }
        ObjectMapper json = new ObjectMapper();
        return new DeviceSpecs(specs.stream()
                .flatMap(spec -> devices(json, spec))
                .map(NovaFactsReader::spec)
                .toList());
    }

    private static Stream<JsonNode> devices(ObjectMapper json, String spec) {
        try {
            JsonNode one = json.readTree(spec);
            return one.isArray() ? StreamSupport.stream(one.spliterator(), false) : Stream.of(one);
        } catch (JsonProcessingException wrong) {
            return Stream.of(MissingNode.getInstance());
        }
    }

    /**
     * nova/pci/devspec.py: {@code managed} is yes unless it is said otherwise. What has a {@code devname} is a network adapter;
     * what is wrong nova-compute does not start with.
     */
    private static Spec spec(JsonNode device) {
        boolean managed = !NO.contains(device.path("managed").asText("").strip().toLowerCase(Locale.ROOT));
        if (!device.isObject() || !device.path("devname").asText("").isEmpty()) {
            return Spec.ofNothing(managed);
        }
        try {
            List<String> address = address(device.path("address"));
            return new Spec(
                    hex(device.path("vendor_id").asText(""), 4, 0xffff),
                    hex(device.path("product_id").asText(""), 4, 0xffff),
                    address.get(0),
                    address.get(1),
                    address.get(2),
                    address.get(3),
                    managed);
        } catch (IllegalArgumentException wrong) {
            return Spec.ofNothing(managed);
        }
    }

    /** A dictionary of regular expressions, or {@code DOMAIN:BUS:SLOT.FUNCTION} of which each part may be a star or nothing. */
    private static List<String> address(JsonNode address) {
        if (address.isObject()) {
            return Stream.of("domain", "bus", "slot", "function")
                    .map(part -> address.path(part).asText(Spec.ANY))
                    .map(part -> Pattern.compile(part).pattern())
                    .toList();
        }
        if (!address.isTextual() && !address.isMissingNode() && !address.isNull()) {
            throw new IllegalArgumentException("no address: " + address);
        }
        String[] text = (address.asText("") + ".").split("\\.", -1);
        String[] given = text[0].split(":", -1);
        if (given.length > 3) {
            throw new IllegalArgumentException("no address: " + address);
        }
        List<String> parts = new ArrayList<>(Collections.nCopies(3 - given.length, ""));
        parts.addAll(List.of(given));
        return List.of(
                hex(parts.get(0), 4, 0xffff),
                hex(parts.get(1), 2, 0xff),
                hex(parts.get(2), 2, 0x1f),
                hex(text[1], 1, 7));
    }

    private static String hex(String text, int digits, int most) {
        String number = text.strip();
        if (number.isEmpty() || number.equals("*")) {
            return Spec.ANY;
        }
        int value = Integer.parseInt(number.replaceFirst("^0[xX]", ""), 16);
        if (value < 0 || value > most) {
            throw new IllegalArgumentException("not up to " + most + ": " + text);
        }
        String shortest = Integer.toHexString(value);
        return "0".repeat(digits - shortest.length()) + shortest;
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
