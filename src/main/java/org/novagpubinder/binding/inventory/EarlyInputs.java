package org.novagpubinder.binding.inventory;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.sysfs.GuestLimits;
import org.novagpubinder.host.sysfs.HostDevices;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.HostTopology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host and its guests as a plan needs them, read when Nova begins a task: between its define and its start there is no
 * time for that. What is planned here meanwhile counts by its reservation.
 */
@Singleton
public final class EarlyInputs {
    /** Free memory and load change slowly; a GPU's node never does. */
    static final Duration FRESH = Duration.ofSeconds(30);

    /** While a start is to come they are read again before that. */
    public static final Duration RENEWED_AFTER = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(EarlyInputs.class);

    private static final Duration JUST_NOW = Duration.ofSeconds(1);

    private final Topologies topologies;
    private final HostAllocations allocations;
    private final HostDevices devices;
    private final InstantSource time;
    private volatile @Nullable Inputs last;

    @Inject
    EarlyInputs(Topologies topologies, HostAllocations allocations, HostDevices devices, InstantSource time) {
        this.topologies = topologies;
        this.allocations = allocations;
        this.devices = devices;
        this.time = time;
    }

    /**
     * What was read.
     *
     * @param at when, by the steady clock
     */
    public record Inputs(HostTopology topology, HostAllocations.View view, GuestLimits limits, Instant at) {}

    /**
     * What was read last, if it is fresh; else it is read now. If the guest ran still when that was read, its own memory was in
     * use then, and would drive it from its node: then the host is read anew, but not the other guests, for which there is no
     * time.
     */
    public Inputs now(UUID uuid) throws LibvirtFailure, HostReadException {
        Inputs known = last;
        if (known == null || Duration.between(known.at(), time.instant()).compareTo(FRESH) > 0) {
            known = read();
        }
        if (!known.view().holdings().containsKey(uuid)) {
            return known;
        }
        try {
            return new Inputs(topologies.now(), known.view(), known.limits(), known.at());
        } catch (HostReadException e) {
            LOG.debug("instance {}: planned with the host as it was read before its stop", uuid, e);
            return known;
        }
    }

    /** Reads anew, unless that has just been done, or the host has no GPU. */
    public void prepare() throws LibvirtFailure, HostReadException {
        Inputs known = last;
        boolean justNow =
                known != null && Duration.between(known.at(), time.instant()).compareTo(JUST_NOW) <= 0;
        if (justNow) {
            return;
        }
        HostTopology topology = topologies.now();
        if (!topology.gpus().isEmpty()) {
            read(topology);
        }
    }

    /** Reads anew. It asks libvirt: not to be called by whoever holds a lane. */
    public Inputs read() throws LibvirtFailure, HostReadException {
        return read(topologies.now());
    }

    private Inputs read(HostTopology topology) throws LibvirtFailure {
        Inputs read = new Inputs(topology, allocations.look(topology), devices.guestLimits(), time.instant());
        last = read;
        return read;
    }
}
