package org.novagpubinder.config.oslo;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts values in place of {@code $option}, {@code ${option}}, {@code $section.option} and {@code ${section.option}}, and a
 * dollar in place of {@code $$} and {@code \$} ({@code oslo_config/cfg.py:ConfigOpts._substitute}). A name without a
 * section is looked for in the section of the value, then in DEFAULT. A dollar before anything else stays.
 *
 * <p>oslo.config knows all of Nova's options and their defaults, this only those in its tables: a name that neither a file
 * nor the tables know is an error, as an unknown name is in oslo.
 */
public final class Substitution {
    private static final Pattern REFERENCE = Pattern.compile(
            "\\$(?:(?<dollar>\\$)|(?<plain>[_a-z][._a-z0-9]*)|\\{(?<braced>[_a-z][._a-z0-9]*)})",
            Pattern.CASE_INSENSITIVE);
    /** No option of ours or Nova's comes near. */
    private static final int MAX_LENGTH = 65_536;

    private static final int MAX_DEPTH = 32;

    private final Assignments assignments;
    private final Function<OptionName, Optional<Option<?>>> known;
    private final Function<Option<?>, @Nullable String> defaults;
    // by identity: each assignment is one object, and a record's own hash costs the start
    private final IdentityHashMap<Assignment, String> done = new IdentityHashMap<>();
    private final Set<Assignment> open = Collections.newSetFromMap(new IdentityHashMap<>());

    /** @param known the options of the tables by name */
    public Substitution(
            Assignments assignments,
            Function<OptionName, Optional<Option<?>>> known,
            Function<Option<?>, @Nullable String> defaults) {
        this.assignments = assignments;
        this.known = known;
        this.defaults = defaults;
    }

    /**
     * The value of an assignment with everything put in.
     *
     * @throws BadValue if it refers to nothing or to itself; options are named only where the value is not a secret
     */
    public String resolve(Assignment at) throws BadValue {
        String before = done.get(at);
        if (before != null) {
            return before;
        }
        if (at.value().length() > MAX_LENGTH) {
            throw new BadValue("is longer than " + MAX_LENGTH + " characters");
        }
        if (open.size() >= MAX_DEPTH || !open.add(at)) {
            throw new BadValue("refers to itself, or through more than " + MAX_DEPTH + " other options");
        }
        try {
            String value = substitute(at);
            done.put(at, value);
            return value;
        } finally {
            open.remove(at);
        }
    }

    private String substitute(Assignment at) throws BadValue {
        Matcher m = REFERENCE.matcher(at.value().replace("\\$", "$$"));
        StringBuilder out = new StringBuilder();
        while (m.find()) {
            String name = m.group("plain") == null ? m.group("braced") : m.group("plain");
            String replacement = name == null ? "$" : lookUp(name, at);
            m.appendReplacement(out, Matcher.quoteReplacement(replacement));
            if (out.length() > MAX_LENGTH) {
                throw new BadValue("becomes longer than " + MAX_LENGTH + " characters by what it refers to");
            }
        }
        return m.appendTail(out).toString();
    }

    private String lookUp(String name, Assignment at) throws BadValue {
        int dot = name.indexOf('.');
        if (name.startsWith("DEFAULT.")) {
            // no group to oslo.config: nova-compute does not start either
            throw new BadValue("refers to " + (isSecret(at) ? "an option" : "$" + name)
                    + " of [DEFAULT] by its section, which oslo.config does not know as one: leave DEFAULT. out");
        }
        String section = dot < 0 ? Assignment.normalized(at.section()) : name.substring(0, dot);
        OptionName first = new OptionName(section, name.substring(dot + 1));
        Optional<String> value = valueOf(first);
        if (value.isEmpty() && dot < 0) {
            value = valueOf(new OptionName("DEFAULT", name));
        }
        if (value.isPresent()) {
            return value.get();
        }
        // a password such as pa$word looks like a reference
        String what = isSecret(at) ? "an option" : "$" + name + ", an option";
        throw new BadValue("refers to " + what
                + " that no file sets: set it too, or write its value; a dollar that is meant is written $$");
    }

    private Optional<String> valueOf(OptionName name) throws BadValue {
        Optional<Option<?>> option = known.apply(name);
        Optional<Assignment> at =
                assignments.last(option.isPresent() ? option.get().names() : List.of(name));
        if (at.isPresent()) {
            return Optional.of(resolve(at.get()));
        }
        return option.map(o -> {
            String text = defaults.apply(o);
            return text == null ? "" : text;
        });
    }

    /** Whatever the tables do not know (a database's URL, say) may be one. */
    private boolean isSecret(Assignment at) {
        return known.apply(new OptionName(Assignment.normalized(at.section()), at.key()))
                .map(Option::secret)
                .orElse(true);
    }
}
