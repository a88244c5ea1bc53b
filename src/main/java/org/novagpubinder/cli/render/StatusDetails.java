package org.novagpubinder.cli.render;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.binding.report.LastOutcome;
import org.novagpubinder.cli.terminal.Prose;
import org.novagpubinder.host.topology.PciLink;
import org.novagpubinder.host.topology.PciRoute;
import org.novagpubinder.passthrough.PassedThrough.Neighbor;
import org.novagpubinder.placement.model.GpuUse;

/** What {@code status DOMAIN} tells of a guest below its line; pure. */
final class StatusDetails {
    private StatusDetails() {}

    static String of(DomainStatus s, List<Neighbor> neighbors, Instant now) {
        Prose prose = new Prose().say("uuid", s.uuid().toString());
        if (s.instanceName() != null) {
            prose.say("instance", s.instanceName());
        }
        if (s.flavor() != null) {
            prose.say("flavor", s.flavor());
        }
        for (GpuUse use : s.gpus()) {
            prose.say(
                    "gpu",
                    StatusText.gpu(use)
                            + use.gpu()
                                    .map(a -> " " + a)
                                    .filter(a -> !a.endsWith(StatusText.gpu(use)))
                                    .orElse(""));
        }
        neighbors.forEach(n -> prose.say(n.device().kind() == PciRoute.Kind.NIC ? "nic" : "nvme", neighbor(n)));
        s.reasons().forEach(r -> prose.say("why", r.text() + " [" + r.code().word() + "]"));
        LastOutcome last = s.last();
        if (last != null) {
            prose.say(
                    "daemon",
                    last.outcome().word() + " at " + last.at().truncatedTo(ChronoUnit.SECONDS) + ", " + last.trigger()
                            + StatusText.stood(s, now)
                                    .map(time -> ", for " + time + " now")
                                    .orElse(""));
        }
        return prose.text();
    }

    private static String neighbor(Neighbor n) {
        PciLink link = n.link();
        return n.device().address() + " is "
                + (link == null
                        ? "at an unknown distance from GPU " + n.gpu()
                        : link.name() + " from GPU " + n.gpu() + ": " + link.meaning());
    }
}
