package org.novagpubinder.binding.report;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/**
 * How a GPU domain stands, from what libvirt and /proc say now.
 *
 * @param uuid the instance
 * @param domain libvirt's name
 * @param instanceName what its owner calls the instance; null without nova metadata
 * @param running whether it runs
 * @param flavor Nova's flavor; null without nova metadata
 * @param gpus its GPUs
 * @param gpuNodes the nodes of its GPUs, as far as they are known
 * @param vcpuNodes the nodes that its vCPUs may run on
 * @param emulatorNodes the nodes that its emulator threads may run on
 * @param residentKiB its memory by node, KiB; empty if it does not run or could not be read
 * @param renderNode the render node that it has; null without
 * @param outcome how it stands
 * @param reasons why
 * @param last what became of the daemon's last look at it; null if that is not known
 */
public record DomainStatus(
        UUID uuid,
        String domain,
        @Nullable String instanceName,
        boolean running,
        @Nullable String flavor,
        List<GpuUse> gpus,
        IdSet gpuNodes,
        IdSet vcpuNodes,
        IdSet emulatorNodes,
        Map<Integer, Long> residentKiB,
        @Nullable String renderNode,
        Outcome outcome,
        List<Reason> reasons,
        @Nullable LastOutcome last) {
    public DomainStatus {
        gpus = List.copyOf(gpus);
        residentKiB = Map.copyOf(residentKiB);
        reasons = List.copyOf(reasons);
    }

    /** The same with another outcome and one more reason, which counts most. */
    DomainStatus because(Reason reason, Outcome now) {
        return standing(now, Stream.concat(Stream.of(reason), reasons.stream()).toList());
    }

    /** The same with another outcome, for other reasons. */
    DomainStatus standing(Outcome now, List<Reason> why) {
        return with(now, why, last);
    }

    /** The same, as the daemon has told of it. */
    DomainStatus after(LastOutcome daemon) {
        return with(outcome, reasons, daemon);
    }

    private DomainStatus with(Outcome now, List<Reason> why, @Nullable LastOutcome daemon) {
        return new DomainStatus(
                uuid,
                domain,
                instanceName,
                running,
                flavor,
                gpus,
                gpuNodes,
                vcpuNodes,
                emulatorNodes,
                residentKiB,
                renderNode,
                now,
                why,
                daemon);
    }
}
