package org.novagpubinder.check.host;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.Node;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The host's nodes and GPUs. */
@Singleton
public record HostProbe(HostReader reader) {
    private static final Logger LOG = LoggerFactory.getLogger(HostProbe.class);

    @Inject
    public HostProbe {}

    /** @throws HostReadException if it cannot be read */
    HostTopology read() throws HostReadException {
        return reader.read(Set.of());
    }

    /** The host; empty if it cannot be read, which the check of the GPUs tells. */
    public Optional<HostTopology> readable() {
        try {
            return Optional.of(read());
        } catch (HostReadException e) {
            LOG.debug("{}", e.getMessage());
            return Optional.empty();
        }
    }

    /** The GPUs that guests can be bound to. */
    public static List<Gpu> gpus(HostTopology host) {
        return host.gpus().stream().filter(Gpu::bindable).toList();
    }

    /** Whether guests can be on a wrong node at all. */
    static boolean severalNodes(HostTopology host) {
        return host.nodes().stream().filter(Node::hasCpus).count() > 1;
    }
}
