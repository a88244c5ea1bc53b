package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import java.util.Map;
import org.novagpubinder.binding.apply.EarlyRehearsal;
import org.novagpubinder.binding.report.Preview;
import org.novagpubinder.binding.report.Previews;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.start.StartNeeds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans for a guest that does not exist, so that the first real one does not wait for classes to be loaded: the boot window
 * of a guest is short.
 */
final class Warmup {
    private static final Logger LOG = LoggerFactory.getLogger(Warmup.class);

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

    private final Previews previews;
    private final Limits limits;
    private final StartNeeds needs;
    private final EarlyRehearsal rehearsal;

    @Inject
    Warmup(Previews previews, Limits limits, StartNeeds needs, EarlyRehearsal rehearsal) {
        this.previews = previews;
        this.limits = limits;
        this.needs = needs;
        this.rehearsal = rehearsal;
    }

    /** Takes tens of milliseconds; some tenths of a second if guests are bound before their start. */
    void run(HostTopology topology) {
        String renderNode = topology.gpus().stream()
                .filter(g -> g.renderNode() != null)
                .reduce((first, last) -> last)
                .map(g -> g.renderNode())
                .orElse("/dev/dri/renderD128");
        needs.warm();
        try {
            Preview plan = previews.offline(SAMPLE.formatted(renderNode), topology, Map.of(), limits);
            LOG.debug("warm: {}", plan.plan().outcome());
            rehearsal.run(topology);
        } catch (InvalidDomainXml e) {
            throw new IllegalStateException("the sample is no domain XML", e);
        }
    }
}
