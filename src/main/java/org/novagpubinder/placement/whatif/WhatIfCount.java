package org.novagpubinder.placement.whatif;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.whatif.WhatIfAnswer.OnGpu;
import org.novagpubinder.placement.whatif.WhatIfAnswer.Stop;
import org.novagpubinder.placement.whatif.WhatIfRound.Arrival;

/** Counts the guests of one question, each time from the host as it is. */
record WhatIfCount(Planner planner, WhatIf.Host host, GuestTemplate template, Limits limits, List<GpuSupply> supplies) {
    /** More guests beside a GPU are not counted: hundreds of tiny ones would take long, and tell nothing more. */
    static final int MOST_BESIDE_A_GPU = 128;

    /** The same for all GPUs together. */
    static final int MOST_TOGETHER = 1024;

    private WhatIfRound round() {
        return new WhatIfRound(planner, template, limits, host.others());
    }

    private boolean renders() {
        return template.kind() == GpuUse.Kind.RENDER_NODE;
    }

    /** As many as fit if every one gets this GPU; {@code share} is passed on. */
    OnGpu beside(GpuSupply supply, int share) {
        WhatIfRound round = round();
        int guests = 0;
        Stop stop = null;
        while (stop == null) {
            if (guests == MOST_BESIDE_A_GPU) {
                stop = Stop.enough(guests);
            } else {
                stop = renders() ? render(round, supply) : fixed(round, supply);
                guests += stop == null ? 1 : 0;
            }
        }
        int users = host.others().users(supply.gpu().physical());
        Integer free = supply.once() ? supply.free().size() : null;
        return new OnGpu(supply.gpu(), users, supply.functions(), free, guests, stop, share);
    }

    private @Nullable Stop render(WhatIfRound round, GpuSupply supply) {
        Arrival arrival = round.add(onlyRenderNode(host.topology(), supply.gpu()), List.of());
        return arrival.why() == null ? null : Stop.of(arrival.why());
    }

    private @Nullable Stop fixed(WhatIfRound round, GpuSupply supply) {
        List<Gpu> functions = supply.pick(supplies, round.used(), template.gpus());
        if (functions.size() < template.gpus()) {
            return supply.exhausted(template, functions.size());
        }
        Arrival arrival = round.add(host.topology(), functions);
        return arrival.why() == null ? null : Stop.of(arrival.why());
    }

    /** As many as fit on all GPUs, one after the other; {@code shares} is filled with how many use which GPU. */
    Stop together(Map<PciAddress, Integer> shares) {
        if (supplies.isEmpty()) {
            return Stop.noGpu(template);
        }
        int guests = renders() ? chosenByPlanner(shares) : chosenByNova(shares);
        return guests == MOST_TOGETHER
                ? Stop.enough(guests)
                : Stop.of(new Reason(
                        Reason.Code.NO_CAPACITY,
                        "no GPU has room for " + (guests == 0 ? "one" : "one more") + " beside it"));
    }

    private int chosenByPlanner(Map<PciAddress, Integer> shares) {
        WhatIfRound round = round();
        int guests = 0;
        while (guests < MOST_TOGETHER) {
            Arrival arrival = round.add(host.topology(), List.of());
            String renderNode = arrival.plan().target().renderNode();
            if (arrival.why() != null || renderNode == null) {
                break;
            }
            host.topology().gpuOfRenderNode(renderNode).ifPresent(g -> shares.merge(g.address(), 1, Integer::sum));
            guests++;
        }
        return guests;
    }

    /** Nova chooses the functions: here the GPU with the fewest users is next, as long as guests fit beside it. */
    private int chosenByNova(Map<PciAddress, Integer> shares) {
        WhatIfRound round = round();
        List<GpuSupply> open = new ArrayList<>(supplies);
        int guests = 0;
        while (!open.isEmpty() && guests < MOST_TOGETHER) {
            GpuSupply next = open.stream()
                    .min(Comparator.comparingInt(s -> round.users(s.gpu())))
                    .orElseThrow();
            if (fixed(round, next) == null) {
                shares.merge(next.gpu().address(), 1, Integer::sum);
                guests++;
            } else {
                open.remove(next);
            }
        }
        return guests;
    }

    /** The host as if no other GPU had a render node: the planner has no other choice then. */
    private static HostTopology onlyRenderNode(HostTopology host, Gpu gpu) {
        return host.withGpus(host.gpus().stream()
                .map(g -> g.address().equals(gpu.address()) ? g : g.withRenderNode(null))
                .toList());
    }
}
