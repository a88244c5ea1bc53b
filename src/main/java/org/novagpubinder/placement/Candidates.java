package org.novagpubinder.placement;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.novagpubinder.host.IdSet;

/**
 * The sets of nodes that come into question, weighed; narrow ones first, and none that is wider than it has to be.
 *
 * <p>First the GPU's own node. Full: any other single node, if the policy lets the guest go remote. Still nothing: the GPU's
 * node and more nodes, one more each time, until the guest fits. Where the guest must not go remote, nodes are only added
 * if it could not fit fewer even if it had them for itself: not others, but its own size is then the reason.
 */
final class Candidates {
    /** So many sets of one size are weighed at most; if there are more, the nearest of each GPU stands for all. */
    private static final int MOST_SETS = 1000;

    private Candidates() {}

    static List<Weighed> weigh(Situation s, List<Weighed.Option> options) {
        List<Weighed> weighed = new ArrayList<>();
        options.forEach(o -> weighed.add(Weighed.of(s, o, o.home())));
        if (fits(weighed) || stops(s, weighed)) {
            return weighed;
        }
        Set<Weighed> all = new LinkedHashSet<>(weighed);
        for (int size = 1; size <= s.usableNodes().size(); size++) {
            if (size > 1 && s.policy().allowsRemote() && !Capacity.maySuffice(s, size)) {
                continue;
            }
            List<Weighed> ofSize = new ArrayList<>();
            for (Weighed.Option option : options) {
                for (IdSet nodes : sets(s, option, size, options.size())) {
                    ofSize.add(Weighed.of(s, option, nodes));
                }
            }
            all.addAll(ofSize);
            if (fits(ofSize) || stops(s, ofSize)) {
                break;
            }
        }
        return List.copyOf(all);
    }

    private static boolean fits(List<Weighed> weighed) {
        return weighed.stream().anyMatch(w -> w.capacity().fits());
    }

    private static boolean stops(Situation s, List<Weighed> weighed) {
        return !s.policy().allowsRemote() && weighed.stream().anyMatch(w -> Capacity.wouldFitEmpty(s, w.nodes()));
    }

    /** The sets of that size around the GPU; of single nodes all, if the guest may go remote and has one GPU node. */
    private static List<IdSet> sets(Situation s, Weighed.Option option, int size, int options) {
        IdSet usable = s.usableNodes();
        IdSet around = s.policy().allowsRemote() ? option.home().intersect(usable) : option.home();
        boolean anywhere = size == 1 && around.size() <= 1 && s.policy().allowsRemote();
        IdSet start = anywhere ? IdSet.empty() : around;
        if (!usable.containsAll(start) || start.size() > size) {
            return List.of();
        }
        List<Integer> rest = usable.minus(start).ids();
        int more = size - start.size();
        if (combinations(rest.size(), more) > MOST_SETS / options) {
            return List.of(rest.stream()
                    .map(n -> Weighed.of(s, option, IdSet.of(n)))
                    .sorted(Ranking.NEAREST)
                    .limit(more)
                    .map(Weighed::nodes)
                    .reduce(start, IdSet::union));
        }
        List<IdSet> sets = new ArrayList<>();
        extend(start, rest, 0, more, sets);
        return sets;
    }

    private static void extend(IdSet set, List<Integer> rest, int from, int more, List<IdSet> sets) {
        if (more == 0) {
            sets.add(set);
            return;
        }
        for (int i = from; i <= rest.size() - more; i++) {
            extend(set.union(IdSet.of(rest.get(i))), rest, i + 1, more - 1, sets);
        }
    }

    private static long combinations(int of, int take) {
        long count = 1;
        for (int i = 1; i <= take && count <= MOST_SETS; i++) {
            count = count * (of - take + i) / i;
        }
        return count;
    }
}
