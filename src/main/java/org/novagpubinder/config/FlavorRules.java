package org.novagpubinder.config;

import java.util.ArrayList;
import java.util.List;
import org.novagpubinder.config.oslo.BadValue;
import org.novagpubinder.config.oslo.OptionType;
import org.novagpubinder.config.oslo.OptionTypes;
import org.novagpubinder.config.oslo.PythonText;
import org.novagpubinder.config.settings.BinderConfig.FlavorRule;
import org.novagpubinder.host.common.Glob;

/** Rules by the flavor's name: {@code flavor_policy = gpu.*=required, test.*=off}. */
final class FlavorRules {
    private FlavorRules() {}

    /** @param values the words that may stand behind the equals sign */
    static OptionType<List<FlavorRule>> of(String... values) {
        List<String> words = List.of(values);
        String all = String.join(", ", words);
        return OptionTypes.list(new OptionType<>(
                "FLAVOR=VALUE, with * and ? in the flavor's name, and as value one of " + all,
                text -> rule(text, words)));
    }

    private static FlavorRule rule(String text, List<String> words) throws BadValue {
        // the last one: a flavor's name may have an equals sign, a value has none
        int equals = text.lastIndexOf('=');
        if (equals < 0) {
            throw new BadValue(text.isEmpty() ? "is empty" : "is not of this form");
        }
        String flavor = PythonText.strip(text.substring(0, equals));
        if (flavor.isEmpty()) {
            throw new BadValue("names no flavor");
        }
        String value = PythonText.strip(text.substring(equals + 1));
        if (!words.contains(value)) {
            throw new BadValue(value.isEmpty() ? "has no value" : "has a value that is none of the words");
        }
        return new FlavorRule(new Glob(flavor), value);
    }

    /** Says of the rules that never count, because one before them takes all their flavors, which they are. */
    static List<String> unreachable(List<FlavorRule> rules) {
        List<String> odd = new ArrayList<>();
        for (int later = 1; later < rules.size(); later++) {
            Glob flavors = rules.get(later).flavors();
            int earlier = 0;
            while (!rules.get(earlier).flavors().covers(flavors)) {
                earlier++;
            }
            if (earlier < later) {
                odd.add("item " + (later + 1) + " never counts: item " + (earlier + 1) + " takes all its flavors");
            }
        }
        return odd;
    }
}
