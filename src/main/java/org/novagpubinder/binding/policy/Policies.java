package org.novagpubinder.binding.policy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.FlavorRule;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which policy holds for a guest: what its flavor says, else a rule for flavors of that name, else the default. Policy and
 * render node are decided each by itself. But a flavor that says something wrong is only reported, whatever the rules: it
 * asked for something, and nobody knows for what.
 */
public final class Policies {
    private static final Logger LOG = LoggerFactory.getLogger(Policies.class);

    /** The word that gives a guest a render node: as option, in flavor_render_node, and as extra spec. */
    public static final String AUTO = "auto";

    /** No word of the flavor's: nothing is written down about the guest. */
    private static final String OBSERVED = "observe_only";

    private static final String WRONG = "an extra spec is wrong";

    /** So many mistakes in flavors are told once; then all are told again. */
    private static final int MOST_TOLD = 1_000;

    private static final int LONGEST_MISTAKE = 1_000;

    private final BinderConfig.BindingConfig config;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** @param config the operator's rules and defaults */
    public Policies(BinderConfig.BindingConfig config) {
        this.config = config;
    }

    /**
     * A policy, and where it comes from.
     *
     * @param flavor what it was chosen by
     * @param policy never a guess: a wrong extra spec means report
     * @param source where its mode comes from: "extra spec of the flavor", "flavor_policy gpu.*", "default"
     * @param renderNodeSource the same of whether a render node is added
     * @param complaints name what is wrong with the flavor's extra specs; empty if all is right
     * @param leftAlone why the guest is left alone whatever its flavor says; null if it is not
     * @param leftAs the outcome of a guest that is left alone
     */
    public record Chosen(
            Flavor flavor,
            Policy policy,
            String source,
            String renderNodeSource,
            List<Reason> complaints,
            @Nullable Reason leftAlone,
            Outcome leftAs) {
        /** A choice that holds. */
        public Chosen(Flavor flavor, Policy policy, String source, String renderNodeSource, List<Reason> complaints) {
            this(flavor, policy, source, renderNodeSource, complaints, null, Outcome.IGNORED);
        }

        public Chosen {
            complaints = List.copyOf(complaints);
        }

        /**
         * The same of a guest that is left alone whatever its flavor says: it is only compared, and its flavor, which asks
         * for something else, counts for nothing.
         */
        public Chosen leftAlone(Reason why, Outcome as) {
            return new Chosen(
                    new Flavor(flavor.name(), Map.of(), flavor.toldBy()),
                    new Policy(PolicyMode.REPORT, false),
                    why.code().word(),
                    why.code().word(),
                    List.of(),
                    why,
                    as);
        }

        /** The plan with what is wrong, or why it is left alone, as its first reasons. */
        public Plan explain(Plan plan) {
            if (leftAlone != null) {
                return plan.withOutcome(leftAs).because(leftAlone);
            }
            Plan explained = plan;
            for (int i = complaints.size() - 1; i >= 0; i--) {
                explained = explained.because(complaints.get(i));
            }
            return explained;
        }

        /** Whether there is anything to look at: for the many domains without a GPU, memory is not even read. */
        public boolean concerns(DomainDefinition d) {
            return d.mayHaveGpu() || policy.addRenderNode();
        }

        /** Whether the guest is left alone by a word of the flavor itself, not by a rule or the default. */
        public boolean saidNotToBind() {
            return !policy.mode().binds()
                    && !source.equals(OBSERVED)
                    && (!complaints.isEmpty() || flavor.extraSpecs().containsKey(ExtraSpecs.POLICY));
        }

        /** Such as "policy required (extra spec of the flavor), render_node none (default)". */
        public String text() {
            return "policy " + policy.mode().word() + " (" + source + "), render_node "
                    + (policy.addRenderNode() ? AUTO : "none") + " (" + renderNodeSource + ")";
        }
    }

    /**
     * The policy for a guest of that flavor.
     *
     * @param virtioVideo whether the guest has a video of model virtio that could use a render node. Without one only its
     *     flavor's own word asks for a render node: a rule or a default for many flavors means those that can.
     */
    public Chosen choose(Flavor flavor, boolean virtioVideo) {
        Said mode = said(flavor, ExtraSpecs.POLICY, "flavor_policy", config.flavorPolicies(), config.policy());
        Said render = renderNode(flavor, virtioVideo);
        boolean auto = render.word().equals(AUTO);
        List<Reason> complaints = ExtraSpecs.complaints(flavor);
        if (config.observeOnly()) {
            return new Chosen(flavor, new Policy(PolicyMode.REPORT, auto), OBSERVED, render.source(), complaints);
        }
        return complaints.isEmpty()
                ? new Chosen(flavor, new Policy(mode(mode.word()), auto), mode.source(), render.source(), complaints)
                : new Chosen(flavor, new Policy(PolicyMode.REPORT, auto), WRONG, render.source(), complaints);
    }

    private Said renderNode(Flavor flavor, boolean virtioVideo) {
        Said said = said(
                flavor, ExtraSpecs.RENDER_NODE, "flavor_render_node", config.flavorRenderNodes(), config.renderNode());
        boolean itself = flavor.extraSpecs().containsKey(ExtraSpecs.RENDER_NODE);
        return said.word().equals(AUTO) && !itself && !virtioVideo
                ? new Said("none", "no video of model virtio that could use one")
                : said;
    }

    /** Tells the log what was chosen for a guest, and as a warning, once, what is wrong with its flavor. */
    public void tell(UUID uuid, Chosen chosen) {
        if (LOG.isDebugEnabled()) {
            LOG.debug("instance {}: {}", uuid, chosen.text());
        }
        if (chosen.complaints().isEmpty()) {
            return;
        }
        if (told.size() >= MOST_TOLD) {
            told.clear();
        }
        String mistake =
                chosen.flavor().name() + " " + new TreeMap<>(chosen.flavor().extraSpecs());
        if (told.add(mistake.substring(0, Math.min(mistake.length(), LONGEST_MISTAKE)))) {
            chosen.complaints().forEach(c -> LOG.warn("{}; first met with instance {}", c.text(), uuid));
        }
    }

    private record Said(String word, String source) {}

    private static Said said(Flavor flavor, String key, String option, List<FlavorRule> rules, String byDefault) {
        if (flavor.extraSpecs().containsKey(key)) {
            return ExtraSpecs.word(flavor, key)
                    .map(word -> new Said(word, flavor.toldBy().source()))
                    .orElse(new Said("none", WRONG));
        }
        String name = flavor.name();
        return rules.stream()
                .filter(rule -> name != null && rule.flavors().matches(name))
                .findFirst()
                .map(rule -> new Said(rule.value(), option + " " + rule.flavors()))
                .orElse(new Said(byDefault, "default"));
    }

    private static PolicyMode mode(String word) {
        return PolicyMode.valueOf(word.toUpperCase(Locale.ROOT));
    }
}
