package org.novagpubinder.placement.search;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.search.NodeSetCandidate.Option;
import org.novagpubinder.placement.search.SearchSpace.FreeNode;

/**
 * Finds the best set of nodes that holds the guest, in the order of {@link Ranking#TOGETHER}: first by how many nodes are
 * on another socket than the GPU, then by size. So sets of growing (away, size) are gone through, and the first such pair
 * that has a fit ends the search. Within one pair the sets are built nearest node first, and what cannot hold the guest or
 * beat the best any more is cut off.
 *
 * <p>Exact on hosts of up to 8 nodes, where {@link #MOST_STEPS} cannot run out. On wider ones it may, for a guest of many
 * nodes; then the best set seen so far is taken, else the nearest nodes, one more each time until they are enough.
 */
public final class Search {
    /** Sets begun, for each option and pair of (away, size): all that 8 nodes have. */
    private static final int MOST_STEPS = 512;

    /** Sets begun in all: 8 nodes with a GPU each have fewer. */
    private static final int MOST_IN_ALL = 16_384;

    private final PlanningContext s;
    private List<FreeNode> drawn = List.of();
    private @Nullable NodeSetCandidate best;
    private int steps;
    private int stepsInAll;

    private Search(PlanningContext s) {
        this.s = s;
    }

    /** The best set, with the option that it is best for; empty if no set that the policy allows holds the guest. */
    public static Optional<NodeSetCandidate> best(PlanningContext s, List<Option> options) {
        Collection<Option> worth = bestOfEachHome(options);
        if (!s.policy().allowsRemote()) {
            return worth.stream()
                    .map(o -> NodeSetCandidate.of(s, o, o.home()))
                    .filter(w -> w.capacity().fits())
                    .min(Ranking.TOGETHER);
        }
        return new Search(s).run(worth.stream().map(o -> SearchSpace.of(s, o)).toList());
    }

    /** Of GPUs on the same nodes only the best can win: the rest of the costs is the same for all of them. */
    static Collection<Option> bestOfEachHome(List<Option> options) {
        Map<IdSet, Option> best = new TreeMap<>();
        options.forEach(o -> best.merge(o.home(), o, (a, b) -> Ranking.BY_OPTION.compare(b, a) < 0 ? b : a));
        return best.values();
    }

    private Optional<NodeSetCandidate> run(List<SearchSpace> fields) {
        int most = s.usableNodes().usable().size();
        for (int away = 0; away <= most && best == null; away++) {
            for (int size = Math.max(1, away); size <= most && best == null; size++) {
                for (SearchSpace field : fields) {
                    look(field, size - away - field.held().size(), away);
                }
            }
        }
        return Optional.ofNullable(best).or(() -> nearestEnough(fields));
    }

    private void look(SearchSpace field, int near, int away) {
        if (near < 0
                || near > field.near().spots.size()
                || away > field.away().spots.size()) {
            return;
        }
        drawn = new ArrayList<>(field.held());
        steps = 0;
        extend(field, 0, near, 0, away);
    }

    /** Adds {@code near} more of the near nodes from {@code nearFrom} on, then {@code away} more of the others. */
    private void extend(SearchSpace field, int nearFrom, int near, int awayFrom, int away) {
        stepsInAll++;
        if (++steps > MOST_STEPS
                || stepsInAll > MOST_IN_ALL
                || !field.maySuffice(drawn, nearFrom, near, awayFrom, away)
                || beaten(field, nearFrom, near, awayFrom, away)) {
            return;
        }
        if (near == 0 && away == 0) {
            offer(NodeSetCandidate.of(s, field.option(), nodes(drawn)));
            return;
        }
        List<FreeNode> spots = near > 0 ? field.near().spots : field.away().spots;
        int more = near > 0 ? near : away;
        for (int i = near > 0 ? nearFrom : awayFrom; i <= spots.size() - more; i++) {
            drawn.add(spots.get(i));
            if (near > 0) {
                extend(field, i + 1, near - 1, awayFrom, away);
            } else {
                extend(field, nearFrom, 0, i + 1, away - 1);
            }
            drawn.remove(drawn.size() - 1);
        }
    }

    /** Whether even the nearest and the least loaded of what is left would not make a set that is better than the best. */
    private boolean beaten(SearchSpace field, int nearFrom, int near, int awayFrom, int away) {
        if (best == null) {
            return false;
        }
        int distance = field.near().distance(nearFrom, near) + field.away().distance(awayFrom, away);
        for (int i = 0; i < drawn.size(); i++) {
            distance += drawn.get(i).distance;
        }
        if (distance != best.distance()) {
            return distance > best.distance();
        }
        int order = Ranking.WORSE_OPTION.compare(field.option(), best.option());
        return order != 0
                ? order > 0
                : field.leastLoadPerCpu(drawn, nearFrom, near, awayFrom, away)
                        > best.capacity().loadPerCpu();
    }

    private void offer(NodeSetCandidate found) {
        if (found.capacity().fits() && (best == null || Ranking.TOGETHER.compare(found, best) < 0)) {
            best = found;
        }
    }

    /** Where the steps ran out; if they have not, none of these fits either. */
    private Optional<NodeSetCandidate> nearestEnough(List<SearchSpace> fields) {
        for (SearchSpace field : fields) {
            List<FreeNode> some = new ArrayList<>(field.held());
            for (FreeNode spot : field.nearestFirst()) {
                some.add(spot);
                NodeSetCandidate set = NodeSetCandidate.of(s, field.option(), nodes(some));
                if (set.capacity().fits()) {
                    offer(set);
                    break;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    private static IdSet nodes(List<FreeNode> spots) {
        return IdSet.of(spots.stream().mapToInt(spot -> spot.room.node()));
    }
}
