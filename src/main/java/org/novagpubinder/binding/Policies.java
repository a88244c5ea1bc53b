package org.novagpubinder.binding;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.novagpubinder.config.BinderConfig;
import org.novagpubinder.placement.Policy;
import org.novagpubinder.placement.PolicyMode;
import org.novagpubinder.placement.Reason;

/** Which policy holds for a guest: its flavor's extra specs, else the configuration. */
public final class Policies {
    /** Prefix of our extra specs. */
    static final String PREFIX = "gpu_binder:";

    private static final String POLICY = PREFIX + "policy";
    private static final String RENDER_NODE = PREFIX + "render_node";

    private final PolicyMode byDefault;

    /** @param config the operator's default */
    public Policies(BinderConfig.BindingConfig config) {
        this.byDefault = mode(config.policy()).orElse(PolicyMode.REPORT);
    }

    /**
     * A policy, and what was wrong with what the flavor says.
     *
     * @param policy never a guess: a wrong value means report
     * @param complaint names the wrong extra spec; empty if all are right
     */
    public record Chosen(Policy policy, Optional<Reason> complaint) {}

    /** The policy for a guest with those extra specs. */
    public Chosen choose(Map<String, String> extraSpecs) {
        String render = extraSpecs.getOrDefault(RENDER_NODE, "none").strip().toLowerCase(Locale.ROOT);
        if (!render.equals("auto") && !render.equals("none")) {
            return wrong(RENDER_NODE, extraSpecs.get(RENDER_NODE), "auto or none");
        }
        String asked = extraSpecs.get(POLICY);
        Optional<PolicyMode> mode = asked == null ? Optional.of(byDefault) : mode(asked);
        if (mode.isEmpty()) {
            String words =
                    Arrays.stream(PolicyMode.values()).map(PolicyMode::word).collect(Collectors.joining(", "));
            return wrong(POLICY, asked, words);
        }
        return new Chosen(new Policy(mode.get(), render.equals("auto")), Optional.empty());
    }

    /** Only our own extra specs. */
    static Map<String, String> ours(Map<String, String> extraSpecs) {
        return extraSpecs.entrySet().stream()
                .filter(e -> e.getKey().startsWith(PREFIX))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Chosen wrong(String spec, String value, String allowed) {
        String shown = value.length() <= 40 ? value : value.substring(0, 37) + "...";
        Reason complaint = new Reason(
                Reason.Code.POLICY_INVALID,
                "extra spec " + spec + "='" + shown.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?")
                        + "' is none of " + allowed + ": only reported");
        return new Chosen(new Policy(PolicyMode.REPORT, false), Optional.of(complaint));
    }

    private static Optional<PolicyMode> mode(String word) {
        return Arrays.stream(PolicyMode.values())
                .filter(m -> m.word().equals(word.strip().toLowerCase(Locale.ROOT)))
                .findFirst();
    }
}
