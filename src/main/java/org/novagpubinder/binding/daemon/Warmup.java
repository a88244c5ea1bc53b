package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.novagpubinder.binding.early.Rehearsal;
import org.novagpubinder.binding.rehearsal.BindingRehearsal;
import org.novagpubinder.binding.report.FilePreviews;
import org.novagpubinder.binding.report.Preview;
import org.novagpubinder.config.ConfigException;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.common.DaemonThreads;
import org.novagpubinder.host.proc.NativeHeap;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.start.StartNeeds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans for a guest that does not exist, so that the first real one does not wait for classes to be loaded: the boot window
 * of a guest is short.
 */
record Warmup(FilePreviews previews, Limits limits, StartNeeds needs, Rehearsal rehearsal, BindingRehearsal bindings) {
    private static final Logger LOG = LoggerFactory.getLogger(Warmup.class);

    /** The first sweep and what has waited in Nova's queue go before. */
    private static final Duration AFTER_START = Duration.ofSeconds(10);

    private static final String SAMPLE = """
            <domain type='kvm' id='1'>
              <name>warm-up</name>
              <uuid>00000000-0000-0000-0000-000000000001</uuid>
              <memory unit='KiB'>262144</memory>
              <vcpu>1</vcpu>
              <iothreads>1</iothreads>
              <os><type>hvm</type></os>
              <devices>
                <graphics type='egl-headless'><gl rendernode='%s'/></graphics>
                <video><model type='virtio'/></video>
              </devices>
            </domain>
            """;

    @Inject
    Warmup {}

    /** Takes tens of milliseconds; the rest goes on by itself. */
    void run(HostTopology topology) {
        String renderNode = topology.gpus().stream()
                .filter(g -> g.renderNode() != null)
                .reduce((first, last) -> last)
                .map(g -> g.renderNode())
                .orElse("/dev/dri/renderD128");
        try {
            needs.warm();
            Preview plan = previews.of(SAMPLE.formatted(renderNode), topology, Map.of(), limits);
            LOG.debug("warm: {}", plan.plan().outcome());
        } catch (InvalidDomainXml | RuntimeException e) {
            // a guest that meets the same is told of and left alone; the daemon must run for the others
            LOG.error("the warm-up failed by a defect of nova-gpu-binder: the first bindings take longer", e);
        }
        DaemonThreads.named("rehearsal").newThread(() -> rehearse(topology)).start();
    }

    private void rehearse(HostTopology topology) {
        try {
            Thread.sleep(AFTER_START.toMillis());
            bindings.run(new BindingModule());
            rehearsal.run(topology);
            NativeHeap.trim();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (InvalidDomainXml
                | ConfigException
                | HostReadException
                | LibvirtFailure
                | IOException
                | RuntimeException e) {
            LOG.debug("not all was rehearsed: the first bindings take longer", e);
        }
    }
}
