package org.novagpubinder.binding.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.novagpubinder.config.oslo.DidYouMean;
import org.novagpubinder.host.common.Printable;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Reason;

/** Our extra specs, {@code gpu_binder:*}: which there are, and what is wrong with a flavor's. Nova's API takes any. */
final class ExtraSpecs {
    /** How strictly a guest is bound. */
    static final String POLICY = "gpu_binder:policy";

    /** Whether a guest without a GPU is given a render node. */
    static final String RENDER_NODE = "gpu_binder:render_node";

    private static final Map<String, String> NAMES = Map.of("policy", POLICY, "render_node", RENDER_NODE);

    private static final Map<String, List<String>> WORDS = Map.of(
            POLICY,
            Arrays.stream(PolicyMode.values()).map(PolicyMode::word).toList(),
            RENDER_NODE,
            List.of("auto", "none"));

    /** More would fill a log line and tell nothing new. */
    private static final int MOST_COMPLAINTS = 4;

    private static final int LONGEST_SHOWN = 60;

    private ExtraSpecs() {}

    /** Only those of our namespace, misspelt or not. */
    static Map<String, String> ours(Map<String, String> extraSpecs) {
        return extraSpecs.entrySet().stream()
                .filter(e -> isOurs(e.getKey()))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static boolean isOurs(String key) {
        int colon = key.indexOf(':');
        return colon > 0 && DidYouMean.bare(key.substring(0, colon)).equals("gpubinder");
    }

    /** The word that a flavor has for the key; empty if it has none or a wrong one. */
    static Optional<String> word(Flavor flavor, String key) {
        return Optional.ofNullable(flavor.extraSpecs().get(key))
                .map(ExtraSpecs::asWritten)
                .filter(word -> WORDS.getOrDefault(key, List.of()).contains(word));
    }

    /** Nova keeps a value as it was typed. */
    private static String asWritten(String value) {
        return value.strip().toLowerCase(Locale.ROOT);
    }

    /** All that is wrong with a flavor's extra specs, in the order of the keys; each says what, where, and what follows. */
    static List<Reason> complaints(Flavor flavor) {
        return new TreeMap<>(flavor.extraSpecs())
                .entrySet().stream()
                        .flatMap(e -> wrong(e.getKey(), e.getValue())
                                .map(what -> complaint(flavor, e.getKey(), e.getValue(), what))
                                .stream())
                        .limit(MOST_COMPLAINTS)
                        .toList();
    }

    private static Optional<String> wrong(String key, String value) {
        List<String> words = WORDS.get(key);
        if (words == null) {
            return Optional.of("does not exist"
                    + DidYouMean.of(key.substring(key.indexOf(':') + 1), NAMES.keySet())
                            .flatMap(name -> Optional.ofNullable(NAMES.get(name)))
                            .map(ExtraSpecs::meant)
                            .orElse(", there are " + POLICY + " and " + RENDER_NODE));
        }
        return words.contains(asWritten(value))
                ? Optional.empty()
                : Optional.of("is none of " + String.join(", ", words)
                        + DidYouMean.of(value, words).map(ExtraSpecs::meant).orElse(""));
    }

    private static String meant(String word) {
        return " (did you mean " + word + "?)";
    }

    private static Reason complaint(Flavor flavor, String key, String value, String what) {
        String name = flavor.name() == null ? "the flavor" : "flavor " + Printable.atMost(LONGEST_SHOWN, flavor.name());
        return new Reason(
                Reason.Code.POLICY_INVALID,
                "extra spec " + Printable.atMost(LONGEST_SHOWN, key) + "='" + Printable.atMost(LONGEST_SHOWN, value)
                        + "' of " + name + " (" + flavor.toldBy().place() + ") " + what
                        + ": until it is put right the guest is only reported");
    }
}
