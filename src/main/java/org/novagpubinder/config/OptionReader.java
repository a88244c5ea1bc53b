package org.novagpubinder.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.oslo.Assignment;
import org.novagpubinder.config.oslo.Assignments;
import org.novagpubinder.config.oslo.BadValue;
import org.novagpubinder.config.oslo.Option;
import org.novagpubinder.config.oslo.OptionName;
import org.novagpubinder.config.oslo.Problems;
import org.novagpubinder.config.oslo.Substitution;
import org.novagpubinder.host.common.Printable;

/** Reads options of the tables; what is wrong with them goes to the problems, and reading goes on with the default. */
final class OptionReader {
    /** A transport_url that is indented continues the option above it. */
    private static final Pattern URL_WITH_LOGIN = Pattern.compile("(?s)://.*@");

    private static final Map<OptionName, Option<?>> KNOWN = Stream.concat(
                    GpuBinderOptions.ALL.stream(), NovaOptions.ALL.stream())
            .flatMap(o -> o.names().stream().map(n -> Map.entry(n, o)))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    private final Assignments assignments;
    private final Problems problems;
    private final Substitution substitution;
    private final String hostname;
    private final Set<Option<?>> wrong = new HashSet<>();

    /** @param hostname default of nova.conf's host */
    OptionReader(Assignments assignments, Problems problems, String hostname) {
        this.assignments = assignments;
        this.problems = problems;
        this.hostname = hostname;
        this.substitution =
                new Substitution(assignments, name -> Optional.ofNullable(KNOWN.get(name)), this::defaultText);
    }

    /** The assignment that gives the option its value; empty if none does. */
    Optional<Assignment> where(Option<?> option) {
        return assignments.last(option.names()).filter(at -> option.defaultText() != null || !isEmpty(at));
    }

    /** Whether nothing is left of its value once what it refers to is put in. */
    private boolean isEmpty(Assignment at) {
        try {
            return substitution.resolve(at).isEmpty();
        } catch (BadValue wrong) {
            return false;
        }
    }

    /** The options that were read so far and whose value is wrong. */
    Set<Option<?>> wrong() {
        return wrong;
    }

    /** The value of an option that has a default. */
    <T> T value(Option<T> option) {
        return find(option).orElseThrow(() -> new IllegalStateException(option.name() + " has no default"));
    }

    /** The value of an option, or its default; empty if it has none, or is wrong and has none. */
    <T> Optional<T> find(Option<T> option) {
        return where(option).flatMap(at -> read(option, at)).or(() -> byDefault(option));
    }

    /** As {@link #find}, but a wrong value is told nowhere: for options that nothing depends on, or that are read a second time. */
    <T> Optional<T> quietly(Option<T> option) {
        return where(option)
                .flatMap(at -> {
                    try {
                        return Optional.of(option.type().read(substitution.resolve(at)));
                    } catch (BadValue wrong) {
                        return Optional.empty();
                    }
                })
                .or(() -> byDefault(option));
    }

    /**
     * The value of an option, unless a transport URL says otherwise in its query (oslo.messaging's ConfigOptsProxy).
     *
     * @param url where the URL stands; null if there is none
     */
    <T> Optional<T> find(Option<T> option, Map<String, String> query, @Nullable Assignment url) {
        String text = query.get(option.name().name());
        if (text == null || url == null) {
            return find(option);
        }
        try {
            return Optional.of(option.type().read(text));
        } catch (BadValue e) {
            problems.error(
                    url,
                    "the value of '" + option.name().name() + "' in its query " + e.getMessage() + "; allowed: "
                            + option.type().allowed());
            return byDefault(option);
        }
    }

    /** All values of an option that may be given several times. */
    <T> List<T> each(Option<T> option) {
        List<T> values = new ArrayList<>();
        for (Assignment at : assignments.each(option.names())) {
            if (option.defaultText() == null && isEmpty(at)) {
                continue;
            }
            read(option, at).ifPresent(values::add);
        }
        return values;
    }

    private <T> Optional<T> read(Option<T> option, Assignment at) {
        try {
            return Optional.of(option.type().read(substitution.resolve(at)));
        } catch (BadValue e) {
            String shown = at.value();
            // what was written, not what it became: that may hold another option's secret
            boolean hidden = option.secret()
                    || shown.isEmpty()
                    || URL_WITH_LOGIN.matcher(shown).find();
            String subject = hidden ? "its value" : "'" + Printable.atMost(80, shown) + "'";
            wrong.add(option);
            problems.error(
                    at,
                    subject + " " + e.getMessage() + "; allowed: "
                            + option.type().allowed());
            return Optional.empty();
        }
    }

    private <T> Optional<T> byDefault(Option<T> option) {
        String text = defaultText(option);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(option.type().read(text));
        } catch (BadValue e) {
            throw new IllegalStateException("default of " + option.name() + " " + e.getMessage(), e);
        }
    }

    private @Nullable String defaultText(Option<?> option) {
        return option.name().equals(NovaOptions.HOST.name()) ? hostname : option.defaultText();
    }
}
