package org.novagpubinder.placement.search;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.search.NodeSetCandidate.Option;

/**
 * The sets of nodes that explain a decision: the chosen one; the nodes of each GPU; where those do not hold the guest,
 * every other single node and the nearest sets up to the size of the chosen one. {@link Search} itself looks at more, but
 * at none that says anything new.
 */
public final class Candidates {
    /** So many shortages tell why no place holds the guest. */
    private static final int MOST_SHORTAGES = 6;

    private Candidates() {}

    /** Best first, each with why it was taken or lost. */
    public static List<Plan.Candidate> explain(
            PlanningContext s, List<Option> options, Optional<NodeSetCandidate> chosen) {
        Set<NodeSetCandidate> all = new LinkedHashSet<>();
        options.forEach(o -> all.add(NodeSetCandidate.of(s, o, o.home())));
        boolean beside = chosen.isPresent()
                && chosen.get().nodes().equals(chosen.get().option().home());
        if (!beside && s.policy().allowsRemote()) {
            int widest = chosen.map(w -> w.nodes().size()).orElse(1);
            // where nothing holds the guest, that is so whichever GPU it were to get
            for (Option option : chosen.map(w -> List.of(w.option())).orElse(options.subList(0, 1))) {
                s.usableNodes().nodes().stream().forEach(n -> all.add(NodeSetCandidate.of(s, option, IdSet.of(n))));
                all.addAll(nearest(s, option, widest));
            }
        }
        List<NodeSetCandidate> ranked = new ArrayList<>(Ranking.together(List.copyOf(all)));
        chosen.ifPresent(best -> {
            // a guest whose cells are on a node each is not on the set that would be best without cells
            ranked.remove(best);
            ranked.add(0, best);
        });
        return Ranking.explain(s, ranked, false);
    }

    private static List<NodeSetCandidate> nearest(PlanningContext s, Option option, int widest) {
        SearchSpace field = SearchSpace.of(s, option);
        IdSet nodes = IdSet.of(field.held().stream().mapToInt(p -> p.room.node()));
        List<NodeSetCandidate> sets = new ArrayList<>();
        for (SearchSpace.FreeNode spot : field.nearestFirst()) {
            nodes = nodes.union(IdSet.of(spot.room.node()));
            if (nodes.size() > widest) {
                break;
            }
            sets.add(NodeSetCandidate.of(s, option, nodes));
        }
        return sets;
    }

    /** Why no place holds the guest: the verdict of each candidate, which is then what is short there; nodes of its GPUs first. */
    public static List<Reason> whyNone(PlanningContext s, List<Plan.Candidate> candidates) {
        List<Reason> reasons = new ArrayList<>(List.of(RoomReasons.noCapacity(s)));
        candidates.stream()
                .map(Plan.Candidate::verdict)
                .distinct()
                .limit(MOST_SHORTAGES)
                .forEach(reasons::add);
        return reasons;
    }
}
