package org.novagpubinder.binding.apply;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.host.common.RecentMap;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.placement.model.Reason;

/**
 * The running guests of which the host lacks a device. A reset, an unbind or a rescan of the bus takes a GPU out of sysfs for
 * seconds: the guest must not be planned by what is left until the device is gone still some time later.
 */
@Singleton
final class AbsentDevices {
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final int MOST_GUESTS = 10_000;

    /**
     * What a guest lacks.
     *
     * @param since when it was first seen, by the steady clock
     */
    private record Lack(Set<String> devices, Instant since) {}

    private final InstantSource time;
    private final Records records;
    private final Map<UUID, Lack> lacks = Collections.synchronizedMap(RecentMap.ofMost(MOST_GUESTS));

    @Inject
    AbsentDevices(InstantSource time, Records records) {
        this.time = time;
        this.records = records;
    }

    /** Why the guest is left as it is for now; empty if it lacks nothing, or has done so for long enough. */
    Optional<Reason> hold(Observation o, HostTopology host) {
        UUID uuid = o.domain().uuid();
        Set<String> devices = lacking(o, host);
        if (devices.isEmpty()) {
            lacks.remove(uuid);
            return Optional.empty();
        }
        Instant now = time.instant();
        Lack before = lacks.get(uuid);
        Instant since = before != null && before.devices().containsAll(devices) ? before.since() : now;
        lacks.put(uuid, new Lack(devices, since));
        return Duration.between(since, now).compareTo(PATIENCE) >= 0
                ? Optional.empty()
                : Reason.Code.DEVICE_ABSENT.because(String.join(", ", devices)
                        + " may come back: until it has been gone for a minute the guest is left as it is");
    }

    private Set<String> lacking(Observation o, HostTopology host) {
        Set<String> devices = new TreeSet<>();
        DomainDefinition live = o.live();
        if (live != null) {
            live.pciHostdevs().stream().filter(a -> !host.has(a)).forEach(a -> devices.add(a.toString()));
            addIfLacking(live.tuning().renderNode(), host, devices);
            // what a live migration has brought along is the other host's
            o.ours()
                    .filter(r -> r.host().equals(records.host()))
                    .ifPresent(r -> addIfLacking(r.set().renderNode(), host, devices));
        }
        return devices;
    }

    private static void addIfLacking(@Nullable String renderNode, HostTopology host, Set<String> devices) {
        if (renderNode != null && host.lacksRenderNode(renderNode)) {
            devices.add(renderNode);
        }
    }
}
